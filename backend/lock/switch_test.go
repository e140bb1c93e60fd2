package lock

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestHolderOf(t *testing.T) {
	const locks = `1: POSIX  ADVISORY  WRITE 100 00:1a:77 0 EOF
2: FLOCK  ADVISORY  WRITE 812 00:1a:1234 0 EOF
2: -> FLOCK  ADVISORY  WRITE 813 00:1a:1235 0 EOF
3: FLOCK  ADVISORY  READ 900 103:02:5 0 0
`
	for _, test := range []struct {
		name          string
		device, inode uint64
		pid           int
		held          bool
	}{
		{"held", unix.Mkdev(0, 0x1a), 1234, 812, true},
		{"large device number", unix.Mkdev(0x103, 2), 5, 900, true},
		{"other device", unix.Mkdev(0, 0x1b), 1234, 0, false},
		{"part of a number", unix.Mkdev(0, 0x1a), 123, 0, false},
		{"only waited for", unix.Mkdev(0, 0x1a), 1235, 0, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if pid, held := HolderIn([]byte(locks), test.device, test.inode); held != test.held || held && pid != test.pid {
				t.Errorf("got %d, %v", pid, held)
			}
		})
	}
}

// The kernel's own list names this process while it holds the lock, and
// looking does not take it.
func TestSwitching(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	look := func() string {
		t.Helper()
		got, err := switching(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(got)
	}
	if got := look(); got != "" {
		t.Errorf("without a file: %q", got)
	}
	if _, err := os.Lstat(path); err == nil {
		t.Error("looking made the file")
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := look(); got != "" {
		t.Errorf("unlocked: %q", got)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		t.Fatal(err)
	}
	if got, me := look(), "(process "+strconv.Itoa(os.Getpid())+")"; !strings.HasSuffix(got, me) {
		t.Errorf("locked by %s: %q", me, got)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_UN); err != nil {
		t.Fatal(err)
	}
	if got := look(); got != "" {
		t.Errorf("unlocked again: %q", got)
	}
}
