package backend

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"

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
		if !operation.Stops(item) || !slices.Contains(unitNames(step.VM), unit) {
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
