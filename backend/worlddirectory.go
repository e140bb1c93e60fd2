package backend

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"

	"microtui/backend/nix"
	"microtui/backend/operation"
	"microtui/backend/process"
	"microtui/backend/trash"
	"microtui/model"
)

// Check implements [operation.World].
func (w *world) Check(ctx context.Context, plan model.Plan, item model.Item) error {
	for _, step := range item.Steps {
		if step.Action != model.StepQuarantine {
			continue
		}
		if err := w.checkDirectory(ctx, plan, item, step); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// checkDirectory looks whether a directory can be moved away: nothing is
// mounted below it, and no process has it open but those of its own VM, which
// are stopped before.
func (w *world) checkDirectory(ctx context.Context, plan model.Plan, item model.Item, step model.Step) error {
	stateDir, bin, err := binOf(plan)
	if err != nil {
		return err
	}
	if _, err := bin.Check(ctx, string(step.Ref.Name), step.Stamp.File); err != nil {
		return err
	}
	users, err := process.Using(ctx, filepath.Join(stateDir, string(step.Ref.Name)), step.Stamp.File)
	if err != nil {
		return err
	}
	for _, user := range users {
		unit, err := process.UnitOf(user.PID)
		if err != nil {
			return err
		}
		if !item.Running || !slices.Contains(unitNames(step.VM), unit) {
			return inUse(step.Ref.Name, user)
		}
	}
	return nil
}

func inUse(name model.Raw, user process.Holder) error {
	return fmt.Errorf("%w: %s is in use: process %d (%s) %s; end it first", model.ErrRefused, name, user.PID, user.Comm, user.How)
}

// unitNames are the names of a VM's units that may run something.
func unitNames(vm model.Raw) []model.Raw {
	var names []model.Raw
	for _, role := range model.Roles {
		names = append(names, model.UnitName(role, vm))
	}
	return names
}

// binOf is the trash for the directories of a plan, and their real place.
func binOf(plan model.Plan) (stateDir string, bin trash.Trash, err error) {
	stateDir, err = filepath.EvalSymlinks(string(plan.StateDir))
	if err != nil {
		return "", trash.Trash{}, fmt.Errorf("find %s: %w", plan.StateDir, err)
	}
	bin, err = trash.Open(trash.Paths{Record: operation.Home, StateDir: stateDir})
	return stateDir, bin, err
}

// returns is how often a directory that turns out to be in use is put back and
// its VM stopped again.
const returns = 3

// quarantine moves a directory into the trash. Whether anything of it still
// runs is looked at afterwards: only then can nothing start any more.
func (w *world) quarantine(ctx context.Context, t operation.Task, tell func(model.Raw)) (operation.Done, error) {
	stateDir, bin, err := binOf(t.Plan)
	if err != nil {
		return operation.Done{}, err
	}
	entry := t.Entry()
	if entry.Runners, err = w.holdRunners(ctx, t, stateDir); err != nil {
		return operation.Done{}, err
	}
	for turn := 1; ; turn++ {
		moved, err := bin.Quarantine(entry)
		if err != nil {
			return operation.Done{}, err
		}
		user, err := userOf(ctx, moved, t.VM())
		if err == nil && user == nil {
			return operation.Done{Result: model.Raw(moved.ID)}, nix.SystemRoots().Drop(nix.OfVM(t.VM()))
		}
		if back := bin.PutBack(moved.ID); back != nil {
			return operation.Done{}, errors.Join(err, back)
		}
		switch {
		case err != nil:
			return operation.Done{}, err
		case !t.Stops(), turn == returns:
			return operation.Done{}, inUse(t.Step.Ref.Name, *user)
		}
		tell("it was started again: stops it once more")
		if _, err := w.stop(ctx, t, tell); err != nil {
			return operation.Done{}, err
		}
	}
}

// userOf is a process that uses a directory in the trash, or is in one of the
// VM's units; nil: there is none.
func userOf(ctx context.Context, moved model.TrashEntry, vm model.Raw) (*process.Holder, error) {
	users, err := process.In(unitNames(vm)...)
	if err == nil && len(users) == 0 {
		users, err = process.Using(ctx, string(moved.Place), moved.Directory)
	}
	if err != nil || len(users) == 0 {
		return nil, err
	}
	return &users[0], nil
}

// holdRunners keeps what a directory's links lead to in the store, for as long
// as it is in the trash. What is not there any more needs nobody to keep it.
func (w *world) holdRunners(ctx context.Context, t operation.Task, stateDir string) ([]model.Raw, error) {
	var runners []model.Raw
	for _, link := range []string{"current", "booted", "old"} {
		target, err := readLink(filepath.Join(stateDir, string(t.Step.Ref.Name)), link)
		if err != nil || slices.Contains(runners, target) || filepath.Dir(string(target)) != "/nix/store" {
			continue // what lies elsewhere is collected by nobody
		}
		err = nix.SystemRoots().Hold(ctx, nix.OfTrash(t.EntryID()), target)
		switch {
		case errors.Is(err, model.ErrStale): // it dangles
		case err != nil:
			return nil, err
		default:
			runners = append(runners, target)
		}
	}
	return runners, nil
}

// readLink reads a symbolic link in a directory that is none itself.
func readLink(directory, name string) (model.Raw, error) {
	fd, err := unix.Open(directory, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return "", err
	}
	defer unix.Close(fd)
	text := make([]byte, unix.PathMax)
	n, err := unix.Readlinkat(fd, name, text)
	if err != nil {
		return "", err
	}
	return model.Raw(text[:n]), nil
}

// bringBack takes a quarantine back that was begun, or done.
func (w *world) bringBack(ctx context.Context, t operation.Task) error {
	_, bin, err := binOf(t.Plan)
	if err != nil {
		return err
	}
	entry, found, err := entryOf(bin, t.EntryID())
	if err != nil {
		return err
	}
	if found {
		if err := holdForVM(ctx, entry); err != nil {
			return err
		}
	}
	if err := bin.PutBack(t.EntryID()); err != nil {
		return err
	}
	return nix.SystemRoots().Drop(nix.OfTrash(t.EntryID()))
}

// restore brings a directory back from the trash, with its gcroot links.
func (w *world) restore(ctx context.Context, t operation.Task, _ func(model.Raw)) (operation.Done, error) {
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
		return operation.Done{Unchanged: true}, nil
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
		return operation.Done{}, err
	}
	return operation.Done{Result: entry.From}, nix.SystemRoots().Drop(nix.OfTrash(id))
}

// holdForVM keeps the runners of an entry for the VM that it becomes again.
func holdForVM(ctx context.Context, entry model.TrashEntry) error {
	for _, runner := range entry.Runners {
		err := nix.SystemRoots().Hold(ctx, nix.OfVM(entry.Name), runner)
		if err != nil && !errors.Is(err, model.ErrStale) { // it is gone: nothing to keep
			return err
		}
	}
	return nil
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
func (w *world) delete(ctx context.Context, t operation.Task, tell func(model.Raw)) (operation.Done, error) {
	id := string(t.Step.Ref.Name)
	if t.Step.Ref.Kind != model.KindTrash {
		id = t.EntryID()
	}
	_, bin, err := binOf(t.Plan)
	if err != nil {
		return operation.Done{}, err
	}
	if _, found, err := entryOf(bin, id); err != nil || !found {
		return operation.Done{Unchanged: err == nil}, err
	}
	freed, err := bin.Delete(ctx, id, func(freed uint64, entries int) {
		tell(model.Raw(fmt.Sprintf("%d files gone, %s free", entries, model.FormatBytes(freed))))
	})
	if err != nil {
		return operation.Done{Freed: freed}, err
	}
	return operation.Done{Freed: freed}, nix.SystemRoots().Drop(nix.OfTrash(id))
}
