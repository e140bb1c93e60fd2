package terminal

import (
	"errors"
	"io"
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// Read reads what is typed, as it comes, in whole sequences that mean a key or
// the mouse; what else the terminal sends is left out. Closing the terminal ends a read that
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
	for len(t.typed) == 0 {
		switch await(t.input, unix.POLLIN, t.wait(), t.stopped, t.wanted) {
		case nothingCame:
			t.typed = t.framer.expire()
		case came:
			if !t.take() {
				t.fail(ErrGone)
				return 0, io.EOF
			}
		case stopped:
			return 0, t.whyStopped()
		}
	}
	n := copy(into, t.typed)
	t.typed = t.typed[n:]
	return n, nil
}

// wait is how long to wait for more of what is typed; negative: for ever.
func (t *Terminal) wait() time.Duration {
	if t.framer.waits() {
		return escapeWait
	}
	return -1
}

// take reads what came. It reports false where the terminal is gone.
func (t *Terminal) take() bool {
	var buffer [1024]byte
	n, err := unix.Read(t.input, buffer[:])
	if n > 0 {
		t.typed = t.framer.feed(buffer[:n], time.Now())
	}
	return n > 0 || errors.Is(err, unix.EINTR) || errors.Is(err, unix.EAGAIN)
}

// whyStopped is for what a read that waits has ended. What the next program
// reads may be the rest of what is held.
func (t *Terminal) whyStopped() error {
	t.framer = framer{}
	select {
	case <-t.finished:
		return io.EOF
	default:
		return errWanted
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

// outcome is how waiting for a terminal ended.
type outcome int

const (
	came        outcome = iota // what was waited for, or the terminal's end
	nothingCame                // in time
	stopped
)

// await waits for events of a terminal, or for its end, which needs no asking
// for, at most for a while; negative: for ever. It is stopped when one of stops
// can be read or is at its end.
func await(tty int, events int16, wait time.Duration, stops ...*os.File) outcome {
	fds := []unix.PollFd{{Fd: int32(tty), Events: events}}
	for _, stop := range stops {
		fds = append(fds, unix.PollFd{Fd: int32(stop.Fd()), Events: unix.POLLIN})
	}
	milliseconds := -1
	if wait >= 0 {
		milliseconds = int(wait.Milliseconds())
	}
	for {
		n, err := unix.Poll(fds, milliseconds)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil, slices.ContainsFunc(fds[1:], func(fd unix.PollFd) bool { return fd.Revents != 0 }):
			return stopped
		case n == 0:
			return nothingCame
		case fds[0].Revents != 0:
			return came
		}
	}
}
