package operation

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"

	"microtui/model"
)

func isOurs(path string) error {
	var status unix.Stat_t
	if err := unix.Lstat(path, &status); err != nil {
		return fmt.Errorf("look at %s: %w", path, err)
	}
	if status.Mode&unix.S_IFMT != unix.S_IFDIR || int(status.Uid) != os.Geteuid() || status.Mode&0o077 != 0 {
		return fmt.Errorf("%w: %s is not a folder that only root can use: chown root and chmod 700 it, if it is ours", model.ErrRefused, path)
	}
	return nil
}

// writeSynced makes a file, on disk when it returns, with room for more.
func writeSynced(path string, text []byte, room int64) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	if room > 0 {
		err := unix.Fallocate(int(file.Fd()), unix.FALLOC_FL_KEEP_SIZE, 0, room)
		if err != nil && !errors.Is(err, unix.EOPNOTSUPP) {
			return &fs.PathError{Op: "reserve", Path: path, Err: err}
		}
	}
	if _, err := file.Write(text); err != nil {
		return err
	}
	return file.Sync()
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}

func readFile(path string) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxFile))
}
