// Package lock keeps two of us from changing the same thing at the same time:
// one lock for each VM, taken by whoever changes something, and held by name,
// so that the others can say who is at it. Who starts a VM takes turns with all
// others who do, for a moment: see [Locks.AwaitTurn]. And it keeps what changes
// the host apart from a switch of NixOS, which has a lock of its own.
//
// A lock is a flock(2) on a file: the kernel releases it when its holder ends,
// in whatever way, so a file that was left behind locks nothing. The package
// must not know what is done under a lock, nor wait for a VM's: who finds it
// taken is told by whom.
package lock

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// Folder is where the locks are. It is gone after a boot, as they are.
const Folder = "/run/microtui"

// Locks are the locks of a folder.
type Locks struct {
	folder string // made where it is not there
}

// In gives the locks of a folder; the program's are in [Folder].
func In(folder string) Locks { return Locks{folder} }

// Lock is a number of names that are held.
type Lock struct{ files []*os.File }

// Take takes the locks of VMs, all or none, in sorted order so that two who
// want the same ones cannot each get a part. It never waits: where one is
// taken, the error says by whom and wraps [model.ErrBusy].
func (l Locks) Take(holder Holder, vms ...model.Raw) (*Lock, error) {
	names := make([]string, len(vms))
	for i, vm := range vms {
		names[i] = fileName(vm)
	}
	return l.takeFiles(holder, names...)
}

// takeFiles takes the locks that files are.
func (l Locks) takeFiles(holder Holder, names ...string) (*Lock, error) {
	folder, err := l.open()
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	text, err := holder.encode()
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	taken := &Lock{}
	for _, name := range slices.Compact(names) {
		file, err := takeFile(folder, name)
		if err == nil {
			err = rewrite(file, text)
			taken.files = append(taken.files, file)
		}
		if err != nil {
			taken.Release()
			return nil, err
		}
	}
	return taken, nil
}

// Release gives the locks back. The files stay: removing one would let who has
// just opened it lock a file that nobody else finds, beside who makes it anew.
func (l *Lock) Release() {
	for _, file := range l.files {
		// Empty first: what it says of its holder is no longer so.
		_ = file.Truncate(0)
		file.Close()
	}
	l.files = nil
}

// takeFile opens a file and locks it.
func takeFile(folder *os.File, name string) (*os.File, error) {
	file, err := openFile(folder, name, unix.O_RDWR|unix.O_CREAT)
	if err != nil {
		return nil, err
	}
	err = flock(file)
	if err == nil {
		return file, nil
	}
	defer file.Close()
	if errors.Is(err, unix.EWOULDBLOCK) {
		return nil, fmt.Errorf("%w: %s", model.ErrBusy, whoHolds(file))
	}
	return nil, fmt.Errorf("lock %s: %w", file.Name(), err)
}

func flock(file *os.File) error {
	for {
		err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

// rewrite makes a text a file's content. One write, after which the file is
// cut to it: who reads in between finds text that is no holder's, and looks
// again.
func rewrite(file *os.File, text []byte) error {
	if _, err := file.WriteAt(text, 0); err != nil {
		return fmt.Errorf("write lock: %w", err)
	}
	if err := file.Truncate(int64(len(text))); err != nil {
		return fmt.Errorf("write lock: %w", err)
	}
	return nil
}

// open opens the folder, made where it is not there, and checks that it is one
// that nobody else can write to: else others could take our locks away.
func (l Locks) open() (*os.File, error) {
	if err := os.Mkdir(l.folder, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return nil, fmt.Errorf("make lock directory: %w", err)
	}
	return l.openExisting()
}

func (l Locks) openExisting() (*os.File, error) {
	folder, err := os.OpenFile(l.folder, unix.O_DIRECTORY|unix.O_NOFOLLOW, 0)
	if err != nil {
		return nil, fmt.Errorf("open lock directory: %w", err)
	}
	if err := isOurs(folder, unix.S_IFDIR); err != nil {
		folder.Close()
		return nil, err
	}
	return folder, nil
}

// isOurs checks type and owner of an open file, and that others can neither
// read nor write it.
func isOurs(file *os.File, kind uint32) error {
	var status unix.Stat_t
	if err := unix.Fstat(int(file.Fd()), &status); err != nil {
		return fmt.Errorf("stat %s: %w", file.Name(), err)
	}
	if status.Mode&unix.S_IFMT != kind || int(status.Uid) != os.Geteuid() || status.Mode&0o077 != 0 {
		return fmt.Errorf("%w: %s does not have the type, owner and mode of a lock", model.ErrRefused, file.Name())
	}
	return nil
}

// openFile opens the file of a lock.
func openFile(folder *os.File, name string, flags int) (*os.File, error) {
	fd, err := unix.Openat(int(folder.Fd()), name, flags|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock %s/%s: %w", folder.Name(), name, err)
	}
	file := os.NewFile(uintptr(fd), folder.Name()+"/"+name)
	if err := isOurs(file, unix.S_IFREG); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// fileName is a VM's name as the name of a file: what is no letter, digit or
// one of ._- is written as %XX, so that two names never share a file.
func fileName(vm model.Raw) string {
	var name strings.Builder
	name.WriteString("vm-")
	for _, c := range []byte(vm) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '_', c == '-':
			name.WriteByte(c)
		default:
			fmt.Fprintf(&name, "%%%02x", c)
		}
	}
	return name.String() + ".lock"
}

// readPatience is how long a holder may take from the lock to its entry.
const readPatience = 100 * time.Millisecond

// whoHolds says who holds a file's lock.
func whoHolds(file *os.File) string {
	deadline := time.NewTimer(readPatience)
	defer deadline.Stop()
	look := time.NewTicker(2 * time.Millisecond)
	defer look.Stop()
	for {
		if holder, ok := readHolder(file); ok && holder.lives() {
			return holder.String()
		}
		select {
		case <-look.C:
		case <-deadline.C:
			return "another process holds " + file.Name()
		}
	}
}

// lives reports whether the process is there: an entry outlives a holder that
// was killed.
func (h Holder) lives() bool {
	return h.PID > 0 && !errors.Is(syscall.Kill(h.PID, 0), syscall.ESRCH)
}
