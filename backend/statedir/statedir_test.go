package statedir

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"microtui/backend/filesystem"
	"microtui/model"
)

func TestReadDirectory(t *testing.T) {
	h := newHost(t)
	runner := h.runner("microvm-qemu-web", nil)
	h.link("microvms/web/current", string(runner))
	h.link("microvms/web/booted", "/nix/store/gone-microvm-qemu-web")
	h.link("microvms/web/toplevel", h.root)
	h.write("microvms/web/flake", "git+file:///etc/nixos\n")
	h.write("microvms/web/data.img", strings.Repeat("x", 8192))
	h.write("microvms/web/instance/interfaces", "vm-web 02:00:00:00:00:01\nvm-web2 02:00:00:00:00:02\n")
	h.mkdir("microvms/.templates")
	h.mkdir("microvms/lost+found")
	h.write("microvms/README", "")
	h.link("microvms/alias", "web")

	got := h.read()
	if len(got.Faults) != 0 || !got.StateDir.Exists || string(got.StateDir.Real) != h.dir || got.StateDir.Filesystem == "" {
		t.Errorf("%+v", got)
	}
	var fs syscall.Statfs_t
	h.must(syscall.Statfs(h.dir, &fs))
	if space, files := got.StateDir.Space, got.StateDir.Files; space == nil || files == nil ||
		space.Total != fs.Blocks*uint64(fs.Bsize) || space.Free > space.Total || files.Total != fs.Files {
		t.Errorf("space %+v, files %+v, statfs says %+v", space, files, fs)
	}
	if len(got.StateDir.Directories) != 1 {
		t.Fatalf("directories %+v", got.StateDir.Directories)
	}
	var other []string
	for _, file := range got.StateDir.Other {
		other = append(other, string(file.Name)+" "+file.Type)
	}
	if diff := cmp.Diff([]string{"README file", "alias link"}, other); diff != "" {
		t.Error(diff)
	}
	uid := uint32(os.Geteuid())
	want := model.Directory{
		Name: "web", UID: uid, GID: uint32(os.Getegid()), Mode: 0o755,
		Current:            &model.Symlink{Target: runner, UID: uid},
		Booted:             &model.Symlink{Target: "/nix/store/gone-microvm-qemu-web", UID: uid, Dangling: true},
		Toplevel:           &model.Symlink{Target: model.Raw(h.root), UID: uid},
		Flake:              &model.Flake{Ref: "git+file:///etc/nixos", Newline: true, UID: uid},
		InstanceInterfaces: []model.Raw{"vm-web", "vm-web2"},
		Files:              []model.File{{Name: "data.img", Type: "file", Size: 8192, Allocated: 8192}, {Name: "instance", Type: "dir"}},
	}
	ignore := cmp.Options{
		cmpopts.IgnoreFields(model.Directory{}, "ID", "Modified", "Changed", "Bytes"),
		cmpopts.IgnoreFields(model.Symlink{}, "Modified"),
		cmp.FilterPath(func(p cmp.Path) bool {
			return strings.HasSuffix(p.String(), "Files.Modified") || strings.HasSuffix(p.GoString(), "Files[1].Size") || strings.HasSuffix(p.GoString(), "Files[1].Allocated")
		}, cmp.Ignore()),
	}
	if diff := cmp.Diff(want, got.StateDir.Directories[0], ignore); diff != "" {
		t.Error(diff)
	}
}

// Each change is seen at the next reading, however soon it comes, and the
// reading before keeps what it said.
func TestChangesAreSeen(t *testing.T) {
	h := newHost(t)
	one, two := h.runner("microvm-qemu-one", nil), h.runner("microvm-qemu-two", nil)
	h.link("microvms/web/current", string(one))
	h.write("microvms/web/flake", "a")
	before := h.vm("web")
	for i := range 50 {
		want := []model.Raw{one, two}[i%2]
		h.must(os.Remove(h.path("microvms/web/current")))
		h.link("microvms/web/current", string(want))
		h.write("microvms/web/flake", fmt.Sprintf("ref-%d", i))
		got := h.vm("web")
		if got.Current.Target != want || string(got.Flake.Ref) != fmt.Sprintf("ref-%d", i) {
			t.Fatalf("change %d: %+v %+v", i, got.Current, got.Flake)
		}
	}
	if before.Current.Target != one || before.Flake.Ref != "a" {
		t.Errorf("an earlier reading changed: %+v", before)
	}
}

