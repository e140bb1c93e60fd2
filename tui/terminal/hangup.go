package terminal

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// hangup waits until a terminal is gone. The kernel tells by SIGHUP, but only
// its session; under su or sudo, or a wrapper, that is somebody else's, and
// programs that rely on it live on forever (btop#1597, sngrep#424). Polling
// for no event at all still returns when the terminal hangs up, and costs
// nothing until then.
//
// Closing stop's other end makes it return false.
func hangup(tty int, stop *os.File) bool {
	fds := []unix.PollFd{{Fd: int32(tty)}, {Fd: int32(stop.Fd()), Events: unix.POLLIN}}
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
