package operation

import (
	"context"
	"time"

	"microtui/model"
)

// World is the host that a plan changes.
type World interface {
	// Lock takes the locks of VMs, and of what belongs to none. Where somebody
	// has one, the error says who and wraps [model.ErrBusy].
	Lock(header Header, vms []model.Raw, loose bool) (release func(), err error)
	// Inventory reads the host anew.
	Inventory(ctx context.Context) (model.Inventory, error)
	// Check looks for what speaks against an item and is too costly, or too
	// hidden, for an inventory: mounts below a directory, files held open. It
	// changes nothing. The error wraps one of model's kinds of errors.
	Check(ctx context.Context, plan model.Plan, item model.Item) error
	// Prepare makes what a step needs that takes room on a disk, and room to take
	// the step back. It is called for all steps before the first of any is
	// done, so that a disk that is full is found while nothing has changed yet;
	// and again by whoever takes the operation up.
	Prepare(ctx context.Context, task Task) error
	// Release gives back what Prepare made for a step that was never begun. It
	// may be called again, and where nothing was made.
	Release(task Task) error
	// Apply does a step. It may be called again for one that was begun before
	// and not ended: what is done already stays done. tell takes the newest
	// word on it, until Apply returns.
	Apply(ctx context.Context, task Task, tell func(model.Raw)) (Done, error)
	// Happened reports whether a step that was begun took effect. Of one that
	// does no harm when it is done again it may say so in any case.
	Happened(task Task) (bool, error)
	// Undo takes back what a step, or the part of it that was done, did. It may
	// be called again.
	Undo(ctx context.Context, task Task) error
}

// Header is what is known of an operation before it begins.
type Header struct {
	ID          string
	Plan        model.Plan
	By          model.Raw
	At          time.Time // when it was asked for
	Environment []string  // for nix
}

// Task is a step of an operation.
type Task struct {
	Header
	Item model.Item
	Step model.Step
	// ItemAt and StepAt are their places in the plan, from 0.
	ItemAt, StepAt int
}

// Done is what a step brought about.
type Done struct {
	Unchanged bool      // it was so already
	Result    model.Raw // the runner that was built, the id of the trash entry
	Note      model.Raw // what is worth knowing about it, in a line
	Freed     uint64    // bytes
}

// Record keeps the events of one operation.
type Record interface {
	// Append returns when the event is on disk.
	Append(Event) error
	Events() ([]Event, error)
}
