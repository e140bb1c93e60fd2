package nix

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"microtui/lab"
	"microtui/lab/fixture"
	"microtui/model"
)

func exchange(t *testing.T, h *fixture.Host, a, b string) {
	t.Helper()
	must(t, unix.Renameat2(unix.AT_FDCWD, h.Dir(a), unix.AT_FDCWD, h.Dir(b), unix.RENAME_EXCHANGE))
}

// TestExchangedDirectories: what was switched under one name is there under the
// other, once somebody has exchanged the two directories, and both are
// switched, rolled back and let go of: no link of either loses its runner.
func TestExchangedDirectories(t *testing.T) {
	lab.Require(t)
	h := fixture.NewHost(t, fixture.Options{})
	web, db := runnersOf(t, h, "web", "1", "2", "3"), runnersOf(t, h, "db", "1", "2", "3")
	for _, vm := range []string{"web", "db"} { // as of a VM that was declared: nothing follows its links
		must(t, os.Remove("/nix/var/nix/gcroots/microvm/"+vm))
		must(t, os.Remove("/nix/var/nix/gcroots/microvm/booted-"+vm))
	}
	roots := SystemRoots()
	switchTo := func(vm string, to model.Raw) {
		t.Helper()
		if _, err := roots.Switch(t.Context(), order(t, h, vm, to)); err != nil {
			t.Fatal(err)
		}
	}
	both := func(when string) {
		t.Helper()
		for _, vm := range []string{"web", "db"} {
			isConsistent(t, h.Dir(vm))
		}
		if t.Failed() {
			t.Fatal(when)
		}
	}
	switchTo("web", web[0])
	switchTo("db", db[0])
	exchange(t, h, "web", "db")
	switchTo("db", web[1])
	exchange(t, h, "web", "db")
	switchTo("db", db[1])
	both("each was switched under the other's name")
	exchange(t, h, "web", "db")
	must(t, roots.LetGo(t.Context(), h.StateDir(), "web"))
	both("one was let go of")
}

// TestNamedWhileExchanged: while directories are exchanged without a pause, no
// look misses one.
func TestNamedWhileExchanged(t *testing.T) {
	dir := t.TempDir()
	for _, vm := range []string{"a", "b", "c"} {
		must(t, os.Mkdir(filepath.Join(dir, vm), 0o755))
		must(t, os.Symlink("/", filepath.Join(dir, vm, "current")))
	}
	stop, done := make(chan struct{}), make(chan int)
	go func() {
		n := 0
		for {
			select {
			case <-stop:
				done <- n
				return
			default:
				if unix.Renameat2(unix.AT_FDCWD, dir+"/a", unix.AT_FDCWD, dir+"/b", unix.RENAME_EXCHANGE) == nil {
					n++
				}
			}
		}
	}()
	whole, refused := 0, 0
	for range 2000 {
		seen := make(map[uint64]bool)
		switch err := eachDirectory(dir, seen, func(model.Raw, folder) {}); {
		case errors.Is(err, errExchanged):
			refused++
		case err != nil:
			t.Fatal(err)
		case len(seen) != 3:
			t.Fatalf("%d directories were looked at", len(seen))
		default:
			whole++
		}
	}
	close(stop)
	t.Logf("%d whole looks, %d that were refused, during %d exchanges", whole, refused, <-done)
}
