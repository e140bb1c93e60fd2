package nix

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// Roots are the links of ours that keep paths in the store from nix's garbage
// collection, in /nix/var/nix/gcroots/microtui. Each belongs to an owner: a
// VM, an entry of the trash, a build. A link is named after its owner and the
// hash in the path that it keeps, so that no link ever changes its target, and
// an owner has as many as it needs.
type Roots struct {
	state string // nix's, above gcroots
	// Waits, if set, takes a line when a garbage collection has to be waited for.
	Waits func(model.Raw)
}

// SystemRoots are those of this host.
func SystemRoots() Roots { return Roots{state: "/nix/var/nix"} }

// Root is a link of ours.
type Root struct {
	Owner  Owner
	Target model.Raw
	name   string
}

// Owner is what a path is kept for.
type Owner string

// OfVM is for what a VM's `current`, `old` and `booted` name.
func OfVM(vm model.Raw) Owner { return "vm." + Owner(vm) }

// OfTrash is for the runners of an entry in the trash.
func OfTrash(entry string) Owner { return "trash." + Owner(entry) }

// OfBuild is for what an operation built for a VM.
func OfBuild(operation string, vm model.Raw) Owner {
	return Owner("build." + operation + "." + string(vm))
}

// Parts takes an owner apart: its kind, "vm", "trash" or "build", and the VM,
// the entry, or the operation with the VM.
func (o Owner) Parts() (kind, of string) {
	kind, of, _ = strings.Cut(string(o), ".")
	return kind, of
}

// result is the end of the name of the link that nix itself makes, before it
// is known what it will build.
const result = ".result"

func (o Owner) check() error {
	kind, rest, found := strings.Cut(string(o), ".")
	isPart := func(c rune) bool { return c < 0x80 && strings.ContainsRune("._-", c) || isLetterOrDigit(c) }
	if !found || !slices.Contains([]string{"vm", "trash", "build"}, kind) || rest == "" || len(o) > 200 ||
		strings.ContainsFunc(rest, func(c rune) bool { return !isPart(c) }) {
		return fmt.Errorf("%w: %q cannot own a garbage collector root", model.ErrRefused, string(o))
	}
	return nil
}

