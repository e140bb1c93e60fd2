package nix

import (
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// folder is an open directory.
type folder struct {
	fd   int
	path string
}

// openRooted opens a directory of root's in which nobody else can write.
func openRooted(path string) (folder, error) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return folder{}, fmt.Errorf("open %s: %w", path, kindOf(err))
	}
	var status unix.Stat_t
	if err = unix.Fstat(fd, &status); err == nil && (status.Uid != 0 || status.Mode&0o022 != 0) {
		err = errors.New("users other than root can write there: if it belongs to microtui, chown root and chmod 755 it")
	}
	if err != nil {
		unix.Close(fd)
		return folder{}, fmt.Errorf("check %s: %w", path, err)
	}
	return folder{fd, path}, nil
}

// makeRooted opens such a directory, and makes it where it is not there.
func makeRooted(path string) (folder, error) {
	err := os.Mkdir(path, 0o755)
	if err == nil {
		err = os.Chmod(path, 0o755) // whatever the umask
	}
	if err != nil && !errors.Is(err, os.ErrExist) {
		return folder{}, fmt.Errorf("make %s: %w", path, kindOf(err))
	}
	return openRooted(path)
}

// also adds an error to one, on the same line.
func also(err, more error) error {
	switch {
	case err == nil:
		return more
	case more == nil:
		return err
	}
	return fmt.Errorf("%w; %w", err, more)
}

func (f folder) close() { unix.Close(f.fd) }

// link is what a symbolic link says; empty: there is no such link.
func (f folder) link(name string) (string, error) {
	var buf [unix.PathMax]byte
	n, err := unix.Readlinkat(f.fd, name, buf[:])
	switch {
	case errors.Is(err, unix.ENOENT):
		return "", nil
	case errors.Is(err, unix.EINVAL):
		return "", fmt.Errorf("%s/%s is not a symbolic link", f.path, name)
	case err != nil:
		return "", fmt.Errorf("read %s/%s: %w", f.path, name, err)
	}
	return string(buf[:n]), nil
}

// remove removes a file; that it is not there is no error.
func (f folder) remove(name string) error {
	err := unix.Unlinkat(f.fd, name, 0)
	if err != nil && !errors.Is(err, unix.ENOENT) {
		return fmt.Errorf("remove %s/%s: %w", f.path, name, kindOf(err))
	}
	return nil
}

// names lists the entries.
func (f folder) names() ([]string, error) {
	if _, err := unix.Seek(f.fd, 0, unix.SEEK_SET); err != nil {
		return nil, fmt.Errorf("list %s: %w", f.path, err)
	}
	var names []string
	buf := make([]byte, 16<<10)
	for {
		n, err := unix.ReadDirent(f.fd, buf)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return nil, fmt.Errorf("list %s: %w", f.path, err)
		case n == 0:
			return names, nil
		}
		_, _, names = unix.ParseDirent(buf[:n], -1, names)
	}
}

// sync returns when the entries are on disk.
func (f folder) sync() error {
	if err := unix.Fsync(f.fd); err != nil {
		return fmt.Errorf("write %s to disk: %w", f.path, err)
	}
	return nil
}

// linkID tells a link from another of the same name.
type linkID struct {
	inode  uint64
	made   time.Time
	target string
}

func (f folder) identify(name string) (linkID, error) {
	var status unix.Stat_t
	if err := unix.Fstatat(f.fd, name, &status, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return linkID{}, err
	}
	target, err := f.link(name)
	return linkID{status.Ino, time.Unix(status.Mtim.Unix()), target}, err
}