// Changes that leave no trace in the directory itself are seen too, when it is
// taken from an earlier reading.
func TestChangesInPlace(t *testing.T) {
	h := newHost(t)
	h.link("microvms/web/current", "/nix/store/x")
	h.write("microvms/web/flake", "a")
	h.settle("web")
	h.write("microvms/web/flake", "b")
	if d := h.vm("web"); d.Flake.Ref != "b" {
		t.Errorf("flake %q", d.Flake.Ref)
	}
	if os.Geteuid() != 0 {
		return
	}
	h.settle("web")
	h.must(os.Lchown(h.path("microvms/web/current"), 1, 1))
	if d := h.vm("web"); d.Current.UID != 1 {
		t.Errorf("owner %d", d.Current.UID)
	}
}

// Where a change may be as old as the kernel's tick, times prove nothing.
func TestYoungDirectoryIsReadAgain(t *testing.T) {
	h := newHost(t)
	h.write("microvms/web/flake", "a")
	h.settle("web")
	seen := h.seen["web"]
	dir, err := os.Open(h.dir)
	h.must(err)
	defer dir.Close()
	entry, err := filesystem.StatAt(int(dir.Fd()), "web")
	h.must(err)
	now := time.Now()
	if !seen.isStill(int(dir.Fd()), entry, now) || seen.isStill(int(dir.Fd()), entry, now.Add(2*seenFor)) {
		t.Error("a settled directory is known for a while")
	}
	young := *seen
	young.at = young.Changed.Add(tick / 2)
	if young.isStill(int(dir.Fd()), entry, young.at) {
		t.Error("taken from a reading within the tick of its change")
	}
}

// A runner that is collected, and comes back, is seen though the directory
// does not change.
func TestRunnerCollected(t *testing.T) {
	h := newHost(t)
	runner := h.runner("microvm-qemu-web", map[string]string{"share/microvm/tap-interfaces": "vm-web\n"})
	h.link("microvms/web/current", string(runner))
	first := h.settle("web")
	h.must(os.Rename(string(runner), string(runner)+".away"))
	gone := h.read()
	h.must(os.Rename(string(runner)+".away", string(runner)))
	back := h.read()
	for i, want := range []struct {
		Reading
		missing bool
	}{{first, false}, {gone, true}, {back, false}} {
		if got := want.StateDir.Directories[0].Current.Dangling; got != want.missing {
			t.Errorf("reading %d: dangling %v", i, got)
		}
		if got := want.Runners[0]; got.Missing != want.missing || (len(got.Taps) == 0) != want.missing {
			t.Errorf("reading %d: %+v", i, got)
		}
	}
}

func TestNoStateDir(t *testing.T) {
	h := newHost(t)
	h.dir = h.path("nowhere")
	got := h.read()
	if got.StateDir.Exists || len(got.Faults) != 0 || got.StateDir.Real != "" {
		t.Errorf("%+v", got)
	}
	h.write("file", "")
	h.dir = h.path("file")
	if got := h.read(); got.StateDir.Exists || len(got.Faults) != 1 || got.Faults[0].Source != model.SourceStateDir {
		t.Errorf("%+v", got)
	}
}

