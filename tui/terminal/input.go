package terminal

import (
	"errors"
	"io"
	"os"
	"slices"

	"golang.org/x/sys/unix"
)

// Read reads what is typed, as it comes. Closing the terminal ends a read that
// waits, and none is left when [Terminal.Close] returns: the descriptor can
// then be closed or given to the shell. Its only error is [io.EOF]: the
// terminal was closed, or it is gone, which [Terminal.Failed] tells.
func (t *Terminal) Read(into []byte) (int, error) {
	for {
		select {
		case <-t.finished:
			return 0, io.EOF
		case t.reading <- struct{}{}:
		}
		n, err := t.read(into)
		<-t.reading
		if !errors.Is(err, errWanted) {
			return n, err
		}
	}
}

// errWanted says that somebody else wants to read the terminal.
var errWanted = errors.New("the terminal is to be lent")

func (t *Terminal) read(into []byte) (int, error) {
	select {
	case <-t.finished:
		return 0, io.EOF // the files that await looks at may be closed
	default:
	}
	for await(t.input, unix.POLLIN, t.stopped, t.wanted) {
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
	select {
	case <-t.finished:
		return 0, io.EOF
	default:
		return 0, errWanted
	}
}

// endRead waits for a read to end that [Terminal.stop] told to. It lasts only
// if another program took what was typed between the poll and the read; such a
// read is left behind.
func (t *Terminal) endRead() {
	if t.lent {
		return // none is in flight
	}
	if t.takeReading() {
		_ = t.stopped.Close()
		_ = t.wanted.Close()
		_ = t.want.Close()
		<-t.reading
	}
}

// await waits for events of a terminal, or for its end, which needs no asking
// for. It reports false when one of stops can be read or is at its end.
func await(tty int, events int16, stops ...*os.File) bool {
	fds := []unix.PollFd{{Fd: int32(tty), Events: events}}
	for _, stop := range stops {
		fds = append(fds, unix.PollFd{Fd: int32(stop.Fd()), Events: unix.POLLIN})
	}
	for {
		_, err := unix.Poll(fds, -1)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil, slices.ContainsFunc(fds[1:], func(fd unix.PollFd) bool { return fd.Revents != 0 }):
			return false
		case fds[0].Revents != 0:
			return true
		}
	}
}
