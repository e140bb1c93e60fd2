package backend

import (
	"errors"
	"os"
	"path/filepath"
)

// ReplaceFile writes a file that everybody may read, in the place of the one
// that is there: whoever opens it finds the one or the other, whole. A temporary
// one beside it is hidden, and its name does not end as the file's does, since
// who collects such files takes hidden ones, too.
func ReplaceFile(path string, text []byte) error {
	folder, name := filepath.Split(path)
	if folder == "" {
		folder = "."
	}
	file, err := os.CreateTemp(folder, "."+name+".*.unfinished")
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	err = errors.Join(err, file.Chmod(0o644), file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		os.Remove(file.Name())
	}
	return err
}
