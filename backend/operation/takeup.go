package operation

import (
	"context"

	"microtui/model"
)

// takeUp brings an operation that was interrupted to its end.
func (r *run) takeUp(ctx context.Context) error {
	for item := range r.Plan.Items {
		if stays, err := r.hasEffect(item); err != nil {
			return err
		} else if stays {
			r.prepareAgain(ctx)
			return r.items(ctx)
		}
	}
	return r.undoAll("interrupted before anything permanent was done")
}

// hasEffect reports whether something of an item was done that stays, be it by
// a step that an executor was interrupted at.
func (r *run) hasEffect(item int) (bool, error) {
	if r.hasPassed(item) {
		return true, nil
	}
	for step, was := range r.now().Steps[item] {
		task := r.task(item, step)
		if was.State != model.StepRunning || !task.Step.Action.Passes() || r.undoing(item, step) != notUndone {
			continue
		}
		if happened, err := r.world.Happened(task); happened || err != nil {
			return happened, err
		}
	}
	return false, nil
}

// hasPassed reports whether a step of an item is done that is not taken back.
func (r *run) hasPassed(item int) bool {
	for step, was := range r.now().Steps[item] {
		if was.State == model.StepDone && r.Plan.Items[item].Steps[step].Action.Passes() {
			return true
		}
	}
	return false
}

// wasGivenUp reports whether a step of an item failed, or was begun to be taken
// back.
func (r *run) wasGivenUp(item int) bool {
	for step, was := range r.now().Steps[item] {
		if was.State == model.StepFailed || r.undoing(item, step) != notUndone {
			return true
		}
	}
	return false
}

// undoing is how far the taking back of a step is.
type undoing int

const (
	notUndone undoing = iota
	undoBegun
	undoOver  // it is taken back
	undoStuck // it could not be
)

func (r *run) undoing(item, step int) undoing {
	state := notUndone
	for _, e := range r.events {
		switch {
		case !e.isOf(item, step):
		case e.Kind == EventUndo:
			state = undoBegun
		case e.Kind == EventStuck:
			state = undoStuck
		case state == undoBegun && (e.Kind == EventUndone || e.Kind == EventFailed):
			state = undoOver
		}
	}
	return state
}

func (r *run) isStuck(item, step int) bool { return r.undoing(item, step) == undoStuck }
