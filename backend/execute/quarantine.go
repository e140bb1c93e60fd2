package execute

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"microtui/backend/filesystem"
	"microtui/backend/network"
	"microtui/backend/nix"
	"microtui/backend/operation"
	"microtui/backend/process"
	"microtui/backend/trash"
	"microtui/model"
)

// returns is how often a directory that turns out to be in use is put back and
// its VM stopped again.
const returns = 3

// quarantine moves a directory into the trash. Whether anything of it still
// runs is looked at afterwards: only then can nothing start any more.
func (x *Executor) quarantine(ctx context.Context, t operation.Task, tell func(model.Raw)) (operation.Done, error) {
	stateDir, bin, err := binOf(t.Plan)
	if err != nil {
		return operation.Done{}, err
	}
	entry, err := x.entryNow(ctx, t, stateDir, bin)
	if err != nil && x.made[t.EntryID()] { // nothing was moved: nothing is to be put back
		err = errors.Join(err, bin.Drop(t.EntryID()))
	}
	if err != nil {
		return operation.Done{}, err
	}
	for turn := 1; ; turn++ {
		moved, err := bin.Quarantine(entry)
		if operation.IsFull(err) && x.giveRoom(t.VM()) {
			moved, err = bin.Quarantine(entry)
		}
		if err != nil {
			return operation.Done{}, err
		}
		user, err := userOf(ctx, moved, t.VM())
		if err == nil {
			err = x.stillUnwanted(ctx, t.Step)
		}
		if err == nil && user == nil {
			letGoOfVM(ctx, stateDir, t.VM())
			forgetFlake(stateDir, t.VM())
			return operation.Done{Result: model.Raw(moved.ID), Note: stillUp(t.Item)}, nil
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
		tell("it was started again: stopping it once more")
		if _, err := x.stop(ctx, t, tell); err != nil {
			return operation.Done{}, err
		}
	}
}

// stillUnwanted looks once more, now that nothing can start, whether somebody
// wants the VM: a system that declares it may have come between the last look
// and the move. What comes later finds no directory, and makes a fresh one.
func (x *Executor) stillUnwanted(ctx context.Context, step model.Step) error {
	seen, err := x.Inventory(ctx)
	if err != nil {
		return err
	}
	for _, c := range step.Conditions {
		switch c.Fact {
		case model.FactDeclared, model.FactKept, model.FactSystem:
			if now := seen.Now(step, c.Fact); now != c.Value {
				return fmt.Errorf("%w: %s", model.ErrStale, model.Difference{Step: step, Condition: c, Now: now})
			}
		}
	}
	return nil
}

// entryNow is what is to be recorded of a directory that nothing runs from any
// more.
func (x *Executor) entryNow(ctx context.Context, t operation.Task, stateDir string, bin trash.Trash) (model.TrashEntry, error) {
	entry := t.Entry()
	if err := x.noteData(ctx, t, &entry); err != nil {
		return entry, err
	}
	moved, err := bin.Moved(entry.ID)
	if err != nil || moved { // then they were held before that
		return entry, err
	}
	if entry.Runners, err = x.holdRunners(ctx, t, stateDir); err == nil {
		letGo(nix.OfTrash(entry.ID), entry.Runners...) // `booted` went with the stop
	}
	return entry, err
}

// noteData notes data that came after the plan was made, and before the VM was
// stopped: nobody was asked whether that may expire.
func (x *Executor) noteData(ctx context.Context, t operation.Task, entry *model.TrashEntry) error {
	if entry.Data {
		return nil
	}
	seen, err := x.Inventory(ctx)
	if err == nil && seen.HoldsData(t.Step.Ref.Name) {
		entry.Data, entry.ExpiresAt = true, time.Time{}
	}
	return err
}

// stillUp says which interfaces that the stop was to take down are there: a
// start came in between, or the runner's tap-down failed. Nothing makes them
// anew now. Empty: none is there, or that cannot be seen.
func stillUp(item model.Item) model.Raw {
	if len(item.TakesDown) == 0 {
		return ""
	}
	seen, _ := network.Read() // what it could read
	var names []string
	for _, down := range item.TakesDown {
		if slices.ContainsFunc(seen.Links, func(l model.Link) bool { return l.Name == down.Ref.Name }) {
			names = append(names, string(down.Ref.Name))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return model.Raw(fmt.Sprintf("interface %s still exists after the stop; clean-up removes it if it is a proven leftover", strings.Join(names, ", ")))
}

// userOf is a process that uses a directory in the trash, or is in one of the
// VM's units; nil: there is none.
func userOf(ctx context.Context, moved model.TrashEntry, vm model.Raw) (*process.Holder, error) {
	users, err := process.In(unitNames(vm)...)
	if err != nil || len(users) > 0 {
		return first(users), err
	}
	return lastingUser(ctx, string(moved.Place), moved.Directory, func(process.Holder) (bool, error) { return false, nil })
}

func first(users []process.Holder) *process.Holder {
	if len(users) == 0 {
		return nil
	}
	return &users[0]
}

// holdRunners keeps what a directory's links lead to in the store, for as long
// as it is in the trash. What is not there any more needs nobody to keep it. A
// directory that is not the planned one any more keeps nothing: its runners are
// another VM's.
func (x *Executor) holdRunners(ctx context.Context, t operation.Task, stateDir string) ([]model.Raw, error) {
	directory, err := openDirectory(filepath.Join(stateDir, string(t.Step.Ref.Name)))
	switch {
	case errors.Is(err, unix.ENOENT):
		return nil, fmt.Errorf("%w: %s is gone", model.ErrStale, filepath.Join(stateDir, string(t.Step.Ref.Name)))
	case err != nil:
		return nil, fmt.Errorf("%w: %s: %w", model.ErrStale, t.Step.Ref.Name, err)
	}
	defer unix.Close(directory)
	if is, err := filesystem.StatFD(directory); err != nil || is.ID != t.Step.Stamp.File {
		return nil, errors.Join(fmt.Errorf("%w: %s is not the directory that was planned", model.ErrStale, t.Step.Ref.Name), err)
	}
	var runners []model.Raw
	for _, link := range []string{"current", "booted", "old"} {
		text, err := filesystem.ReadLinkAt(directory, link)
		target := model.Raw(text)
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

// bringBack takes a quarantine back that was begun, or done.
func (x *Executor) bringBack(ctx context.Context, t operation.Task) error {
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
	letGo(nix.OfTrash(t.EntryID()))
	return nil
}

// letGoOfVM is letGo for a VM, whose name may have been another's meanwhile.
func letGoOfVM(ctx context.Context, stateDir string, vm model.Raw) {
	if err := nix.SystemRoots().LetGo(ctx, stateDir, vm); err != nil {
		slog.Warn("remove gcroots", "vm", string(vm), "error", err)
	}
}

// letGo drops the roots of an owner that nothing needs any more, all but some. It
// may fail: what is left is swept when the next operation ends, and costs
// nothing but space.
func letGo(owner nix.Owner, but ...model.Raw) {
	if err := nix.SystemRoots().Drop(owner, but...); err != nil {
		slog.Warn("remove gcroots", "of", string(owner), "error", err)
	}
}
