package trash

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"microtui/model"
)

func TestDelete(t *testing.T) {
	h := newHost(t)
	id := h.vm("db")
	furnish(t, h.state("db"))
	canary := h.path("canary")
	h.must(os.Mkdir(canary, 0o700))
	h.must(os.WriteFile(canary+"/file", []byte("alive"), 0o600))
	h.must(os.Symlink(canary, h.state("db/share/link")))
	h.must(os.Symlink("../../..", h.state("db/up")))
	h.must(os.Link(canary+"/file", h.state("db/linked")))
	h.must(os.WriteFile(h.state("db/big"), make([]byte, 1<<20), 0o600))
	h.must(os.Link(h.state("db/big"), h.state("db/share/big")))
	for _, name := range []string{"-rf", "a\nb", "\xff\xfe", "*", "...", strings.Repeat("n", 255)} {
		h.must(os.MkdirAll(h.state("db/"+name+"/"+name), 0o100))
	}
	e, err := h.Quarantine(h.entry("db", id))
	h.must(err)
	var told uint64
	var count int
	freed, err := h.Delete(context.Background(), e.ID, func(bytes uint64, entries int) { told, count = bytes, entries })
	h.must(err)
	if freed < 1<<20 || freed > 3<<19 || told == 0 || count < 25 {
		t.Errorf("freed %d, told %d of %d entries", freed, told, count)
	}
	h.wantNames(h.path("lib/microtui/trash"))
	h.wantContent(canary+"/file", "alive")
	if moved, err := h.Moved(e.ID); moved || err != nil {
		t.Error(moved, err)
	}
	wantError(t, func() error { _, err := h.delete("x"); return err }(), model.ErrUnknown, "no trash entry")
}

// lock makes a file immutable or append-only, for the time of a test.
func lock(t *testing.T, path string, flag int) {
	t.Helper()
	file, err := os.Open(path)
	must(t, err)
	set := func(flags int) error {
		return unix.IoctlSetPointerInt(int(file.Fd()), unix.FS_IOC_SETFLAGS, flags)
	}
	before, err := unix.IoctlGetInt(int(file.Fd()), unix.FS_IOC_GETFLAGS)
	if err == nil {
		err = set(before | flag) // ext4 takes none of those away that it needs
	}
	if err != nil {
		t.Skip("this file system has no such files:", err)
	}
	t.Cleanup(func() {
		if err := set(before); err != nil {
			t.Error(err)
		}
		file.Close()
	})
}

// What cannot be deleted keeps nothing else, and deleting again goes on.
func TestDeleteInPart(t *testing.T) {
	h := newHost(t)
	id := h.vm("db")
	deep := "db" + strings.Repeat("/d", 3*maxOpen)
	h.must(os.MkdirAll(h.state(deep), 0o700))
	for _, name := range []string{"db/one", deep + "/two", deep + "/three"} {
		h.must(os.WriteFile(h.state(name), nil, 0o600))
	}
	h.must(os.MkdirAll(h.state("db/z/many"), 0o700))
	h.must(os.WriteFile(h.state("db/z/many/file"), nil, 0o600))
	h.must(os.Mkdir(h.state("db/held"), 0o700))
	h.must(os.WriteFile(h.state("db/held/in"), nil, 0o600))
	e, err := h.Quarantine(h.entry("db", id))
	h.must(err)
	one, two := string(e.Place)+"/one", string(e.Place)+strings.TrimPrefix(deep, "db")+"/two"
	lock(t, one, unix.STATX_ATTR_IMMUTABLE)
	lock(t, two, unix.STATX_ATTR_APPEND)
	lock(t, string(e.Place)+"/held", unix.STATX_ATTR_IMMUTABLE)

	_, err = h.delete(e.ID)
	var remains *Remains
	if !errors.As(err, &remains) || len(remains.Left) != 3 || !errors.Is(err, model.ErrRefused) {
		t.Fatalf("%v", err)
	}
	left := map[model.Raw]string{}
	for _, l := range remains.Left {
		left[l.Path] = l.Err.Error()
	}
	if !strings.Contains(left["one"], "immutable") || !strings.Contains(left["held"], "immutable") || !strings.Contains(left[model.Raw(strings.TrimPrefix(deep, "db/")+"/two")], "append-only") {
		t.Errorf("%q", left)
	}
	place := h.recordPath(e.ID, "deleting")
	h.wantNames(place, "d", "held", "one")
	h.wantNames(place+strings.TrimPrefix(deep, "db"), "two")
	if all := h.list(); len(all) != 1 || !all[0].Deleting {
		t.Errorf("%+v", all)
	}
	command(t, "chattr", "-R", "-ia", place)
	_, err = h.delete(e.ID)
	h.must(err)
	h.wantNames(h.path("lib/microtui/trash"))
}

