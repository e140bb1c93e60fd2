// Package home is the folder in which the program keeps what has to survive:
// records of operations, the trash, the lists of what is kept, what VMs were
// built from and what they were switched to.
//
// It knows who may see and change what is in there, and how a file in it is
// read and written whole. It must not know what follows from what the files say
// (model does), nor when they are to change.
package home

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// Path is the folder.
const Path = "/var/lib/microtui"

// The modes of our folders. Everybody may pass through [Path] to the keep list:
// verdicts rest on it, and whoever looks is to see the same ones as root. All
// else in it is root's alone, and only root can list what there is.
const (
	Mode       fs.FileMode = 0o711
	ClosedMode fs.FileMode = 0o700
)

// Make makes the folder of what has to survive, normally [Path], on disk when
// it returns, where it is not there. One that others than this user could list
// or change is refused.
func Make(path string) error {
	if err := MakeFolder(path, Mode); err != nil {
		return err
	}
	return os.Chmod(path, Mode) // a umask may have kept the others out
}

// MakeFolder makes a folder, on disk when it returns, where it is not there, and
// refuses one that is not ours.
func MakeFolder(path string, mode fs.FileMode) error {
	err := os.Mkdir(path, mode)
	if err == nil {
		err = SyncFolder(filepath.Dir(path))
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return Check(path, mode)
}

// Check refuses a folder that others than this user could change, or that is
// open any wider than a mode.
func Check(path string, mode fs.FileMode) error {
	var status unix.Stat_t
	if err := unix.Lstat(path, &status); err != nil {
		return &fs.PathError{Op: "stat", Path: path, Err: err}
	}
	if status.Mode&unix.S_IFMT != unix.S_IFDIR || int(status.Uid) != os.Geteuid() || status.Mode&0o777&^uint32(mode) != 0 {
		return fmt.Errorf("%w: %s is not a directory that only root can use: if it belongs to microtui, chown root and chmod %o it", model.ErrRefused, path, mode)
	}
	return nil
}

// SyncFolder returns when the names in a folder are on disk.
func SyncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}
