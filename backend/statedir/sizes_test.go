package statedir

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"microtui/model"
)

// sizeOf reads, waits for the sizes, and reads again.
func (h *host) sizeOf(name string) *uint64 {
	h.t.Helper()
	h.read()
	h.must(h.Wait(context.Background()))
	return h.vm(name).Bytes
}

func TestSize(t *testing.T) {
	h := newHost(t)
	h.write("microvms/web/a", strings.Repeat("x", 100_000))
	h.must(os.Link(h.path("microvms/web/a"), h.path("microvms/web/b")))
	for i := range 700 {
		h.write(fmt.Sprintf("microvms/web/many/%d/file", i), "x")
	}
	h.write("microvms/web/sparse", "")
	h.must(os.Truncate(h.path("microvms/web/sparse"), 10<<30))
	h.write("outside", strings.Repeat("x", 1<<20))
	h.link("microvms/web/link", h.path("outside"))
	h.link("microvms/web/up", "..")

	if h.vm("web").Bytes != nil {
		t.Error("a size is known before it can be")
	}
	got := h.sizeOf("web")
	out, err := exec.Command("du", "-s", "--block-size=1", h.path("microvms/web")).Output()
	h.must(err)
	text, _, _ := strings.Cut(string(out), "\t")
	want, err := strconv.ParseUint(text, 10, 64)
	h.must(err)
	if got == nil || *got != want {
		t.Errorf("size %v, du says %d", got, want)
	}
}

// A guest can make a tree deeper than there are descriptors.
func TestSizeOfDeepTree(t *testing.T) {
	h := newHost(t)
	h.mkdir("microvms/web")
	fd, err := unix.Open(h.path("microvms/web"), unix.O_RDONLY|unix.O_DIRECTORY, 0)
	h.must(err)
	for range 300 {
		h.must(unix.Mkdirat(fd, "d", 0o755))
		next, err := unix.Openat(fd, "d", unix.O_RDONLY|unix.O_DIRECTORY, 0)
		h.must(err)
		unix.Close(fd)
		fd = next
	}
	unix.Close(fd)
	if got := h.sizeOf("web"); got != nil {
		t.Errorf("size %d of what is too deep to know", *got)
	}
	if open := openFiles(t); open > maxDepth {
		t.Errorf("%d open files are left", open)
	}
	h.must(exec.Command("rm", "-rf", h.path("microvms/web")).Run())
}

func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

func TestSizeStopsAtMounts(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root: to mount")
	}
	h := newHost(t)
	h.write("elsewhere/big", strings.Repeat("x", 1<<20))
	h.mkdir("microvms/web/mounted")
	h.mkdir("microvms/own")
	for _, at := range []string{"microvms/web/mounted", "microvms/own"} {
		if err := unix.Mount(h.path("elsewhere"), h.path(at), "", unix.MS_BIND, ""); err != nil {
			t.Skip("mounting is not possible here: ", err)
		}
		t.Cleanup(func() { unix.Unmount(h.path(at), unix.MNT_DETACH) })
	}
	if got := h.sizeOf("web"); got == nil || *got >= 1<<20 {
		t.Errorf("size %v", got)
	}
	if !h.vm("own").Mounted || h.vm("web").Mounted {
		t.Error("only own is a mount")
	}
}

func TestCloseEndsMeasuring(t *testing.T) {
	ignore := goleak.IgnoreCurrent()
	h := newHost(t)
	for i := range 300 {
		h.mkdir(fmt.Sprintf("microvms/%d/x", i))
	}
	h.read()
	h.Close()
	goleak.VerifyNone(t, ignore)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	endless := sizes{done: make(chan struct{})}
	if err := endless.wait(ctx); err == nil {
		t.Error("waiting went on after its context ended")
	}
}

func TestSizeOfVanished(t *testing.T) {
	h := newHost(t)
	h.write("microvms/a/x", "")
	if bytes, ok := measure(context.Background(), job{parent: "/nowhere", name: "a"}); ok {
		t.Error(bytes)
	}
	h.link("microvms/b", filepath.Join(h.dir, "a"))
	id := h.vm("a").ID
	for _, name := range []string{"b", "c", ".."} {
		if _, ok := measure(context.Background(), job{parent: model.Raw(h.dir), name: model.Raw(name), id: id}); ok {
			t.Errorf("measured %s", name)
		}
	}
}
