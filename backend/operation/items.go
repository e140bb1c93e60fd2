package operation

import (
	"context"
	"errors"

	"microtui/model"
)

// items does what is left of a plan's items, one after the other.
func (r *run) items(ctx context.Context) error {
	for item := range r.Plan.Items {
		failed, err := r.item(ctx, item)
		switch {
		case err != nil:
			return err
		case failed && r.Plan.StopAtFailure:
			return r.leaveRest(item+1, "one before it failed")
		case ctx.Err() != nil:
			return r.leaveRest(item+1, "cancelled")
		}
	}
	return r.conclude("")
}

// leaveRest leaves the items from one on alone.
func (r *run) leaveRest(from int, why model.Raw) error {
	for item := from; item < len(r.Plan.Items); item++ {
		if err := r.skip(item, 0, why); err != nil {
			return err
		}
	}
	return r.conclude(why)
}

// conclude ends the operation: done when everything is, undone when nothing
// stayed, else failed.
func (r *run) conclude(why model.Raw) error {
	o := r.now()
	state, reason, stayed := model.OperationDone, model.Raw(""), false
	for item, steps := range o.Steps {
		if result, because := o.ItemResult(item); result == model.ResultFailed && reason == "" {
			state, reason = model.OperationFailed, because
		}
		for _, s := range steps {
			stayed = stayed || s.State == model.StepDone
		}
	}
	if why != "" && !stayed {
		state, reason = model.OperationUndone, why
	}
	return r.end(state, reason, "")
}

// skip notes that the steps of an item, from one on, are not done.
func (r *run) skip(item, from int, why model.Raw) error {
	steps := r.now().Steps[item]
	for step := from; step < len(steps); step++ {
		if steps[step].Over() {
			continue
		}
		if err := r.append(Event{Kind: EventSkipped, Item: item, Step: step, Text: why}); err != nil {
			return err
		}
	}
	return nil
}

// item does what is left of one item. A step that fails before anything was
// done that stays takes the item back; after that the other steps are tried
// all the same, since each of them only clears something away.
func (r *run) item(ctx context.Context, item int) (failed bool, err error) {
	passed := false
	for step := range r.Plan.Items[item].Steps {
		task := r.task(item, step)
		was := r.now().Steps[item][step]
		if was.Over() {
			passed = passed || task.Step.Action.Passes() && was.State == model.StepDone
			failed = failed || was.State == model.StepFailed
			continue
		}
		if !passed && ctx.Err() != nil {
			return true, r.undoItem(item, step, "cancelled")
		}
		done, why, err := r.step(ctx, task, was.State == model.StepRunning, passed)
		if err != nil {
			return false, err
		}
		switch {
		case done:
			passed = passed || task.Step.Action.Passes()
		case !passed:
			return true, r.undoItem(item, step, why)
		default:
			failed = true
		}
	}
	return failed, nil
}

// step does one step. begun: another executor had begun it, so that the host
// need not be as the plan says any more. passed: it has to be done whether
// somebody cancels or not. err means that the record failed; why a step was
// not done is told otherwise.
func (r *run) step(ctx context.Context, task Task, begun, passed bool) (ok bool, why model.Raw, err error) {
	if passed {
		ctx = context.WithoutCancel(ctx)
	}
	if happened, asked := r.world.Happened(task); begun && (!happened || asked != nil) {
		begun = false
	}
	if !begun {
		if unfit := r.fitsStep(ctx, task.Step); unfit != nil {
			why = model.Raw(unfit.Error())
			return false, why, r.append(Event{Kind: EventFailed, Item: task.ItemAt, Step: task.StepAt, Text: why})
		}
	}
	if err := r.append(Event{Kind: EventStep, Item: task.ItemAt, Step: task.StepAt}); err != nil {
		return false, "", err
	}
	var unwritten error
	done, failure := r.world.Apply(ctx, task, func(doing model.Raw) {
		if unwritten == nil {
			unwritten = r.append(Event{Kind: EventDoing, Item: task.ItemAt, Step: task.StepAt, Text: doing})
		}
	})
	if unwritten != nil {
		return false, "", unwritten
	}
	e := Event{Kind: EventDone, Item: task.ItemAt, Step: task.StepAt, Text: done.Note, Result: done.Result, Freed: done.Freed}
	switch {
	case failure != nil && ctx.Err() != nil && errors.Is(failure, ctx.Err()):
		e = Event{Kind: EventFailed, Item: task.ItemAt, Step: task.StepAt, Text: "cancelled"}
	case failure != nil:
		e = Event{Kind: EventFailed, Item: task.ItemAt, Step: task.StepAt, Text: model.Raw(failure.Error())}
	case done.Unchanged:
		e.Kind = EventUnchanged
	}
	return failure == nil, e.Text, r.append(e)
}

func (r *run) fitsStep(ctx context.Context, step model.Step) error {
	seen, err := r.world.Inventory(ctx)
	if err != nil {
		return err
	}
	return holds(seen, step)
}

// undoAll takes back what was begun of an operation of which nothing stays.
func (r *run) undoAll(ctx context.Context, why model.Raw) error {
	for item, steps := range r.now().Steps {
		last := -1
		for step, s := range steps {
			if s.State != model.StepWaiting {
				last = step
			}
		}
		if last >= 0 {
			if err := r.undoItem(item, last, why); err != nil {
				return err
			}
		} else if err := r.skip(item, 0, why); err != nil {
			return err
		}
	}
	return r.conclude(why)
}

// undoItem takes the steps of an item back, the last one that was begun first,
// and leaves the rest of it alone. What cannot be taken back is told.
func (r *run) undoItem(item, last int, why model.Raw) error {
	ctx := context.Background()
	for step := last; step >= 0; step-- {
		was := r.now().Steps[item][step]
		if was.State == model.StepUndone || was.State == model.StepWaiting || was.State == model.StepSkipped || was.State == model.StepUnchanged {
			continue
		}
		if err := r.undoStep(ctx, r.task(item, step), was, why); err != nil {
			return err
		}
	}
	return r.skip(item, 0, why)
}

func (r *run) undoStep(ctx context.Context, task Task, was model.StepReport, why model.Raw) error {
	at := Event{Kind: EventUndo, Item: task.ItemAt, Step: task.StepAt}
	if err := r.append(at); err != nil {
		return err
	}
	undone := r.world.Undo(ctx, task)
	switch {
	case undone != nil:
		at.Kind, at.Text = EventFailed, model.Raw("not taken back: "+undone.Error())
	case was.State == model.StepFailed:
		at.Kind, at.Text = EventFailed, was.Reason
	default:
		at.Kind, at.Text = EventUndone, why
	}
	return r.append(at)
}
