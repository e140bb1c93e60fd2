package execute

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"microtui/backend/lock"
	"microtui/backend/nix"
	"microtui/backend/operation"
	"microtui/backend/trash"
	"microtui/model"
)

// buildKeeps is how long what was built is held for who may still switch to
// it, once its operation has ended.
const buildKeeps = time.Hour

// Sweep takes away what nothing needs any more, once an operation is over.
func (x *Executor) Sweep(ctx context.Context, header operation.Header) error {
	err := errors.Join(x.sweepRoots(ctx, header), x.sweepSnapshots(header))
	x.sweepTemporary(ctx)
	x.sweepAside(ctx, string(header.Plan.StateDir))
	return err
}

// sweepRoots drops what nothing needs any more: empty entries of the trash, and the
// roots of ours of VMs that were deleted by hand, of what no link of a VM names,
// of trash entries that are gone, of builds that nobody switched to. Of the VMs
// it is those of the operation's own state directory; what belongs to another
// one is left alone.
func (x *Executor) sweepRoots(ctx context.Context, header operation.Header) error {
	stateDir, bin, err := binOf(header.Plan)
	if err != nil {
		return err
	}
	seen, err := x.Inventory(ctx)
	if err != nil {
		return err
	}
	if err := errors.Join(bin.Sweep(x.isOver), rootTrashed(ctx, bin)); err != nil {
		return err
	}
	err = nix.SystemRoots().Sweep(func(r nix.Root) bool {
		switch kind, of := r.Owner.Parts(); kind {
		case "trash":
			return !seen.SeesStateDir() || x.mayBeInTrash(bin, of)
		case "build":
			return x.isBuilding(of) && !x.hasSwitchedTo(header, r.Target) || x.isSwitchingTo(r.Target)
		}
		return true
	})
	return errors.Join(err, x.sweepVMs(ctx, header, stateDir, seen))
}

// sweepVMs drops the roots of VMs that are gone, and those that no link of any
// VM names. Who brings a VM back, or switches it, has its lock, and holds its
// runners before anything names them.
func (x *Executor) sweepVMs(ctx context.Context, header operation.Header, stateDir string, seen model.Inventory) error {
	all, err := nix.SystemRoots().List()
	if err != nil {
		return err
	}
	unnamed, err := nix.SystemRoots().Unnamed(stateDir)
	swept := make(map[model.Raw]bool)
	for _, r := range all {
		kind, of := r.Owner.Parts()
		vm := model.Raw(of)
		if kind != "vm" || r.Owner != nix.OfVM(vm).In(stateDir) || swept[vm] {
			continue
		}
		if isThere(stateDir, of) && slices.Contains(unnamed, r) || !isThere(stateDir, of) && seen.IsGone(vm) {
			swept[vm] = true
			err = errors.Join(err, x.sweepVM(ctx, header, stateDir, vm))
		}
	}
	return err
}

// rootTrashed gives each entry its record beside its directory, and holds its
// runners: whoever lost one of them, an older version or another host.
func rootTrashed(ctx context.Context, bin trash.Trash) error {
	if err := bin.Complete(); err != nil {
		return err
	}
	entries, err := bin.List()
	for _, entry := range entries {
		if entry.Missing || entry.Deleting {
			continue
		}
		held := nix.SystemRoots().Hold(ctx, nix.OfTrash(entry.ID), entry.Runners...)
		if held != nil && !errors.Is(held, model.ErrStale) && err == nil { // what is collected needs nobody to keep it
			err = held
		}
	}
	return err
}

func (x *Executor) sweepVM(ctx context.Context, header operation.Header, stateDir string, vm model.Raw) error {
	there := isThere(stateDir, string(vm))
	holder := lock.Holder{Activity: "operation " + header.ID, User: string(header.By), PID: os.Getpid(), Since: time.Now()}
	held, err := x.locks.Take(holder, vm)
	if err != nil {
		return nil // somebody is at it
	}
	defer held.Release()
	switch {
	case isThere(stateDir, string(vm)) != there:
		return nil
	case there:
		return nix.SystemRoots().LetGoUnnamed(stateDir, vm)
	}
	return nix.SystemRoots().LetGo(ctx, stateDir, vm)
}

// isThere reports whether a VM has a directory, or that cannot be told.
func isThere(stateDir, vm string) bool {
	_, err := os.Lstat(filepath.Join(stateDir, vm))
	return !errors.Is(err, fs.ErrNotExist)
}

// mayBeInTrash reports whether an entry is in the trash, or its operation may
// still put it there: it holds the runners first. (In this order: what has
// ended puts nothing there.)
func (x *Executor) mayBeInTrash(bin trash.Trash, entry string) bool {
	id, _, _ := strings.Cut(entry, ".")
	if o, err := x.records.Read(id); err == nil && o.EndedAt.IsZero() || err != nil && !errors.Is(err, model.ErrUnknown) {
		return true
	}
	_, found, err := entryOf(bin, entry)
	return found || err != nil // one that cannot be read needs its runners too
}

// isSwitchingTo reports whether an operation that has not ended is to switch a VM
// to a runner, which it holds only when it comes to that: it may have others to
// restart first.
func (x *Executor) isSwitchingTo(runner model.Raw) bool {
	all, unread := x.records.List()
	return unread != nil || slices.ContainsFunc(all, func(o model.Operation) bool {
		return o.EndedAt.IsZero() && slices.ContainsFunc(o.Plan.Items, func(i model.Item) bool {
			return slices.ContainsFunc(i.Steps, func(s model.Step) bool { return switchesTo(s, runner) })
		})
	})
}

// hasSwitchedTo reports whether an operation has switched a VM to a runner, which
// is held for that VM then.
func (x *Executor) hasSwitchedTo(header operation.Header, runner model.Raw) bool {
	o, err := x.records.Read(header.ID)
	if err != nil || o.EndedAt.IsZero() {
		return false
	}
	for at, item := range o.Plan.Items {
		for n, step := range item.Steps {
			if switchesTo(step, runner) && o.Steps[at][n].State == model.StepDone {
				return true
			}
		}
	}
	return false
}

// switchesTo reports whether a step makes a VM's `current` lead to a runner.
func switchesTo(s model.Step, runner model.Raw) bool {
	return (s.Action == model.StepSwitch || s.Action == model.StepCreate) && s.Target == runner
}

// isOver reports whether an operation of this host has ended.
func (x *Executor) isOver(id string) bool {
	o, err := x.records.Read(id)
	return err == nil && !o.EndedAt.IsZero()
}

// isBuilding reports whether what was built for an operation, and a VM, may
// still be wanted.
func (x *Executor) isBuilding(of string) bool {
	id, _, _ := strings.Cut(of, ".")
	o, err := x.records.Read(id)
	switch {
	case errors.Is(err, model.ErrUnknown):
		return false
	case err != nil, o.EndedAt.IsZero():
		return true
	}
	return time.Since(o.EndedAt) < buildKeeps
}