func isLetterOrDigit(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// ownerOf takes a link's name apart; false: it is none of ours.
func ownerOf(name string) (Owner, bool) {
	at := strings.LastIndexByte(name, '.')
	if at < 0 || name[at:] != result && len(name)-at-1 != 32 {
		return "", false
	}
	owner := Owner(name[:at])
	return owner, owner.check() == nil
}

func (r Roots) path() string { return r.state + "/gcroots/microtui" }

// resultLink is the path of the link that nix makes for an owner.
func (r Roots) resultLink(owner Owner) string { return r.path() + "/" + string(owner) + result }

// make opens the folder, and makes it where it is not there.
func (r Roots) make() (folder, error) {
	if err := os.Mkdir(r.path(), 0o755); err == nil {
		if err := os.Chmod(r.path(), 0o755); err != nil {
			return folder{}, fmt.Errorf("make folder for garbage collector roots: %w", err)
		}
	} else if !errors.Is(err, os.ErrExist) {
		return folder{}, fmt.Errorf("make folder for garbage collector roots: %w", kindOf(err))
	}
	return openRooted(r.path())
}

// Hold keeps paths for an owner, besides what it holds already. While nix
// collects garbage it waits for the end of that, unless it holds them already:
// when it returns, they are safe whatever other root goes. A path that is not
// there is an error that wraps [model.ErrStale].
func (r Roots) Hold(ctx context.Context, owner Owner, targets ...model.Raw) error {
	if err := owner.check(); err != nil {
		return err
	}
	for _, target := range targets {
		if !isStorePath(target) {
			return fmt.Errorf("%w: %q is not a path in the store, so it needs no root", model.ErrRefused, string(target))
		}
	}
	dir, err := r.make()
	if err != nil {
		return err
	}
	defer dir.close()
	missing := slices.DeleteFunc(slices.Clone(targets), func(target model.Raw) bool {
		link, err := dir.link(linkName(owner, target))
		return err == nil && link == string(target) && isThere(target)
	})
	if len(missing) == 0 {
		return nil
	}
	release, err := r.awaitNoCollection(ctx)
	if err != nil {
		return fmt.Errorf("keep %s from garbage collection: %w", missing[0], err)
	}
	defer release()
	for _, target := range missing {
		if err := hold(dir, owner, target); err != nil {
			return err
		}
	}
	return dir.sync()
}

func linkName(owner Owner, target model.Raw) string { return string(owner) + "." + storeHash(target) }

func hold(dir folder, owner Owner, target model.Raw) error {
	if !isThere(target) {
		return fmt.Errorf("%w: %s is not in the store any more", model.ErrStale, target)
	}
	name := linkName(owner, target)
	err := unix.Symlinkat(string(target), dir.fd, name)
	if errors.Is(err, unix.EEXIST) {
		link, readErr := dir.link(name)
		switch {
		case readErr != nil:
			return readErr
		case link == string(target):
			return nil
		}
		return fmt.Errorf("%s/%s is not a link of ours: remove it", dir.path, name)
	}
	if err != nil {
		return fmt.Errorf("keep %s from garbage collection: %w", target, kindOf(err))
	}
	return nil
}

// Drop no longer keeps for an owner what is not among the exceptions.
func (r Roots) Drop(owner Owner, except ...model.Raw) error {
	_, err := r.Sweep(func(root Root) bool { return root.Owner != owner || slices.Contains(except, root.Target) })
	return err
}

// Sweep removes the links that are not wanted, and gives them. What a VM's
// links name changes behind our back, with each `microvm -u`: its roots are
// stale, and keep more than they need, until they are dropped here or at the
// VM's next switch. That costs space only, so it is enough to sweep now and
// then, under the locks of the owners.
func (r Roots) Sweep(wanted func(Root) bool) ([]Root, error) {
	dir, err := openRooted(r.path())
	if errors.Is(err, unix.ENOENT) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer dir.close()
	all, err := list(dir)
	if err != nil {
		return nil, err
	}
	var gone []Root
	for _, root := range all {
		if wanted(root) {
			continue
		}
		if failed := dir.remove(root.name); failed != nil {
			err = also(err, failed)
			continue
		}
		r.forget(root.name)
		gone = append(gone, root)
	}
	return gone, err
}

// List gives all links of ours, sorted by name.
func (r Roots) List() ([]Root, error) {
	dir, err := openRooted(r.path())
	if errors.Is(err, unix.ENOENT) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer dir.close()
	return list(dir)
}

func list(dir folder) ([]Root, error) {
	names, err := dir.names()
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	var all []Root
	for _, name := range names {
		owner, ours := ownerOf(unfinished(name))
		if !ours {
			continue
		}
		if target, err := dir.link(name); err == nil && target != "" {
			all = append(all, Root{owner, model.Raw(target), name})
		}
	}
	return all, nil
}

// unfinished is the name that nix, which makes a link as ".N_NAME" and renames
// it, would have given at last.
func unfinished(name string) string {
	number, rest, found := strings.Cut(strings.TrimPrefix(name, "."), "_")
	if !found || name[0] != '.' || strings.Trim(number, "0123456789") != "" {
		return name
	}
	return rest
}

// RemoveMicrovmRoot removes a link that microvm.nix made, in
// /nix/var/nix/gcroots/microvm, when it says exactly what is expected of it:
// "booted-foo" is a link of the VM foo as well as one of booted-foo. Where it
// says something else the error wraps [model.ErrStale]; removed is false where
// there is none.
func (r Roots) RemoveMicrovmRoot(name, want model.Raw) (removed bool, err error) {
	if name == "" || name == "." || name == ".." || strings.ContainsAny(string(name), "/\x00") || want == "" {
		return false, fmt.Errorf("%w: %q is not the name of a garbage collector root", model.ErrRefused, string(name))
	}
	dir, err := openRooted(r.state + "/gcroots/microvm")
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
		return false, fmt.Errorf("%w: the garbage collector root %s points to %s, not to %s", model.ErrStale, name, target, want)
	}
	if err := dir.remove(string(name)); err != nil {
		return false, err
	}
	return true, dir.sync()
}
