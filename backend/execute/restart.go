package execute

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"golang.org/x/sys/unix"

	"microtui/backend/operation"
	"microtui/model"
)

// restarts is how often a VM is restarted that comes up with an older runner.
const restarts = 3

// restart restarts a VM and waits until it is up with the runner that it has. A
// systemd that re-executes itself in the middle of a restart can forget the part
// of it that makes `booted` anew, and say that all was done.
func (x *Executor) restart(ctx context.Context, t operation.Task, tell func(model.Raw)) (operation.Done, error) {
	directory := filepath.Join(string(t.Plan.StateDir), string(t.VM()))
	for turn := 1; ; turn++ {
		current, err := linkIn(directory, "current")
		if err != nil {
			return operation.Done{}, err
		}
		done, err := x.restartOnce(ctx, t, tell)
		if err != nil {
			return operation.Done{}, err
		}
		switch booted, err := bootedOlder(directory, current); {
		case err != nil:
			return operation.Done{}, err
		case booted == "":
			return done, nil
		case turn == restarts:
			return operation.Done{}, fmt.Errorf("%s was restarted, but booted %s; to try again: microtui restart %s", t.VM(), booted, t.VM())
		}
		tell("it started with its older runner: restarting it once more")
	}
}

// restartOnce restarts a VM. One that is off after that is started: its disk may
// have been full in that moment, and the room that was set aside is given back.
func (x *Executor) restartOnce(ctx context.Context, t operation.Task, tell func(model.Raw)) (operation.Done, error) {
	end, err := x.job(ctx, model.ActionRestart, t, nil, tell)
	if err != nil {
		return operation.Done{}, err
	}
	outcome := end.Outcome()
	if why := outcome.Reason; outcome.Result != model.ResultDone && !end.After.IsUp() {
		x.giveAllRoom(t.VM())
		tell("it did not start: starting it once more")
		end, err = x.job(ctx, model.ActionStart, t, nil, tell)
		if err != nil {
			return operation.Done{}, fmt.Errorf("%s did not start: %s; %w", t.VM(), why, err)
		}
		outcome = end.Outcome()
	}
	if outcome.Result != model.ResultDone {
		return operation.Done{}, fmt.Errorf("%s did not start: %s", t.VM(), outcome.Reason)
	}
	return operation.Done{Note: outcome.Reason}, nil
}

// bootedOlder is what `booted` of a VM names where that is not `current`, be it
// as it was right before the restart or as it is now; empty: all is well, or
// this host makes no `booted`.
func bootedOlder(directory string, current model.Raw) (model.Raw, error) {
	booted, err := linkIn(directory, "booted")
	if err != nil || booted == "" || booted == current {
		return "", err
	}
	now, err := linkIn(directory, "current")
	if err != nil || booted == now {
		return "", err
	}
	return booted, nil
}

// linkIn is what a link in a VM's directory says; empty: it is not there, or is
// no link.
func linkIn(directory, name string) (model.Raw, error) {
	target, err := readLink(directory, name)
	for _, gone := range []error{unix.ENOENT, unix.ENOTDIR, unix.ELOOP, unix.EINVAL} {
		if errors.Is(err, gone) { // the directory, or the link in it
			return "", nil
		}
	}
	return target, err
}
