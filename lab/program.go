package lab

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// ProgramPath is where the built microtui lies inside, see [Options].
const ProgramPath = Folder + "/microtui"

// BuildProgram builds microtui as it is shipped, into a new folder that is the
// caller's to remove.
func BuildProgram() (path string, err error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	module, err := moduleFolder(folder)
	if err != nil {
		return "", err
	}
	scratch, err := os.MkdirTemp("", "lab-")
	if err != nil {
		return "", err
	}
	path = filepath.Join(scratch, filepath.Base(ProgramPath))
	build := exec.Command("go", "build", "-buildvcs=false", "-o", path, ".")
	build.Dir = module
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		os.RemoveAll(scratch)
		return "", fmt.Errorf("build microtui: %w\n%s", err, out)
	}
	return path, nil
}

// moduleFolder finds the folder of go.mod, at or above a folder.
func moduleFolder(folder string) (string, error) {
	for dir := folder; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("find module: no go.mod above " + folder)
		}
	}
}