func TestLinkedStateDir(t *testing.T) {
	h := newHost(t)
	h.mkdir("microvms/web")
	h.link("elsewhere", "microvms")
	real := h.read().StateDir
	h.dir = h.path("elsewhere")
	got := h.read().StateDir
	if string(got.Path) != h.dir || got.Real != real.Real || got.ID != real.ID || len(got.Directories) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestCancelled(t *testing.T) {
	h := newHost(t)
	h.mkdir("microvms/web")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	got := h.Read(ctx, model.Raw(h.dir), nil)
	if len(got.Faults) == 0 || !strings.Contains(string(got.Faults[0].Error), "canceled") {
		t.Errorf("%+v", got)
	}
}

func TestGCRoots(t *testing.T) {
	h := newHost(t)
	if got := h.read(); len(got.GCRoots) != 0 || len(got.Faults) != 0 {
		t.Errorf("no folder: %+v", got)
	}
	h.link("gcroots/web", "/var/lib/microvms/web/current")
	h.link("gcroots/booted-web", "/var/lib/microvms/web/booted")
	h.write("gcroots/file", "")
	want := []model.GCRoot{
		{Name: "booted-web", Target: "/var/lib/microvms/web/booted"},
		{Name: "web", Target: "/var/lib/microvms/web/current"},
	}
	if diff := cmp.Diff(want, h.read().GCRoots); diff != "" {
		t.Error(diff)
	}
	for i := range 20 {
		h.must(os.Remove(h.path("gcroots/web")))
		target := fmt.Sprintf("/var/lib/microvms/web/current%d", i)
		h.link("gcroots/web", target)
		if got := h.read().GCRoots[1].Target; string(got) != target {
			t.Fatalf("change %d was not seen: %s", i, got)
		}
	}
	h.must(os.Rename(h.gcroots, h.path("real")))
	h.link("gcroots", "real")
	if got := h.read(); len(got.GCRoots) != 0 || len(got.Faults) != 1 || got.Faults[0].Source != model.SourceGCRoots {
		t.Errorf("a link in its place: %+v", got)
	}
}

// unprivileged runs a test again as user nobody.
func unprivileged(t *testing.T) bool {
	t.Helper()
	if os.Geteuid() != 0 {
		return true
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	binary := "/proc/self/fd/3"
	file, err := os.Open(self)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	dir, err := os.MkdirTemp("/tmp", "statedir")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.ExtraFiles = []*os.File{file}
	cmd.Dir, cmd.Env = dir, []string{"TMPDIR=" + dir}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS") {
		t.Errorf("as nobody: %v\n%s", err, out)
	}
	return false
}

func TestNotPermitted(t *testing.T) {
	if !unprivileged(t) {
		return
	}
	h := newHost(t)
	h.mkdir("microvms/closed")
	h.link("microvms/open/current", "/nix/store/x")
	h.must(os.Chmod(h.path("microvms/closed"), 0))
	defer os.Chmod(h.path("microvms/closed"), 0o755)
	if d := h.vm("closed"); !strings.Contains(string(d.Fault), "permission denied") || d.ID == (model.FileID{}) {
		t.Errorf("%+v", d)
	}
	// Its names can be listed, and nothing be told of what has them.
	h.write("microvms/listed/data.img", "x")
	h.must(os.Chmod(h.path("microvms/listed"), 0o444))
	defer os.Chmod(h.path("microvms/listed"), 0o755)
	if d := h.vm("listed"); !strings.Contains(string(d.Fault), "permission denied") {
		t.Errorf("%+v", d)
	}
	if d := h.vm("open"); d.Fault != "" || d.Current == nil {
		t.Errorf("%+v", d)
	}
	h.must(os.Chmod(h.dir, 0o444))
	defer os.Chmod(h.dir, 0o755)
	got := h.read()
	if len(got.StateDir.Directories) != 3 || got.StateDir.Directories[0].Fault == "" {
		t.Errorf("what cannot be looked at is taken for absent: %+v", got.StateDir)
	}
	h.must(os.Chmod(h.dir, 0))
	got = h.read()
	if len(got.Faults) != 1 || got.Faults[0].Source != model.SourceStateDir || got.StateDir.Exists {
		t.Errorf("%+v", got)
	}
}

func TestIsAbsent(t *testing.T) {
	h := newHost(t)
	h.link("loop", "loop")
	for path, want := range map[string]bool{h.path("loop"): false, h.path("no"): false, h.root: true, h.path("store/x/y"): false} {
		if exists(path) != want {
			t.Errorf("%s: not %v", path, want)
		}
	}
	if isAbsent(errors.New("other")) || isAbsent(nil) {
		t.Error("another error means absent")
	}
}
