package operation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"microtui/backend/wait"
	"microtui/model"
)

// errRecord: the record could not be written. Nothing is done then that could
// not be told afterwards: the operation is left as it stands, to be settled.
var errRecord = errors.New("write record")

// Run carries an operation out, or brings one that was interrupted to its end:
// undone where nothing was done yet that stays, else finished. It returns the
// operation as it ended. When ctx ends, the item that is being done is undone,
// or finished where it is too far for that, and the rest left alone.
//
// An error means that the operation is still open: its record could not be
// read or written, or what an interruption left could not be looked at.
func Run(ctx context.Context, h Header, world World, record Record) (model.Operation, error) {
	events, err := record.Events()
	if err != nil {
		return model.Operation{}, err
	}
	r := &run{Header: h, world: world, record: record, events: events}
	if before := r.now(); !before.EndedAt.IsZero() {
		return before, nil
	}
	again := len(events) > 0
	release, err := r.lock(ctx, again)
	if err != nil && again {
		return r.now(), err
	}
	if err != nil {
		return r.refuse(err)
	}
	defer release()
	if err := r.append(Event{Kind: EventBegin}); err != nil {
		return r.now(), err
	}
	if again {
		err := r.takeUp(ctx)
		return r.now(), err
	}
	err = r.fits(ctx)
	if err == nil {
		err = r.prepare(ctx)
	}
	switch {
	case err == nil:
		err = r.items(ctx)
		return r.now(), err
	case wasCancelled(ctx, err):
		err = r.undoAll("cancelled")
		return r.now(), err
	default:
		return r.refuse(err)
	}
}

// run is one executor's work on an operation.
type run struct {
	Header
	world  World
	record Record
	events []Event
}

func (r *run) now() model.Operation { return Fold(r.Header, r.events, true) }

func (r *run) append(e Event) error {
	e.At = time.Now().UTC()
	if err := r.record.Append(e); err != nil {
		return fmt.Errorf("%w of operation %s: %w", errRecord, r.ID, err)
	}
	r.events = append(r.events, e)
	return nil
}

// end ends the operation, once nothing is left of what was only prepared.
func (r *run) end(state model.OperationState, reason model.Raw, refusal string) error {
	r.release()
	return r.append(Event{Kind: EventEnd, State: state, Text: reason, Refusal: refusal})
}

// wasCancelled reports whether an error is only that somebody cancelled.
func wasCancelled(ctx context.Context, err error) bool {
	return ctx.Err() != nil && errors.Is(err, ctx.Err())
}

// refuse ends an operation of which nothing was tried.
func (r *run) refuse(why error) (model.Operation, error) {
	err := r.end(model.OperationFailed, model.Raw(why.Error()), refusalOf(why))
	return r.now(), err
}

const (
	// lockPatience is how long an operation that was interrupted waits for a
	// lock that somebody took since: longer than a VM takes to start.
	lockPatience = 5 * time.Minute
	lockPoll     = 100 * time.Millisecond
)

// lock takes the locks of a plan. Who has only just been asked does not wait
// for them: it is told who has one.
func (r *run) lock(ctx context.Context, again bool) (release func(), err error) {
	vms, loose := r.Plan.Locks()
	limit := time.Now().Add(lockPatience)
	for {
		release, err := r.world.Lock(r.Header, vms, loose)
		if !again || !errors.Is(err, model.ErrBusy) || time.Now().After(limit) {
			return release, err
		}
		if !wait.Pause(ctx, lockPoll) {
			return nil, err
		}
	}
}

func (r *run) task(item, step int) Task {
	i := r.Plan.Items[item]
	return Task{Header: r.Header, Item: i, Step: i.Steps[step], ItemAt: item, StepAt: step}
}
