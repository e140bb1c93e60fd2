// Package execute does to this host what the steps of a plan say: it stops and
// starts VMs, moves their directories into the trash and back, builds and
// switches them, and takes away what belongs to none. And it sweeps up behind
// itself.
//
// It knows how each step is done, done again and taken back, whatever happens
// in between. It must not know in what order steps come, nor what becomes of an
// operation that fails ([operation] does), nor why a plan is as it is (model
// does).
package execute

import (
	"context"
	"fmt"
	"os"
	"time"

	"microtui/backend/lock"
	"microtui/backend/operation"
	"microtui/backend/systemd"
	"microtui/backend/wait"
	"microtui/model"
)

// Host is what an executor needs to know of the host as a whole.
type Host interface {
	// Look reads the host anew: also what is cheap to keep between two looks.
	// The error is that systemd could not be reached, which is a fault of the
	// observation too.
	Look(context.Context) (model.Observation, error)
}

// Executor is this host as an operation changes it: an [operation.World].
type Executor struct {
	host    Host
	bus     *systemd.Bus
	locks   lock.Locks
	records operation.Folder
	// output takes what programs say; nil: nobody keeps it.
	output func(model.Raw)
	// holder is what others are told of who holds a lock.
	holder lock.Holder
	made   map[string]bool          // the trash entries that this process prepared
	rooms  map[model.Raw][]*os.File // see [Executor.setRoomAside], by VM
}

var _ operation.World = (*Executor)(nil)

// New makes an executor for one operation. output takes what programs say; nil:
// nobody keeps it.
func New(host Host, bus *systemd.Bus, locks lock.Locks, records operation.Folder, output func(model.Raw)) *Executor {
	return &Executor{host: host, bus: bus, locks: locks, records: records, output: output}
}

// Lock implements [operation.World].
func (x *Executor) Lock(h operation.Header, vms []model.Raw, loose bool) (func(), error) {
	x.holder = lock.Holder{
		Activity: fmt.Sprintf("operation %s (%s)", h.ID, h.Plan.Action),
		User:     string(h.By), PID: os.Getpid(), Since: h.At,
	}
	held, err := x.locks.TakeAll(x.holder, vms, loose)
	if err != nil {
		return nil, err
	}
	return held.Release, nil
}

// Inventory implements [operation.World].
func (x *Executor) Inventory(ctx context.Context) (model.Inventory, error) {
	var o model.Observation
	_ = x.patiently(ctx, func() (lost error) {
		o, lost = x.host.Look(ctx)
		return lost
	})
	if err := ctx.Err(); err != nil {
		return model.Inventory{}, err
	}
	return model.Interpret(o), nil
}

const (
	// Patience is how long an operation waits for systemd, or for the bus,
	// to come back: it is in the middle of something.
	Patience = time.Minute
	askAgain = 200 * time.Millisecond
)

// patiently does what asks systemd something, and does it again while that
// cannot be reached.
func (x *Executor) patiently(ctx context.Context, do func() error) error {
	for until := time.Now().Add(Patience); ; {
		err := do()
		if !systemd.IsLost(err) || time.Now().After(until) {
			return err
		}
		if !wait.Pause(ctx, askAgain) {
			return ctx.Err()
		}
	}
}

// applied is what a step does to the host.
type applied func(x *Executor, ctx context.Context, t operation.Task, tell func(model.Raw)) (operation.Done, error)

// does is what each step does. Each may be done again.
var does = map[model.StepAction]applied{
	model.StepStop:        (*Executor).stop,
	model.StepRestart:     (*Executor).restart,
	model.StepQuarantine:  (*Executor).quarantine,
	model.StepRestore:     (*Executor).restore,
	model.StepDelete:      (*Executor).delete,
	model.StepDeleteLink:  (*Executor).deleteLink,
	model.StepRemoveRoot:  (*Executor).removeRoot,
	model.StepResetFailed: (*Executor).resetFailed,
	model.StepEndProcess:  (*Executor).endProcess,
	model.StepBuild:       (*Executor).build,
	model.StepSwitch:      (*Executor).switchTo,
	model.StepCreate:      (*Executor).create,
	model.StepSnapshot:    (*Executor).snapshot,
	model.StepRevert:      (*Executor).revert,
	model.StepForget:      (*Executor).forget,
}

// leavesHostAlone are the steps during which the host may switch to another
// system: they change nothing that a switch does.
var leavesHostAlone = map[model.StepAction]bool{
	model.StepBuild: true, model.StepDelete: true, model.StepSnapshot: true, model.StepForget: true,
}

// Apply implements [operation.World].
func (x *Executor) Apply(ctx context.Context, t operation.Task, tell func(model.Raw)) (operation.Done, error) {
	does := does[t.Step.Action]
	if does == nil {
		return operation.Done{}, fmt.Errorf("%w: this version of microtui has no step %q", model.ErrRefused, string(t.Step.Action))
	}
	if !leavesHostAlone[t.Step.Action] {
		release, err := lock.KeepSwitchesOut()
		if err != nil {
			return operation.Done{}, err
		}
		defer release()
	}
	return does(x, ctx, t, tell)
}

// Happened implements [operation.World].
func (x *Executor) Happened(t operation.Task) (bool, error) {
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
	case model.StepCreate:
		return created(t)
	case model.StepSnapshot:
		return taken(t)
	case model.StepRevert:
		return reverted(t)
	}
	return true, nil // to do it again does no harm
}

// Undo implements [operation.World].
func (x *Executor) Undo(ctx context.Context, t operation.Task) error {
	switch t.Step.Action {
	case model.StepStop:
		return x.startAgain(ctx, t)
	case model.StepRestore:
		return x.leaveInTrash(t)
	case model.StepQuarantine:
		return x.bringBack(ctx, t)
	case model.StepBuild:
		return dropBuild(ctx, t)
	case model.StepSwitch:
		return dropSwitch(ctx, t)
	case model.StepCreate:
		return dropCreated(ctx, t)
	case model.StepSnapshot:
		return dropSnapshot(t)
	case model.StepRevert:
		return unrevert(ctx, t)
	}
	return nil
}
