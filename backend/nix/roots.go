package nix

import (
	"context"
	"errors"
	"fmt"
	"slices"

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

func (r Roots) path() string { return r.state + "/gcroots/microtui" }

// resultLink is the path of the link that nix makes for an owner.
func (r Roots) resultLink(owner Owner) string { return r.path() + "/" + string(owner) + result }

// make opens the folder, and makes it where it is not there.
func (r Roots) make() (folder, error) { return makeRooted(r.path()) }

// Hold keeps paths for an owner, besides what it holds already. While nix
// collects garbage it waits for the end of that, unless it holds them already:
// when it returns, they are safe whatever other root goes. A path that is not
// there is an error that wraps [model.ErrStale]; the others are held all the
// same.
func (r Roots) Hold(ctx context.Context, owner Owner, targets ...model.Raw) error {
	if err := owner.check(); err != nil {
		return err
	}
	for _, target := range targets {
		if !isStorePath(target) {
			return fmt.Errorf("%w: %q is not a path in the Nix store, so it needs no root", model.ErrRefused, string(target))
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
		return fmt.Errorf("add a gcroot for %s: %w", missing[0], err)
	}
	defer release()
	var gone error
	for _, target := range missing {
		err := hold(dir, owner, target)
		if errors.Is(err, model.ErrStale) {
			gone = err
		} else if err != nil {
			return err
		}
	}
	return also(gone, dir.sync())
}

func linkName(owner Owner, target model.Raw) string { return string(owner) + "." + storeHash(target) }

func hold(dir folder, owner Owner, target model.Raw) error {
	if !isThere(target) {
		return fmt.Errorf("%w: %s is no longer in the store", model.ErrStale, target)
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
		return fmt.Errorf("%s/%s is not a link made by microtui: remove it", dir.path, name)
	}
	if err != nil {
		return fmt.Errorf("add a gcroot for %s: %w", target, kindOf(err))
	}
	return nil
}

// Drop no longer keeps for an owner what is not among the exceptions.
func (r Roots) Drop(owner Owner, except ...model.Raw) error {
	return r.Sweep(func(root Root) bool { return root.Owner != owner || slices.Contains(except, root.Target) })
}

// held are the paths that an owner holds.
func (r Roots) held(owner Owner) (paths []model.Raw, err error) {
	all, err := r.List()
	for _, root := range all {
		if root.Owner == owner {
			paths = append(paths, root.Target)
		}
	}
	return paths, err
}

// Sweep removes the links that are not wanted. What a VM's links name changes
// behind our back, with each `microvm -u`: its roots are stale, and keep more
// than they need, until they are dropped here or at the VM's next switch. That
// costs space only, so it is enough to sweep now and then, under the locks of the
// owners.
func (r Roots) Sweep(wanted func(Root) bool) error {
	dir, err := openRooted(r.path())
	if errors.Is(err, unix.ENOENT) {
		return nil
	}
	if err != nil {
		return err
	}
	defer dir.close()
	all, err := list(dir)
	if err != nil {
		return err
	}
	for _, root := range all {
		if wanted(root) {
			continue
		}
		if failed := dir.remove(root.name); failed != nil {
			err = also(err, failed)
			continue
		}
		r.forget(root.name)
	}
	return err
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
