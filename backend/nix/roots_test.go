package nix

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"microtui/lab/fixture"
	"microtui/model"
)

// runnersOf makes runners that nothing holds but the VM's `current`, the last
// of them.
func runnersOf(t *testing.T, h *fixture.Host, name string, revisions ...string) (paths []model.Raw) {
	t.Helper()
	for i, revision := range revisions {
		if i == 0 {
			h.Create(name, fixture.Revision(revision))
		} else {
			h.Update(name, fixture.Revision(revision))
		}
		paths = append(paths, target(h.Dir(name)+"/current"))
	}
	h.Register()
	return paths
}

func TestHold(t *testing.T) {
	h, _ := newHost(t)
	ctx, roots := within(t), SystemRoots()
	paths := runnersOf(t, h, "db", "1", "2", "3")
	must(t, roots.Hold(ctx, OfVM("db"), paths[0], paths[1]))
	must(t, roots.Hold(ctx, OfVM("db"), paths[0]))
	must(t, roots.Hold(ctx, OfTrash(operation+".1"), paths[0]))
	isHeld(t, OfVM("db"), paths[0], paths[1])
	collect(t)
	isHeld(t, OfVM("db"), paths[0], paths[1])
	must(t, roots.Drop(OfVM("db"), paths[1]))
	isHeld(t, OfVM("db"), paths[1])
	isHeld(t, OfTrash(operation+".1"), paths[0])
	must(t, roots.Sweep(func(r Root) bool { return r.Owner == OfVM("db") }))
	isHeld(t, OfTrash(operation+".1"))
	collect(t)
	if isThere(paths[0]) || !isThere(paths[1]) || !isThere(paths[2]) {
		t.Error("the wrong runners are gone")
	}
	must(t, roots.Drop(OfVM("db")))
	if err := roots.Hold(ctx, OfVM("db"), paths[0], paths[1]); !errors.Is(err, model.ErrStale) {
		t.Errorf("of what is gone: %v", err)
	}
	isHeld(t, OfVM("db"), paths[1]) // the rest
	must(t, roots.Drop(OfVM("nobody")))
}

func TestHoldRefuses(t *testing.T) {
	h, _ := newHost(t)
	ctx, roots := within(t), SystemRoots()
	path := runnersOf(t, h, "db", "1")[0]
	for _, what := range []model.Raw{"", "/etc/passwd", path + "/bin", "nix/store", path + "/../x", "/nix/store"} {
		if err := roots.Hold(ctx, OfVM("db"), path, what); !errors.Is(err, model.ErrRefused) {
			t.Errorf("%q: %v", what, err)
		}
	}
	for _, owner := range []Owner{"", "vm.", "x.db", "vm.a/b", "vm.é", "vm.a\nb", Owner("vm." + strings.Repeat("a", 200))} {
		if err := roots.Hold(ctx, owner, path); !errors.Is(err, model.ErrRefused) {
			t.Errorf("%q: %v", owner, err)
		}
	}
	isHeld(t, OfVM("db"))
	must(t, roots.Hold(ctx, OfVM("db"), path))
	for name, spoil := range map[string]func(dir string) error{
		"writable":  func(dir string) error { return os.Chmod(dir, 0o775) },
		"another's": func(dir string) error { return os.Chown(dir, 1000, 0) },
		"a link":    func(dir string) error { return errors.Join(os.RemoveAll(dir), os.Symlink("/srv", dir)) },
		"a file":    func(dir string) error { return errors.Join(os.RemoveAll(dir), os.WriteFile(dir, nil, 0o644)) },
	} {
		must(t, spoil(roots.path()))
		if err := roots.Hold(ctx, OfVM("api"), path); err == nil {
			t.Errorf("folder is %s: held", name)
		}
		if _, err := roots.List(); err == nil {
			t.Errorf("folder is %s: listed", name)
		}
		must(t, os.RemoveAll(roots.path()))
		must(t, os.Mkdir(roots.path(), 0o755))
	}
	other := linkName(OfVM("db"), path)
	must(t, os.Symlink("/etc", roots.path()+"/"+other))
	if err := roots.Hold(ctx, OfVM("db"), path); err == nil || !strings.Contains(err.Error(), "not a link made by microtui") {
		t.Errorf("over another link: %v", err)
	}
}

