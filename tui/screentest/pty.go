package screentest

import (
	"errors"
	"os"
	"testing"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// Open opens a pseudo terminal of a size. Closing its master ends a read of it
// that is in flight, and hangs the terminal up at once.
func Open(t testing.TB, width, height int) (master, tty *os.File) {
	t.Helper()
	blocking, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer blocking.Close()
	fd, err := unix.FcntlInt(blocking.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	if err != nil {
		t.Fatal(err)
	}
	master = os.NewFile(uintptr(fd), blocking.Name())
	if err := setSize(master, width, height); err != nil {
		t.Fatal(err)
	}
	return master, tty
}

func setSize(terminal *os.File, width, height int) error {
	connection, err := terminal.SyscallConn()
	if err != nil {
		return err
	}
	size := unix.Winsize{Row: uint16(height), Col: uint16(width)}
	controlErr := connection.Control(func(fd uintptr) { err = unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, &size) })
	return errors.Join(controlErr, err)
}
