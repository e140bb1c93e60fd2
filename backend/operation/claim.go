package operation

import (
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// claim makes an open record its holder's, until that closes it or ends. It is
// a lock of the open file (F_OFD_SETLK of fcntl_locking(2)) and no flock: who
// only wants to know whether it is there need not take it, and so keeps no
// executor from its work. (/proc/locks would tell too, but on btrfs it names
// another device than stat(2) does.)
func claim(record *os.File) error {
	err := unix.FcntlFlock(record.Fd(), unix.F_OFD_SETLK, &unix.Flock_t{Type: unix.F_WRLCK, Whence: io.SeekStart})
	if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EACCES) {
		return fmt.Errorf("%w: another process is working on it", model.ErrBusy)
	}
	return err
}

// openClaimed opens a record and claims it.
func openClaimed(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|unix.O_NOFOLLOW, 0)
	if err != nil {
		return nil, err
	}
	if err := claim(file); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// isAsked reports whether who asked for an operation is about to have it begun.
func (f Folder) isAsked(id string) (bool, error) {
	file, err := openFile(f.path(id, planFile))
	if err != nil {
		return false, err
	}
	defer file.Close()
	return isClaimed(file)
}

// isClaimed reports whether somebody has claimed a record.
func isClaimed(record *os.File) (bool, error) {
	lock := unix.Flock_t{Type: unix.F_WRLCK, Whence: io.SeekStart}
	if err := unix.FcntlFlock(record.Fd(), unix.F_OFD_GETLK, &lock); err != nil {
		return false, err
	}
	return lock.Type != unix.F_UNLCK, nil
}