// While nix collects garbage, nothing new is held; what is held is so at once.
func TestHoldWaitsForACollection(t *testing.T) {
	h, _ := newHost(t)
	roots := SystemRoots()
	paths := runnersOf(t, h, "db", "1", "2")
	must(t, roots.Hold(within(t), OfVM("db"), paths[0]))
	fd, err := unix.Open("/nix/var/nix/gc.lock", unix.O_RDWR|unix.O_CLOEXEC, 0)
	must(t, err)
	defer unix.Close(fd)
	must(t, unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB)) // as a collection does

	must(t, roots.Hold(within(t), OfVM("db"), paths[0]))
	ctx, cancel := context.WithCancel(within(t))
	roots.Waits = func(model.Raw) { cancel() }
	if err := roots.Hold(ctx, OfVM("db"), paths...); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	isHeld(t, OfVM("db"), paths[0])
	roots.Waits = func(what model.Raw) {
		if !strings.Contains(string(what), "garbage") {
			t.Errorf("waits for %s", what)
		}
		isHeld(t, OfVM("db"), paths[0])
		must(t, unix.Flock(fd, unix.LOCK_UN))
	}
	must(t, roots.Hold(within(t), OfVM("db"), paths...))
	isHeld(t, OfVM("db"), paths...)
	must(t, unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB)) // it is free again
}

func TestRemoveMicrovmRoot(t *testing.T) {
	h, _ := newHost(t)
	roots := SystemRoots()
	if removed, err := roots.RemoveMicrovmRoot("foo", "/x"); removed || err != nil {
		t.Errorf("without a folder: %v, %v", removed, err)
	}
	h.Create("booted-foo")
	h.Create("foo") // takes the link of booted-foo
	dir := "/nix/var/nix/gcroots/microvm/"
	for _, test := range []struct {
		name, want model.Raw
		kind       error
		removed    bool
	}{
		{"booted-foo", model.Raw(h.Dir("booted-foo") + "/current"), model.ErrStale, false},
		{"booted-foo", "", model.ErrRefused, false},
		{"../microvm/foo", model.Raw(h.Dir("foo") + "/current"), model.ErrRefused, false},
		{"", "x", model.ErrRefused, false},
		{"absent", "x", nil, false},
		{"foo", model.Raw(h.Dir("foo") + "/current"), nil, true},
		{"foo", model.Raw(h.Dir("foo") + "/current"), nil, false},
	} {
		if removed, err := roots.RemoveMicrovmRoot(test.name, test.want); removed != test.removed || !errors.Is(err, test.kind) {
			t.Errorf("%s -> %s: %v, %v", test.name, test.want, removed, err)
		}
	}
	if target(dir+"booted-foo") != model.Raw(h.Dir("foo")+"/booted") || target(dir+"foo") != "" {
		t.Error("the wrong link is gone")
	}
	must(t, roots.PutMicrovmRoot("foo", "/x"))
	must(t, roots.PutMicrovmRoot("foo", "/x"))
	if err := roots.PutMicrovmRoot("foo", "/y"); !errors.Is(err, model.ErrRefused) || target(dir+"foo") != "/x" {
		t.Errorf("over another: %v; it names %s", err, target(dir+"foo"))
	}
	if err := roots.PutMicrovmRoot("../foo", "/x"); !errors.Is(err, model.ErrRefused) {
		t.Error(err)
	}
	must(t, os.WriteFile(dir+"file", nil, 0o644))
	if removed, err := roots.RemoveMicrovmRoot("file", "x"); removed || !errors.Is(err, model.ErrStale) {
		t.Errorf("of a file: %v, %v", removed, err)
	}
	if names, err := os.ReadDir(dir); err != nil || !slices.ContainsFunc(names, func(e os.DirEntry) bool { return e.Name() == "file" }) {
		t.Errorf("%v, %v", names, err)
	}
}
