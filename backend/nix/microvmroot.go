package nix

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// microvmPath is where microvm.nix makes its links.
func (r Roots) microvmPath() string { return r.state + "/gcroots/microvm" }

// checkLink refuses names that would lead out of the folder.
func checkLink(name, target model.Raw) error {
	if name == "" || name == "." || name == ".." || strings.ContainsAny(string(name), "/\x00") || target == "" {
		return fmt.Errorf("%w: %q is not a valid gcroot name", model.ErrRefused, string(name))
	}
	return nil
}

// RemoveMicrovmRoot removes a link that microvm.nix made, in
// /nix/var/nix/gcroots/microvm, when it says exactly what is expected of it:
// "booted-foo" is a link of the VM foo as well as one of booted-foo. Where it
// says something else the error wraps [model.ErrStale]; removed is false where
// there is none.
func (r Roots) RemoveMicrovmRoot(name, want model.Raw) (removed bool, err error) {
	if err := checkLink(name, want); err != nil {
		return false, err
	}
	dir, err := openRooted(r.microvmPath())
	if errors.Is(err, unix.ENOENT) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer dir.close()
	target, err := dir.link(string(name))
	switch {
	case err != nil:
		return false, fmt.Errorf("%w: %w", model.ErrStale, err)
	case target == "":
		return false, nil
	case target != string(want):
		return false, fmt.Errorf("%w: gcroot %s points to %s, not to %s", model.ErrStale, name, target, want)
	}
	if err := dir.remove(string(name)); err != nil {
		return false, err
	}
	return true, dir.sync()
}

// PutMicrovmRoot puts back a link that [Roots.RemoveMicrovmRoot] removed. One
// that is there and says the same stays; one that says something else is
// somebody's, stays too, and is an error that wraps [model.ErrRefused].
func (r Roots) PutMicrovmRoot(name, target model.Raw) error {
	if err := checkLink(name, target); err != nil {
		return err
	}
	dir, err := makeRooted(r.microvmPath())
	if err != nil {
		return err
	}
	defer dir.close()
	err = unix.Symlinkat(string(target), dir.fd, string(name))
	if !errors.Is(err, unix.EEXIST) {
		if err != nil {
			return fmt.Errorf("make %s/%s: %w", dir.path, name, kindOf(err))
		}
		return dir.sync()
	}
	there, err := dir.link(string(name))
	if err == nil && there != string(target) {
		err = fmt.Errorf("%w: %s/%s now points to %s, not to %s: remove it first", model.ErrRefused, dir.path, name, there, target)
	}
	return err
}
