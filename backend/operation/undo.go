package operation

import (
	"context"
	"slices"

	"microtui/model"
)

// undoAll takes back what was begun of an operation of which nothing stays.
func (r *run) undoAll(why model.Raw) error {
	for item := range r.Plan.Items {
		if err := r.undoItem(item, why); err != nil {
			return err
		}
	}
	return r.conclude(why)
}

// undoItem takes the steps of an item back, the last one that was begun first,
// and leaves the rest of it alone. What cannot be taken back is told.
func (r *run) undoItem(item int, why model.Raw) error {
	steps := r.now().Steps[item]
	for step := len(steps) - 1; step >= 0; step-- {
		if !changed[steps[step].State] || !r.wasBegun(item, step) || r.undoing(item, step) == undoOver {
			continue
		}
		if err := r.undoStep(r.task(item, step), steps[step], why); err != nil {
			return err
		}
	}
	return r.skip(item, why)
}

// changed are the states of steps that may have changed something.
var changed = map[model.StepState]bool{model.StepRunning: true, model.StepDone: true, model.StepFailed: true}

// wasBegun reports whether a step was ever at work. One that did not fit the
// host any more has failed and changed nothing: to take it back would start a
// VM that somebody else has stopped.
func (r *run) wasBegun(item, step int) bool {
	return r.now().Steps[item][step].State != model.StepFailed || r.wasAtWork(item, step)
}

func (r *run) wasAtWork(item, step int) bool {
	return slices.ContainsFunc(r.events, func(e Event) bool {
		return e.isOf(item, step) && (e.Kind == EventStep || e.Kind == EventUndo)
	})
}

func (r *run) undoStep(task Task, was model.StepReport, why model.Raw) error {
	failed := was.State == model.StepFailed && !r.isStuck(task.ItemAt, task.StepAt)
	e := Event{Kind: EventUndo, Item: task.ItemAt, Step: task.StepAt}
	if err := r.append(e); err != nil {
		return err
	}
	// Nobody can cancel this: it is what a cancelled operation ends with.
	switch undone := r.world.Undo(context.Background(), task); {
	case undone != nil:
		e.Kind, e.Text = EventStuck, model.Raw("not undone: "+undone.Error())
	case failed:
		e.Kind, e.Text = EventFailed, was.Reason
	default:
		e.Kind, e.Text = EventUndone, why
	}
	return r.append(e)
}
