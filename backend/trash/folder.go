package trash

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// There is no safe way to do without these, so nothing is done.
var (
	errKernel = refusef("this kernel lacks openat2 or mount IDs in statx: Linux 5.8 or newer is required")
	errFilter = refusef("a system call filter forbids openat2 (RestrictSUIDSGID=, SystemCallFilter=, a container): run microtui without it")
)

// whyNone says why the kernel does not know a call.
func whyNone() error {
	status, err := os.ReadFile("/proc/self/status")
	if err == nil && bytes.Contains(status, []byte("\nSeccomp:\t2\n")) {
		return errFilter
	}
	return errKernel
}

// folderFlags open a directory, and nothing else.
const folderFlags = unix.O_RDONLY | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_NONBLOCK | unix.O_CLOEXEC

// How far a path may lead. On the way to a folder of the host no link is
// followed; on the way down in a tree no mount is crossed either, and nothing
// leads out of it.
const (
	noLinks = unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_MAGICLINKS
	inside  = noLinks | unix.RESOLVE_BENEATH | unix.RESOLVE_NO_XDEV
	upwards = noLinks | unix.RESOLVE_NO_XDEV
)

// openat2 opens a folder, and nothing else.
func openat2(fd int, name string, resolve uint64) (int, error) {
	how := unix.OpenHow{Flags: folderFlags, Resolve: resolve}
	for {
		opened, err := unix.Openat2(fd, name, &how)
		switch {
		case errors.Is(err, unix.EINTR) || errors.Is(err, unix.EAGAIN):
		case errors.Is(err, unix.ENOSYS):
			return -1, whyNone()
		default:
			return opened, err
		}
	}
}

// folder is an open directory, and its path for messages.
type folder struct {
	fd   int
	path string
}

func (f folder) close() { unix.Close(f.fd) }

// sync returns when the names in the folder are on disk.
func (f folder) sync() error {
	if err := unix.Fsync(f.fd); err != nil {
		return fmt.Errorf("sync %s: %w", f.path, err)
	}
	return nil
}

// openPath opens a folder of the host.
func openPath(path string) (folder, error) {
	fd, err := openat2(unix.AT_FDCWD, path, noLinks)
	if err != nil {
		return folder{}, explainOpen(path, err)
	}
	return folder{fd, path}, nil
}

// explainOpen says what stands in a folder's place.
func explainOpen(path string, err error) error {
	switch {
	case errors.Is(err, unix.ELOOP), errors.Is(err, unix.ENOTDIR):
		return refusef("open %s: it is not a directory, or is behind a symbolic link", path)
	case errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM):
		return fmt.Errorf("open %s: %w", path, model.ErrDenied)
	}
	return fmt.Errorf("open %s: %w", path, err)
}

// The modes of our folders. Others may pass through the record's, to a file of
// which they know the name and which is open to them; none of ours is.
const (
	recordMode = 0o711
	closedMode = 0o700
)

// openOwn opens a folder of ours in another one, and checks that it is open to
// others no wider than a mode. An absent one is made if wanted.
func (f folder) openOwn(name string, mode uint32, make bool) (folder, error) {
	path := filepath.Join(f.path, name)
	if make {
		err := unix.Mkdirat(f.fd, name, mode)
		if err != nil && !errors.Is(err, unix.EEXIST) {
			return folder{}, fmt.Errorf("make %s: %w", path, err)
		}
		if err == nil {
			if err := f.sync(); err != nil {
				return folder{}, err
			}
		}
	}
	fd, err := openat2(f.fd, name, inside&^unix.RESOLVE_NO_XDEV)
	if err != nil {
		return folder{}, explainOpen(path, err)
	}
	own := folder{fd, path}
	if err := own.checkOwn(mode); err != nil {
		own.close()
		return folder{}, err
	}
	return own, nil
}

// checkOwn checks that a folder is this user's, for all purposes, and open to
// others no wider than a mode.
func (f folder) checkOwn(mode uint32) error {
	st, err := statFD(f.fd)
	if err != nil {
		return fmt.Errorf("stat %s: %w", f.path, err)
	}
	if bits := uint32(st.Mode) & 0o777; int(st.UID) != os.Geteuid() || bits&^mode != 0 || bits&closedMode != closedMode {
		return refusef("%s has user %d and mode %04o, expected user %d and mode %04o",
			f.path, st.UID, bits, os.Geteuid(), mode)
	}
	return nil
}

// open opens RECORD/trash.
func (t Trash) open(make bool) (folder, error) {
	parent, err := openPath(filepath.Dir(t.paths.Record))
	if err != nil {
		return folder{}, err
	}
	defer parent.close()
	record, err := parent.openOwn(filepath.Base(t.paths.Record), recordMode, make)
	if err != nil {
		return folder{}, err
	}
	defer record.close()
	return record.openOwn(folderName, closedMode, make)
}

// openBeside opens STATEDIR/.microtui-trash/ID.
func openBeside(stateDir, id string, make bool) (folder, error) {
	all, err := openAllBeside(stateDir, make)
	if err != nil {
		return folder{}, err
	}
	defer all.close()
	return all.openOwn(id, closedMode, make)
}

// Beside opens STATEDIR/.microtui-trash, checked to be root's alone: what has to
// survive on the state directory's own file system is kept in it. The error is
// [fs.ErrNotExist] where it is not there and not to be made.
func Beside(stateDir string, make bool) (*os.File, error) {
	all, err := openAllBeside(stateDir, make)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(all.fd), all.path), nil
}

// openAllBeside opens STATEDIR/.microtui-trash.
func openAllBeside(stateDir string, make bool) (folder, error) {
	parent, err := openPath(stateDir)
	if err != nil {
		return folder{}, err
	}
	defer parent.close()
	return parent.openOwn(besideName, closedMode, make)
}
