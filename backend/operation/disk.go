package operation

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// writeWhole makes a file: it is there whole or not at all, whenever the
// machine stops. Its name is on disk once its folder is.
func writeWhole(path string, text []byte) error {
	file, err := os.OpenFile(path+unfinished, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(path+unfinished, path)
}

// unfinished ends the name of a file that is being written.
const unfinished = ".new"

// reserve makes an empty file that has room set aside on the disk.
func reserve(path string, room int64) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	inPlace(file)
	if err := setAside(file, room); err != nil {
		return &fs.PathError{Op: "reserve", Path: path, Err: err}
	}
	return file.Sync()
}

// noCOW is FS_NOCOW_FL of linux/fs.h: chattr +C.
const noCOW = 0x00800000

// inPlace has btrfs write an empty file in place from now on. It would take new
// room else for each event: what was set aside is used only for what is written
// first, and the last block is written again with each. Others do so anyway.
func inPlace(file *os.File) {
	flags, err := unix.IoctlGetInt(int(file.Fd()), unix.FS_IOC_GETFLAGS)
	if err == nil {
		_ = unix.IoctlSetPointerInt(int(file.Fd()), unix.FS_IOC_SETFLAGS, flags|noCOW)
	}
}

// setAside sets room aside for a file that grows. ZFS and some others cannot:
// there a record may find the disk full.
func setAside(file *os.File, room int64) error {
	err := unix.Fallocate(int(file.Fd()), unix.FALLOC_FL_KEEP_SIZE, 0, room)
	if errors.Is(err, unix.EOPNOTSUPP) {
		return nil
	}
	return err
}

func openFile(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
}

func readFile(path string) ([]byte, error) {
	file, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxFile))
}
