package backend

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"

	"golang.org/x/sys/unix"

	"microtui/backend/filesystem"
	"microtui/backend/home"
	"microtui/backend/systemd"
	"microtui/backend/trash"
	"microtui/model"
)

// The keep list has a copy on the state directory's own file system, in the
// folder of the trash there, which is root's alone: our own folder may be made
// anew at each boot, and the disk may come to another host.
const copyMode = 0o600

// errKeepUnseen: without root nobody can look into that folder, and where our
// own list is gone, it may hold the only one.
var errKeepUnseen = errors.New("only root can read the keep list: it is missing, and its copy is readable only by root")

// readKeepCopy reads the copy; no copy is an empty list.
func readKeepCopy(stateDir string) ([]model.KeepEntry, error) {
	folder, err := trash.Beside(stateDir, false)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case os.Geteuid() != 0:
		if _, err := os.Lstat(home.KeepFile); errors.Is(err, fs.ErrNotExist) {
			return nil, errKeepUnseen
		}
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read the copy of the keep list: %w", err)
	}
	defer folder.Close()
	list, err := home.ReadKeep(copyIn(folder))
	if err != nil {
		return nil, fmt.Errorf("in %s: %w", folder.Name(), err)
	}
	return list, nil
}

// copyIn is the path of the copy in the open folder, whatever its name leads to.
func copyIn(folder *os.File) string {
	return fmt.Sprintf("/proc/self/fd/%d/%s", folder.Fd(), filepath.Base(home.KeepFile))
}

// writeKeepCopy writes the copy, where there is to be one: on another file
// system, or mount, than the list itself.
func writeKeepCopy(stateDir string, list []model.KeepEntry) error {
	needed, err := survivesAlone(stateDir)
	if err != nil || !needed {
		return err
	}
	folder, err := trash.Beside(stateDir, true)
	if err != nil {
		return fmt.Errorf("write the copy of the keep list: %w", err)
	}
	defer folder.Close()
	if err := home.WriteKeep(copyIn(folder), copyMode, list); err != nil {
		return fmt.Errorf("in %s: %w", folder.Name(), err)
	}
	return folder.Sync()
}

// survivesAlone reports whether the state directory is there and may be when our
// own folder is gone.
func survivesAlone(stateDir string) (bool, error) {
	if stateDir == "" {
		return false, nil
	}
	there, err := filesystem.StatAt(unix.AT_FDCWD, stateDir)
	if errors.Is(err, unix.ENOENT) {
		return false, nil
	}
	ours, err2 := filesystem.StatAt(unix.AT_FDCWD, home.Path)
	return there.Mount != ours.Mount || there.ID.Dev != ours.ID.Dev, errors.Join(err, err2)
}

// syncKeep makes the keep list and its copy say the same, where one of them is
// gone or older.
func (h *Host) syncKeep() error {
	stateDir := h.realStateDir()
	beside, err := readKeepCopy(stateDir)
	if err != nil {
		return err
	}
	own, err := home.ReadKeep(home.KeepFile)
	if err != nil {
		return err
	}
	needed, err := survivesAlone(stateDir)
	if err != nil || !needed {
		return err
	}
	_, absent := os.Lstat(home.KeepFile)
	if absent == nil && reflect.DeepEqual(own, beside) {
		return nil
	}
	return h.changeKeep(func(list []model.KeepEntry) ([]model.KeepEntry, error) { return list, nil })
}

// realStateDir is the place of the state directory, without links; empty: it is
// not there.
func (h *Host) realStateDir() string {
	template, _ := systemd.ReadTemplate() // without one, it is the default
	real, err := filepath.EvalSymlinks(string(h.stateDirOf(template)))
	if err != nil {
		return ""
	}
	return real
}
