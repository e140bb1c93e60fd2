package lock

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"microtui/model"
)

func locks(t *testing.T) Locks {
	t.Helper()
	return In(filepath.Join(t.TempDir(), "microtui"))
}

func me(doing string) Holder {
	return Holder{Activity: doing, User: "alice", PID: os.Getpid(), Since: time.Now()}
}

func take(t *testing.T, l Locks, doing string, vms ...model.Raw) *Lock {
	t.Helper()
	held, err := l.Take(me(doing), vms...)
	if err != nil {
		t.Fatal(err)
	}
	return held
}

func isBusy(t *testing.T, l Locks, want string, vms ...model.Raw) {
	t.Helper()
	held, err := l.Take(me("another"), vms...)
	if err == nil {
		held.Release()
		t.Fatalf("%v: taken twice", vms)
	}
	if !errors.Is(err, model.ErrBusy) || !strings.Contains(err.Error(), want) {
		t.Errorf("%v: %v, want %q", vms, err, want)
	}
}

func TestTake(t *testing.T) {
	l := locks(t)
	held := take(t, l, "start of db", "db")
	isBusy(t, l, "start of db by alice, process "+fmt.Sprint(os.Getpid()), "db")
	take(t, l, "start of api", "api").Release()
	held.Release()
	held.Release()
	take(t, l, "stop of db", "db").Release()
}

// Where one of several is taken, none of the others stays taken.
func TestTakeAllOrNone(t *testing.T) {
	l := locks(t)
	held := take(t, l, "stop of web", "web")
	isBusy(t, l, "stop of web", "web", "api", "db")
	take(t, l, "start of both", "db", "api", "db").Release()
	held.Release()
}

// Two who want the same in another order never both fail over a part of it
// forever: one of them gets all.
func TestTakeSorted(t *testing.T) {
	l := locks(t)
	var got atomic.Int32
	var under sync.WaitGroup
	for _, order := range [][]model.Raw{{"a", "b", "c"}, {"c", "b", "a"}} {
		under.Go(func() {
			for tries := 0; tries < 100000; tries++ {
				held, err := l.Take(me("both"), order...)
				if err == nil {
					got.Add(1)
					held.Release()
					return
				}
			}
		})
	}
	under.Wait()
	if got.Load() != 2 {
		t.Errorf("%d of 2 got all", got.Load())
	}
}

// A file without a lock, whatever it says, is no lock.
func TestStaleFile(t *testing.T) {
	l := locks(t)
	held := take(t, l, "start of db", "db")
	text, _ := me("left behind by one who was killed").encode()
	if err := rewrite(held.files[0], text); err != nil {
		t.Fatal(err)
	}
	held.files[0].Close() // as the kernel does for one who was killed
	take(t, l, "a", "db").Release()
}

// heldVariable makes this test binary a process that holds the lock of db in a
// folder.
const heldVariable = "LOCK_TEST_FOLDER"

func TestMain(m *testing.M) {
	folder := os.Getenv(heldVariable)
	if folder == "" {
		os.Exit(m.Run())
	}
	if _, err := In(folder).Take(me("purge of db"), "db"); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("held")
	io.Copy(io.Discard, os.Stdin) // until the other side ends
}

// Another process is told of, and when it is killed, its lock is free.
func TestOtherProcess(t *testing.T) {
	l := locks(t)
	other := exec.Command(os.Args[0])
	other.Env = append(os.Environ(), heldVariable+"="+l.folder)
	in, err := other.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	if said, _ := bufio.NewReader(out).ReadString('\n'); said != "held\n" {
		t.Fatalf("it said %q", said)
	}
	isBusy(t, l, fmt.Sprintf("purge of db by alice, process %d", other.Process.Pid), "db")
	other.Process.Signal(syscall.SIGKILL)
	other.Wait()
	take(t, l, "start of db", "db").Release()
}

// An entry that is none, or of a process that is gone, is not shown as the
// holder's.
func TestHolderUnknown(t *testing.T) {
	l := locks(t)
	held := take(t, l, "start of db", "db")
	defer held.Release()
	gone := me("start of db")
	gone.PID = 1 << 22 // beyond pid_max
	old, _ := gone.encode()
	for _, text := range [][]byte{nil, []byte("{"), []byte("null"), old} {
		held.files[0].Truncate(0)
		if err := rewrite(held.files[0], text); err != nil {
			t.Fatal(err)
		}
		isBusy(t, l, "another process holds "+held.files[0].Name(), "db")
	}
}

func TestFolderOfOthers(t *testing.T) {
	for name, spoil := range map[string]func(folder string) error{
		"readable":  func(f string) error { return os.Chmod(f, 0o755) },
		"writable":  func(f string) error { return os.Chmod(f, 0o770) },
		"a link":    func(f string) error { return errors.Join(os.Remove(f), os.Symlink(filepath.Dir(f), f)) },
		"a file":    func(f string) error { return errors.Join(os.Remove(f), os.WriteFile(f, nil, 0o600)) },
		"another's": func(f string) error { return os.Chown(f, 65534, 65534) },
	} {
		t.Run(name, func(t *testing.T) {
			l := locks(t)
			if err := os.Mkdir(l.folder, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := spoil(l.folder); err != nil {
				t.Skip("needs root: to give a file away")
			}
			if held, err := l.Take(me("x"), "db"); err == nil {
				held.Release()
				t.Error("taken")
			}
		})
	}
}

// What is not a plain file of ours is not opened as a lock.
func TestFileOfOthers(t *testing.T) {
	for name, place := range map[string]func(path string) error{
		"a link":   func(p string) error { return os.Symlink("/etc/passwd", p) },
		"a fifo":   func(p string) error { return syscall.Mkfifo(p, 0o600) },
		"a folder": func(p string) error { return os.Mkdir(p, 0o700) },
		"readable": func(p string) error { return errors.Join(os.WriteFile(p, nil, 0o644), os.Chmod(p, 0o644)) },
	} {
		t.Run(name, func(t *testing.T) {
			l := locks(t)
			if err := os.Mkdir(l.folder, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := place(filepath.Join(l.folder, fileName("db"))); err != nil {
				t.Fatal(err)
			}
			if held, err := l.Take(me("x"), "db"); err == nil {
				held.Release()
				t.Error("taken")
			}
		})
	}
}

func TestFileNames(t *testing.T) {
	seen := map[string]model.Raw{}
	for _, vm := range []model.Raw{"db", "DB", "a/b", "a%2fb", "a\nb", "..", ".", "", "%", "a b", "é", "a_b-c.d", "\xff"} {
		name := fileName(vm)
		if other, twice := seen[name]; twice || strings.ContainsAny(name, "/\n\x00 ") {
			t.Errorf("%q is %q, as %q", vm, name, other)
		}
		seen[name] = vm
	}
	if _, err := locks(t).Take(me("x"), model.Raw(strings.Repeat("x", 300))); err == nil {
		t.Error("a name that is too long is taken")
	}
}

func FuzzFileNames(f *testing.F) {
	f.Add("a/b", "a%2fb")
	f.Fuzz(func(t *testing.T, a, b string) {
		if a != b && fileName(model.Raw(a)) == fileName(model.Raw(b)) {
			t.Errorf("%q and %q share %q", a, b, fileName(model.Raw(a)))
		}
	})
}
