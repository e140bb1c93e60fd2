package backend

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"microtui/backend/lock"
	"microtui/backend/operation"
	"microtui/backend/systemd"
	"microtui/model"
)

// world is this host as an operation changes it.
type world struct {
	host *Host
	// output takes what programs say; nil: nobody keeps it.
	output func(model.Raw)
	// holder is what others are told of who holds a lock.
	holder lock.Holder
	made   map[string]bool          // the trash entries that this process prepared
	rooms  map[model.Raw][]*os.File // see [world.setRoomAside], by VM
}

// Lock implements [operation.World].
func (w *world) Lock(h operation.Header, vms []model.Raw, loose bool) (func(), error) {
	w.holder = lock.Holder{
		Doing: fmt.Sprintf("operation %s (%s)", h.ID, h.Plan.Action),
		User:  string(h.By), PID: processID, Since: h.At,
	}
	held, err := w.host.locks.TakeAll(w.holder, vms, loose)
	if err != nil {
		return nil, err
	}
	return held.Release, nil
}

// Inventory implements [operation.World]: what is cheap to keep between two
// looks is read anew all the same.
func (w *world) Inventory(ctx context.Context) (model.Inventory, error) {
	var o model.Observation
	_ = w.patiently(ctx, func() (lost error) {
		o, _ = w.host.observe(ctx, func(ctx context.Context) (units, error) {
			read, late := w.host.unitsNow(ctx)
			lost = read.err
			return read, late
		}, true)
		return lost // which is a fault of the observation
	})
	if err := ctx.Err(); err != nil {
		return model.Inventory{}, err
	}
	return model.Interpret(o), nil
}

const (
	// busPatience is how long an operation waits for systemd, or for the bus,
	// to come back: it is in the middle of something.
	busPatience = time.Minute
	askAgain    = 200 * time.Millisecond
)

// patiently does what asks systemd something, and does it again while that
// cannot be reached.
func (w *world) patiently(ctx context.Context, do func() error) error {
	again := time.NewTicker(askAgain)
	defer again.Stop()
	for until := time.Now().Add(busPatience); ; {
		err := do()
		if !systemd.IsLost(err) || time.Now().After(until) {
			return err
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// applied is what a step does to the host.
type applied func(w *world, ctx context.Context, t operation.Task, tell func(model.Raw)) (operation.Done, error)

// does is what each step does. Each may be done again.
var does = map[model.StepAction]applied{
	model.StepStop:        (*world).stop,
	model.StepRestart:     (*world).restart,
	model.StepQuarantine:  (*world).quarantine,
	model.StepRestore:     (*world).restore,
	model.StepDelete:      (*world).delete,
	model.StepDeleteLink:  (*world).deleteLink,
	model.StepRemoveRoot:  (*world).removeRoot,
	model.StepResetFailed: (*world).resetFailed,
	model.StepEndProcess:  (*world).endProcess,
	model.StepBuild:       (*world).build,
	model.StepSwitch:      (*world).switchTo,
}

// leavesHostAlone are the steps during which the host may switch to another
// system: they change nothing that a switch does.
var leavesHostAlone = map[model.StepAction]bool{model.StepBuild: true, model.StepDelete: true}

// Apply implements [operation.World].
func (w *world) Apply(ctx context.Context, t operation.Task, tell func(model.Raw)) (operation.Done, error) {
	does := does[t.Step.Action]
	if does == nil {
		return operation.Done{}, fmt.Errorf("%w: this version of microtui knows no step %q", model.ErrRefused, string(t.Step.Action))
	}
	if !leavesHostAlone[t.Step.Action] {
		release, err := shareSwitch(switchLockFile)
		if err != nil {
			return operation.Done{}, err
		}
		defer release()
	}
	return does(w, ctx, t, tell)
}

// Happened implements [operation.World].
func (w *world) Happened(t operation.Task) (bool, error) {
	switch t.Step.Action {
	case model.StepQuarantine:
		_, bin, err := binOf(t.Plan)
		if err != nil {
			return false, err
		}
		return bin.Moved(t.EntryID())
	case model.StepRestore:
		return restored(t)
	case model.StepSwitch:
		return switched(t)
	}
	return true, nil // to do it again does no harm
}

// Undo implements [operation.World].
func (w *world) Undo(ctx context.Context, t operation.Task) error {
	switch t.Step.Action {
	case model.StepStop:
		return w.startAgain(ctx, t)
	case model.StepRestore:
		return w.leaveInTrash(t)
	case model.StepQuarantine:
		return w.bringBack(ctx, t)
	case model.StepBuild:
		return dropBuild(ctx, t)
	case model.StepSwitch:
		return dropSwitch(ctx, t)
	}
	return nil
}

// shareSwitch takes the lock of NixOS's switches in a way that others can share
// and no switch can begin under; where a switch goes on, the error says who
// switches.
func shareSwitch(path string) (release func(), err error) {
	file, err := os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW, 0)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, unix.ENOTDIR) {
		return func() {}, nil // this NixOS has none, or nothing has switched since the boot
	}
	if err != nil {
		return nil, fmt.Errorf("look at %s: %w", path, err)
	}
	err = unix.Flock(int(file.Fd()), unix.LOCK_SH|unix.LOCK_NB)
	if err == nil {
		return func() { file.Close() }, nil
	}
	defer file.Close()
	who, _ := switching(path, locksFile)
	if who == "" {
		who = "another process"
	}
	return nil, fmt.Errorf("%w: the host switches to another NixOS system: %s", model.ErrBusy, who)
}
