package operation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"microtui/model"
)

// errRecord: the record could not be written. Nothing is done then that could
// not be told afterwards: the operation is left as it stands, to be settled.
var errRecord = errors.New("write record")

// Run carries an operation out, or brings one that was interrupted to its end:
// undone where nothing was done yet that is not taken back, else finished. It
// returns the operation as it ended. When ctx ends, the item that is being
// done is undone, or finished where it is too far for that, and the rest left
// alone.
//
// An error means that the record could not be read or written, and that the
// operation is still open.
func Run(ctx context.Context, h Header, world World, record Record) (model.Operation, error) {
	events, err := record.Events()
	if err != nil {
		return model.Operation{}, err
	}
	r := &run{Header: h, world: world, record: record, events: events}
	before := Fold(h, events, true)
	if !before.EndedAt.IsZero() {
		return before, nil
	}
	vms, loose := h.Plan.Locks()
	release, err := world.Lock(h, vms, loose)
	if err != nil {
		return r.endRefused(err, begun(before))
	}
	defer release()
	if err := r.append(Event{Kind: EventBegin}); err != nil {
		return r.now(), err
	}
	switch passed, err := r.passed(before); {
	case err != nil:
		return r.now(), err
	case begun(before) && !passed:
		err = r.undoAll(ctx, "interrupted before anything was done that stays")
		return r.now(), err
	case !begun(before):
		if err := r.fits(ctx); err != nil {
			return r.endRefused(err, false)
		}
	}
	err = r.items(ctx)
	return r.now(), err
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

func (r *run) end(state model.OperationState, reason model.Raw, refusal string) error {
	return r.append(Event{Kind: EventEnd, State: state, Text: reason, Refusal: refusal})
}

// endRefused ends an operation of which nothing was tried. One that was begun
// before stays open: somebody who can has to settle it.
func (r *run) endRefused(err error, begun bool) (model.Operation, error) {
	if begun {
		return r.now(), err
	}
	ended := r.end(model.OperationFailed, model.Raw(err.Error()), refusalOf(err))
	return r.now(), ended
}

// begun reports whether a step of an operation was begun.
func begun(o model.Operation) bool {
	for _, steps := range o.Steps {
		for _, s := range steps {
			if s.State != model.StepWaiting {
				return true
			}
		}
	}
	return false
}

// passed reports whether something was done that is not taken back.
func (r *run) passed(o model.Operation) (bool, error) {
	for item, steps := range o.Steps {
		for step, s := range steps {
			task := r.task(item, step)
			if !task.Step.Action.Passes() {
				continue
			}
			switch s.State {
			case model.StepDone, model.StepFailed:
				return true, nil
			case model.StepRunning:
				if happened, err := r.world.Happened(task); happened || err != nil {
					return happened, err
				}
			}
		}
	}
	return false, nil
}

func (r *run) task(item, step int) Task {
	i := r.Plan.Items[item]
	return Task{Header: r.Header, Item: i, Step: i.Steps[step], ItemAt: item, StepAt: step}
}

// fits compares the whole plan with the host before anything is done.
func (r *run) fits(ctx context.Context) error {
	for _, item := range r.Plan.Items {
		if err := r.world.Check(ctx, r.Plan, item); err != nil {
			return err
		}
	}
	seen, err := r.world.Inventory(ctx)
	if err != nil {
		return err
	}
	for _, item := range r.Plan.Items {
		for _, step := range item.Steps {
			if err := holds(seen, step); err != nil {
				return err
			}
		}
	}
	return nil
}

// holds compares the conditions of a step with the host.
func holds(seen model.Inventory, step model.Step) error {
	all := model.Differences(seen, step)
	switch len(all) {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("%w: %s", model.ErrStale, all[0])
	}
	text := all[0].String()
	for _, d := range all[1:] {
		text += "; " + d.String()
	}
	return fmt.Errorf("%w: %s", model.ErrStale, text)
}
