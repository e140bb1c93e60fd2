package operation

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Home is where the program keeps what has to survive: records of operations,
// the trash, the keep list.
const Home = "/var/lib/microtui"

// The modes of our folders. Everybody may pass through [Home] to the keep list:
// verdicts rest on it, and whoever looks is to see the same ones as root. All
// else in it is root's alone, and only root can list what there is.
const (
	homeMode   = 0o711
	closedMode = 0o700
)

// MakeHome makes the folder of what has to survive, normally [Home], on disk
// when it returns, where it is not there. One that others than this user could
// list or change is refused.
func MakeHome(path string) error {
	if err := makeOurs(path, homeMode); err != nil {
		return err
	}
	return os.Chmod(path, homeMode) // a umask may have kept the others out
}

// makeOurs makes a folder, on disk when it returns, where it is not there, and
// refuses one that is not ours.
func makeOurs(path string, mode fs.FileMode) error {
	err := os.Mkdir(path, mode)
	if err == nil {
		err = syncFolder(filepath.Dir(path))
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return isOurs(path, mode)
}
