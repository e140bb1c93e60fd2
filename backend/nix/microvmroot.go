package nix

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// PutMicrovmRoot puts back a link that [Roots.RemoveMicrovmRoot] removed. One
// that is there and says the same stays; one that says something else is
// somebody's, stays too, and is an error that wraps [model.ErrRefused].
func (r Roots) PutMicrovmRoot(name, target model.Raw) error {
	if name == "" || name == "." || name == ".." || strings.ContainsAny(string(name), "/\x00") || target == "" {
		return fmt.Errorf("%w: %q is not the name of a garbage collector root", model.ErrRefused, string(name))
	}
	path := r.state + "/gcroots/microvm"
	if err := os.Mkdir(path, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("make %s: %w", path, err)
	}
	dir, err := openRooted(path)
	if err != nil {
		return err
	}
	defer dir.close()
	err = unix.Symlinkat(string(target), dir.fd, string(name))
	if !errors.Is(err, unix.EEXIST) {
		if err != nil {
			return fmt.Errorf("make %s/%s: %w", path, name, err)
		}
		return dir.sync()
	}
	there, err := dir.link(string(name))
	if err == nil && there != string(target) {
		err = fmt.Errorf("%w: %s/%s points to %s now, not to %s: remove it first", model.ErrRefused, path, name, there, target)
	}
	return err
}