func TestDeleteGivesUp(t *testing.T) {
	h := newHost(t)
	h.vm("db")
	for i := range maxLeft + 10 {
		h.must(os.Mkdir(h.state(fmt.Sprintf("db/%d", i)), 0o700))
		h.must(os.WriteFile(h.state(fmt.Sprintf("db/%d/file", i)), nil, 0o600))
	}
	e, err := h.Quarantine(h.entry("db", h.id(h.state("db"))))
	h.must(err)
	lock(t, string(e.Place)+"/0/file", unix.STATX_ATTR_IMMUTABLE)
	// Wherever they are then: nobody could remove them after this test.
	t.Cleanup(func() { command(t, "chattr", "-R", "-i", h.root) })
	command(t, "chattr", "-R", "+i", string(e.Place))
	command(t, "chattr", "-i", string(e.Place))
	_, err = h.delete(e.ID)
	var remains *Remains
	if !errors.As(err, &remains) || len(remains.Left) != maxLeft || !remains.More || len(err.Error()) > 1000 {
		t.Errorf("%v", err)
	}
}

func TestDeleteCancelled(t *testing.T) {
	h := newHost(t)
	h.vm("db")
	for i := range 5 * tellEvery {
		h.must(os.WriteFile(h.state(fmt.Sprintf("db/%d", i)), nil, 0o600))
	}
	e, err := h.Quarantine(h.entry("db", h.id(h.state("db"))))
	h.must(err)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	_, err = h.Delete(ctx, e.ID, func(_ uint64, entries int) {
		if entries >= 2*tellEvery {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || len(names(h.recordPath(e.ID, "deleting"))) == 0 {
		t.Errorf("%v", err)
	}
	_, err = h.delete(e.ID)
	h.must(err)
	h.wantNames(h.path("lib/microtui/trash"))
}

// A directory that is moved away while something in it is deleted ends the
// deletion, which must not go on where it is now.
func TestMovedAwayWhileDeleted(t *testing.T) {
	h := newHost(t)
	h.vm("db")
	away := h.path("away")
	h.must(os.MkdirAll(away+"/canary", 0o700))
	h.must(os.MkdirAll(h.state("db"+strings.Repeat("/d", 2*maxOpen)), 0o700))
	root, err := openPath(h.state("db"))
	h.must(err)
	r, err := newRemoval(root, func(uint64, int) {})
	h.must(err)
	for len(r.open)+len(r.closed) < 2*maxOpen {
		h.must(r.step())
	}
	h.must(os.Rename(h.state("db"+strings.Repeat("/d", maxOpen)), away+"/d"))
	wantError(t, r.run(context.Background()), errReplaced, "go back")
	h.wantNames(away, "canary", "d")
}

// deleteWithLittle deletes an entry with 64 descriptors, and prints the most
// memory that it ever had, in KiB.
func deleteWithLittle(args []string) error {
	few := unix.Rlimit{Cur: 64, Max: 64}
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &few); err != nil {
		return err
	}
	trash, err := Open(Paths{Record: args[0], StateDir: args[1]})
	if err != nil {
		return err
	}
	if _, err := trash.Delete(context.Background(), args[2], func(uint64, int) {}); err != nil {
		return err
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	fmt.Println(strings.Fields(rest)[0])
	return nil
}

// deletedWithLittle deletes in a process with few descriptors, and checks that
// it needs little memory.
func (h *host) deletedWithLittle(e model.TrashEntry) {
	h.t.Helper()
	cmd := inRole("delete", h.path("lib/microtui"), h.state(""), e.ID)
	out, err := cmd.Output()
	if err != nil {
		// A tree that the standard library cannot delete.
		exec.Command("rm", "-rf", h.path("lib")).Run()
		h.t.Fatal(err)
	}
	most, err := strconv.Atoi(strings.TrimSpace(string(out)))
	h.must(err)
	h.t.Logf("%d KiB at most", most)
	if most > 64<<10 && !raceDetector {
		h.t.Errorf("it took %d KiB", most)
	}
	h.wantNames(h.path("lib/microtui/trash"))
}

func TestDeleteDeepTree(t *testing.T) {
	h := newHost(t)
	id := h.vm("db")
	dir, err := openPath(h.state("db"))
	h.must(err)
	for range 50_000 {
		h.must(unix.Mkdirat(dir.fd, "d", 0o700))
		next, err := unix.Openat(dir.fd, "d", folderFlags, 0)
		h.must(err)
		dir.close()
		dir.fd = next
	}
	dir.close()
	e, err := h.Quarantine(h.entry("db", id))
	h.must(err)
	h.deletedWithLittle(e)
}

func TestDeleteManyFiles(t *testing.T) {
	h := newHost(t)
	id := h.vm("db")
	dir, err := openPath(h.state("db"))
	h.must(err)
	defer dir.close()
	most := 100_000
	if os.Getenv("MICROTUI_LONG") != "" {
		most = 1_000_000
	}
	for i := range most {
		h.must(unix.Mknodat(dir.fd, strconv.Itoa(i), unix.S_IFREG|0o600, 0))
	}
	e, err := h.Quarantine(h.entry("db", id))
	h.must(err)
	h.deletedWithLittle(e)
}

// Wide and deep: directories are opened again in the middle of being read.
func TestDeleteBushyTree(t *testing.T) {
	h := newHost(t)
	id := h.vm("db")
	for i := range 40 {
		path := h.state("db")
		for level := range 2 * maxOpen {
			path = filepath.Join(path, strconv.Itoa(i*level%7))
			h.must(os.MkdirAll(path, 0o700))
			h.must(os.WriteFile(filepath.Join(path, "file"+strconv.Itoa(i)), nil, 0o600))
		}
	}
	e, err := h.Quarantine(h.entry("db", id))
	h.must(err)
	h.deletedWithLittle(e)
}
