package terminal

import (
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// output writes to a terminal without ever having to wait for it.
//
// The terminal is opened a second time, so that "do not block" is a property
// of this descriptor alone: set on the one we were given it would also change
// the shell's. Where that cannot be done (the terminal belongs to another
// user after su) the given one is used, and a terminal that does not read can
// only be left behind.
type output struct {
	file *os.File
	fd   int
	own  bool // file is ours to close, and its writes have deadlines
}

func openOutput(tty *os.File) output {
	for _, path := range []string{fmt.Sprintf("/proc/self/fd/%d", tty.Fd()), "/dev/tty"} {
		fd, err := unix.Open(path, unix.O_WRONLY|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
		if err != nil {
			continue
		}
		if !sameTerminal(fd, int(tty.Fd())) {
			_ = unix.Close(fd)
			continue
		}
		return output{file: os.NewFile(uintptr(fd), "terminal"), fd: fd, own: true}
	}
	return output{file: tty, fd: int(tty.Fd())}
}

// sameTerminal reports whether two descriptors are the same terminal. /dev/tty
// has a device number of its own, so what the kernel says it stands for is
// compared.
func sameTerminal(a, b int) bool {
	x, errX := unix.IoctlGetUint32(a, unix.TIOCGDEV)
	y, errY := unix.IoctlGetUint32(b, unix.TIOCGDEV)
	return errX == nil && errY == nil && x == y
}

func (o output) deadline(t time.Time) {
	if o.own {
		_ = o.file.SetWriteDeadline(t)
	}
}

// insist writes even where the terminal has stopped reading: what waits there
// unread is thrown away to make room.
func (o output) insist(text string, budget time.Duration) error {
	o.deadline(time.Now().Add(budget / 2))
	_, err := o.file.WriteString(text)
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return err
	}
	_ = unix.IoctlSetInt(o.fd, unix.TCFLSH, unix.TCOFLUSH)
	o.deadline(time.Now().Add(budget / 2))
	_, err = o.file.WriteString(cancel + text)
	return err
}

func (o output) close() {
	if o.own {
		_ = o.file.Close()
	}
}
