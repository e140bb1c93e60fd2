package terminal

import (
	"errors"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Read reads what is typed, as it comes. Closing the terminal ends a read that
// waits, and none is left when [Terminal.Close] returns: the descriptor can
// then be closed or given to the shell. Its only error is [io.EOF]: the
// terminal was closed, or it is gone, which [Terminal.Failed] tells.
func (t *Terminal) Read(into []byte) (int, error) {
	t.reading <- struct{}{}
	defer func() { <-t.reading }()
	select {
	case <-t.finished:
		return 0, io.EOF
	default:
	}
	for await(t.input, unix.POLLIN, t.stopped) {
		n, err := unix.Read(t.input, into)
		switch {
		case errors.Is(err, unix.EINTR), errors.Is(err, unix.EAGAIN):
		case n > 0:
			return n, nil
		default:
			t.fail(ErrGone)
			return 0, io.EOF
		}
	}
	return 0, io.EOF
}

// endRead waits for a read to end that [Terminal.stop] told to. It lasts only
// if another program took what was typed between the poll and the read; such a
// read is left behind.
func (t *Terminal) endRead() {
	select {
	case t.reading <- struct{}{}:
		_ = t.stopped.Close()
		<-t.reading
	case <-time.After(patience):
	}
}

// await waits for events of a terminal, or for its end, which needs no asking
// for. It reports false when the other end of stop was closed.
func await(tty int, events int16, stop *os.File) bool {
	fds := []unix.PollFd{{Fd: int32(tty), Events: events}, {Fd: int32(stop.Fd()), Events: unix.POLLIN}}
	for {
		_, err := unix.Poll(fds, -1)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil, fds[1].Revents != 0:
			return false
		case fds[0].Revents != 0:
			return true
		}
	}
}
