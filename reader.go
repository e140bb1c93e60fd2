package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// awaitReaderGone returns when nobody reads any more what is written to a
// file: the other end of a pipe is closed, or a terminal hung up (poll(2):
// those are told of without being asked for). A log that is followed may have
// nothing to write for days, and so would not notice.
func awaitReaderGone(out *os.File) {
	files := []unix.PollFd{{Fd: int32(out.Fd())}}
	for {
		if n, err := unix.Poll(files, -1); n > 0 || err != nil && err != unix.EINTR {
			return
		}
	}
}
