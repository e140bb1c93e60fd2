package nix

import (
	"context"
	"errors"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// LetGo no longer keeps for a VM what is not among the exceptions. What another
// directory of the state directory names goes on being kept, for that one's
// name: directories can have been exchanged or renamed since, and with them
// what is held for their names. While somebody does that without a pause,
// nothing is let go of.
func (r Roots) LetGo(ctx context.Context, stateDir string, vm model.Raw, except ...model.Raw) error {
	owner := OfVM(vm).In(stateDir)
	drop, err := r.held(owner)
	drop = slices.DeleteFunc(drop, func(target model.Raw) bool { return slices.Contains(except, target) })
	if err != nil || len(drop) == 0 {
		return err
	}
	named, err := namedIn(stateDir)
	if err != nil {
		return err
	}
	for _, target := range drop {
		for _, other := range named[target] {
			if other == vm {
				continue // of that name by now, and not by this switch
			}
			if err := r.Hold(ctx, OfVM(other).In(stateDir), target); err != nil && !errors.Is(err, model.ErrStale) {
				return err
			}
		}
	}
	return r.Drop(owner, except...)
}

var errExchanged = errors.New("VM directories are being swapped")

// namedIn gives the VMs whose links name a path, by the path. Each directory
// has to be found once: what is exchanged between two looks could be missed.
func namedIn(stateDir string) (named map[model.Raw][]model.Raw, err error) {
	for range 5 {
		if named, err = lookIn(stateDir); !errors.Is(err, errExchanged) {
			break
		}
	}
	return named, err
}

func lookIn(stateDir string) (map[model.Raw][]model.Raw, error) {
	named := make(map[model.Raw][]model.Raw)
	err := eachDirectory(stateDir, make(map[uint64]bool), func(vm model.Raw, dir folder) {
		for _, target := range (vmFolder{dir}).named() {
			if !slices.Contains(named[target], vm) {
				named[target] = append(named[target], vm)
			}
		}
	})
	return named, err
}

// eachDirectory visits each directory in the state directory once, and notes
// its inode.
func eachDirectory(stateDir string, seen map[uint64]bool, visit func(vm model.Raw, dir folder)) error {
	fd, err := unix.Open(stateDir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return kindOf(err)
	}
	all := folder{fd, stateDir}
	defer all.close()
	names, err := all.names()
	if err != nil {
		return err
	}
	for _, name := range names {
		if strings.HasPrefix(name, ".") {
			continue
		}
		fd, err := unix.Openat(all.fd, name, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
		if err != nil {
			continue // no directory, or gone
		}
		dir := folder{fd, stateDir + "/" + name}
		var status unix.Stat_t
		if err = unix.Fstat(fd, &status); err == nil && !seen[status.Ino] {
			seen[status.Ino] = true
			visit(model.Raw(name), dir)
			dir.close()
			continue
		}
		dir.close()
		return errExchanged
	}
	return nil
}

// Unnamed are the roots of VMs of a state directory that keep what no link in it
// names. It is looked twice: a directory that is being renamed is nowhere for a
// moment.
func (r Roots) Unnamed(stateDir string) ([]Root, error) {
	all, err := r.List()
	if err != nil {
		return nil, err
	}
	isNamed := func(root Root, named map[model.Raw][]model.Raw) bool {
		kind, vm := root.Owner.Parts()
		return kind != ofVM || root.Owner != OfVM(model.Raw(vm)).In(stateDir) || len(named[root.Target]) > 0
	}
	for range 2 {
		named, err := namedIn(stateDir)
		if err != nil {
			return nil, err
		}
		all = slices.DeleteFunc(all, func(root Root) bool { return isNamed(root, named) })
	}
	return all, nil
}

// LetGoUnnamed no longer keeps for a VM what no link in the state directory
// names.
func (r Roots) LetGoUnnamed(stateDir string, vm model.Raw) error {
	unnamed, err := r.Unnamed(stateDir)
	if err != nil {
		return err
	}
	owner := OfVM(vm).In(stateDir)
	return r.Sweep(func(root Root) bool { return root.Owner != owner || !slices.Contains(unnamed, root) })
}
