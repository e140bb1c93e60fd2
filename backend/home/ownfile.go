package home

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// maxOwn is more than a list of ours needs, in bytes.
const maxOwn = 4 << 20

// read reads a file of ours; nil where there is none. One that others than
// root can write is refused: what it says is trusted.
func read(path string) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var status unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &status); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if status.Mode&unix.S_IFMT != unix.S_IFREG || status.Uid != 0 || status.Mode&0o022 != 0 {
		return nil, fmt.Errorf("%s: not a file that only root can write", path)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxOwn))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return text, nil
}

// Lock opens the folder of our files, and makes it where it is not there,
// for one writer at a time: until it is closed.
func Lock() (*os.File, error) {
	if err := Make(Path); err != nil {
		return nil, err
	}
	folder, err := os.Open(Path)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(folder.Fd()), unix.LOCK_EX); err != nil {
		folder.Close()
		return nil, err
	}
	return folder, nil
}

// unfinishedName is the name, in its folder, of the file that is being made: one
// for all, so that whatever a writer was killed at goes with the next one's.
const unfinishedName = ".unfinished"

// Write makes a file of ours, with a mode, in the place of the one that is
// there, under the lock: whoever opens it finds it whole.
func Write(path string, mode fs.FileMode, from io.Reader) error {
	unfinished := filepath.Join(filepath.Dir(path), unfinishedName)
	if err := os.Remove(unfinished); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	// A new one: what was left may be open to more than this file is to be.
	file, err := os.OpenFile(unfinished, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, from)
	err = errors.Join(err, file.Chmod(mode), file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(unfinished, path)
	}
	if err != nil {
		os.Remove(unfinished)
	}
	return err
}
