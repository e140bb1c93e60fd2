package execute

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"microtui/backend/nix"
	"microtui/backend/operation"
	"microtui/backend/trash"
	"microtui/model"
)

// restore brings a directory back from the trash, with its gcroot links.
func (x *Executor) restore(ctx context.Context, t operation.Task, _ func(model.Raw)) (operation.Done, error) {
	_, bin, err := binOf(t.Plan)
	if err != nil {
		return operation.Done{}, err
	}
	id := string(t.Step.Ref.Name)
	entry, found, err := entryOf(bin, id)
	if err != nil {
		return operation.Done{}, err
	}
	if !found {
		return operation.Done{Unchanged: true}, bin.Drop(id) // what an interruption left of the entry
	}
	// The links first: they name where it goes to, and until it is there its
	// runners are held for the trash.
	if err := holdForVM(ctx, entry); err != nil {
		return operation.Done{}, err
	}
	for _, root := range entry.Roots {
		if err := nix.SystemRoots().PutMicrovmRoot(root.Name, root.Target); err != nil {
			return operation.Done{}, err
		}
	}
	if err := bin.PutBack(id); err != nil {
		return operation.Done{}, errors.Join(err, x.undoRoom(ctx, t))
	}
	letGo(nix.OfTrash(id))
	return operation.Done{Result: entry.From}, nil
}

// undoRoom puts a directory back that made room for one which could not be
// brought back.
func (x *Executor) undoRoom(ctx context.Context, t operation.Task) error {
	made := slices.ContainsFunc(t.Item.Steps, func(s model.Step) bool { return s.Action == model.StepQuarantine })
	if !made {
		return nil
	}
	if err := x.bringBack(ctx, t); err != nil {
		return fmt.Errorf("the directory that was there is in the trash as %s: %w", t.EntryID(), err)
	}
	return errors.New("the directory that was there is back in place")
}

// leaveInTrash takes back what a restore did before it brought the directory
// back. Links that name a directory which is there are somebody's.
func (x *Executor) leaveInTrash(t operation.Task) error {
	stateDir, bin, err := binOf(t.Plan)
	if err != nil {
		return err
	}
	entry, found, err := entryOf(bin, string(t.Step.Ref.Name))
	if err != nil || !found || isThere(stateDir, string(entry.Name)) {
		return err
	}
	for _, root := range entry.Roots {
		if _, err := nix.SystemRoots().RemoveMicrovmRoot(root.Name, root.Target); err != nil && !errors.Is(err, model.ErrStale) {
			return err
		}
	}
	letGoOfVM(context.Background(), stateDir, entry.Name)
	return nil
}

// holdForVM keeps the runners of an entry for the VM that it becomes again.
func holdForVM(ctx context.Context, entry model.TrashEntry) error {
	for _, runner := range entry.Runners {
		err := nix.SystemRoots().Hold(ctx, ownerOf(entry), runner)
		if err != nil && !errors.Is(err, model.ErrStale) { // it is gone: nothing to keep
			return err
		}
	}
	return nil
}

// ownerOf is the VM that an entry was, and becomes again.
func ownerOf(entry model.TrashEntry) nix.Owner {
	return nix.OfVM(entry.Name).In(filepath.Dir(string(entry.From)))
}

func entryOf(bin trash.Trash, id string) (model.TrashEntry, bool, error) {
	entries, unread := bin.List()
	for _, e := range entries {
		if e.ID == id {
			return e, true, nil
		}
	}
	return model.TrashEntry{}, false, unread
}

// restored reports whether the directory of an entry is not in the trash any
// more.
func restored(t operation.Task) (bool, error) {
	_, bin, err := binOf(t.Plan)
	if err != nil {
		return false, err
	}
	there, err := bin.Moved(string(t.Step.Ref.Name))
	return !there, err
}

// delete deletes what is in the trash for good: an entry, or what this
// operation has just put there.
func (x *Executor) delete(ctx context.Context, t operation.Task, tell func(model.Raw)) (operation.Done, error) {
	id := string(t.Step.Ref.Name)
	if t.Step.Ref.Kind != model.KindTrash {
		id = t.EntryID()
	}
	_, bin, err := binOf(t.Plan)
	if err != nil {
		return operation.Done{}, err
	}
	switch _, found, err := entryOf(bin, id); {
	case err != nil:
		return operation.Done{}, err
	case !found:
		return operation.Done{Unchanged: true}, bin.Drop(id)
	}
	freed, err := bin.Delete(ctx, id, func(freed uint64, entries int) {
		tell(model.Raw(fmt.Sprintf("%s gone, %s free", model.Counted(entries, "file"), model.FormatBytes(freed))))
	})
	if err != nil {
		return operation.Done{Freed: freed}, err
	}
	letGo(nix.OfTrash(id))
	return operation.Done{Freed: freed}, nil
}
