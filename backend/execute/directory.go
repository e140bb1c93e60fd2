package execute

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"microtui/backend/filesystem"
	"microtui/backend/home"
	"microtui/backend/operation"
	"microtui/backend/process"
	"microtui/backend/trash"
	"microtui/backend/wait"
	"microtui/model"
)

// Check implements [operation.World].
func (x *Executor) Check(ctx context.Context, plan model.Plan, item model.Item) error {
	for _, step := range item.Steps {
		if check := checks[step.Action]; check != nil {
			if err := check(x, ctx, plan, item, step); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// checks are what is looked for on a disk before steps.
var checks = map[model.StepAction]func(x *Executor, ctx context.Context, plan model.Plan, item model.Item, step model.Step) error{
	model.StepQuarantine: (*Executor).checkDirectory,
	model.StepSnapshot:   (*Executor).checkSnapshot,
	model.StepRevert:     (*Executor).checkRevert,
}

// checkDirectory looks whether a directory can be moved away: nothing is
// mounted below it, and no process has it open but those of its own VM, which
// are stopped before.
func (x *Executor) checkDirectory(ctx context.Context, plan model.Plan, item model.Item, step model.Step) error {
	stateDir, bin, err := binOf(plan)
	if err != nil {
		return err
	}
	if _, err := bin.Check(ctx, string(step.Ref.Name), step.Stamp.File); err != nil {
		return err
	}
	user, err := lastingUser(ctx, filepath.Join(stateDir, string(step.Ref.Name)), step.Stamp.File, func(user process.Holder) (bool, error) {
		unit, err := process.UnitOf(user.PID)
		return operation.Stops(item) && slices.Contains(unitNames(step.VM), unit), err
	})
	if err != nil {
		return err
	}
	if user != nil {
		return inUse(step.Ref.Name, *user)
	}
	return nil
}

const (
	// passing is how long a process may have a directory open that only reads
	// in it in passing, as another microtui does that sums up sizes.
	passing   = 3 * time.Second
	lookAgain = 100 * time.Millisecond
)

// lastingUser is a process that uses a directory for longer than in passing,
// and does not go by itself; nil: there is none.
func lastingUser(ctx context.Context, path string, id model.FileID, goes func(process.Holder) (bool, error)) (*process.Holder, error) {
	for until := time.Now().Add(passing); ; {
		users, err := process.Using(ctx, path, id)
		if err != nil {
			return nil, err
		}
		var user *process.Holder
		for at := range users {
			if gone, err := goes(users[at]); err != nil {
				return nil, err
			} else if !gone {
				user = &users[at]
				break
			}
		}
		if user == nil || time.Now().After(until) {
			return user, nil
		}
		if !wait.Pause(ctx, lookAgain) {
			return nil, ctx.Err()
		}
	}
}

func inUse(name model.Raw, user process.Holder) error {
	return fmt.Errorf("%w: %s is in use: process %d (%s) %s; end it first", model.ErrRefused, name, user.PID, user.Program, user.How)
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
	bin, err = trash.Open(trash.Paths{Record: home.Path, StateDir: stateDir})
	return stateDir, bin, err
}

// openDirectory opens a directory that is none by a symbolic link, for its
// entries only.
func openDirectory(path string) (fd int, err error) {
	return unix.Open(path, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
}

// readLink reads a symbolic link in a directory that is none itself.
func readLink(directory, name string) (model.Raw, error) {
	fd, err := openDirectory(directory)
	if err != nil {
		return "", err
	}
	defer unix.Close(fd)
	target, err := filesystem.ReadLinkAt(fd, name)
	return model.Raw(target), err
}
