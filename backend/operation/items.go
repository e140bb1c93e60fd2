package operation

import (
	"context"

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
			if err := r.skipFrom(item+1, "a previous one failed"); err != nil {
				return err
			}
			return r.conclude("")
		case ctx.Err() != nil:
			if err := r.skipFrom(item+1, "cancelled"); err != nil {
				return err
			}
			return r.conclude("cancelled")
		}
	}
	return r.conclude("")
}

// skipFrom leaves the items from one on alone.
func (r *run) skipFrom(from int, why model.Raw) error {
	for item := from; item < len(r.Plan.Items); item++ {
		if err := r.skip(item, why); err != nil {
			return err
		}
	}
	return nil
}

// conclude ends the operation: done when everything is, undone when nothing
// stayed and there is a reason for that, else failed.
func (r *run) conclude(why model.Raw) error {
	o := r.now()
	state, reason, stayed := model.OperationDone, model.Raw(""), false
	for item, steps := range o.Steps {
		if result, because := o.ItemResult(item); result == model.ResultFailed && reason == "" {
			state, reason = model.OperationFailed, because
		}
		for step, s := range steps {
			stayed = stayed || s.State == model.StepDone || r.isStuck(item, step)
		}
	}
	if why != "" && !stayed {
		state, reason = model.OperationUndone, why
	}
	return r.end(state, reason, "")
}

// skip notes that the steps of an item that are left are not done.
func (r *run) skip(item int, why model.Raw) error {
	for step, was := range r.now().Steps[item] {
		if was.Over() {
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
	passed := r.hasPassed(item)
	if !passed && r.wasGivenUp(item) { // and its taking back was interrupted
		return true, r.undoItem(item, "one of its steps failed")
	}
	for step, was := range r.now().Steps[item] {
		if was.Over() {
			failed = failed || was.State == model.StepFailed || was.State == model.StepSkipped
			continue
		}
		if !passed && ctx.Err() != nil {
			return true, r.undoItem(item, "cancelled")
		}
		task := r.task(item, step)
		done, why, err := r.step(ctx, task, was.State == model.StepRunning, passed)
		if err != nil {
			return false, err
		}
		switch {
		case done:
			passed = passed || task.Step.Action.Passes()
		case !passed:
			return true, r.undoItem(item, why)
		default:
			failed = true
		}
	}
	return failed, nil
}

// step does one step. begun: another executor had begun it. passed: it has to
// be done whether somebody cancels or not. err means that the operation cannot
// go on; why a step was not done is told otherwise.
func (r *run) step(ctx context.Context, task Task, begun, passed bool) (ok bool, why model.Raw, err error) {
	if passed {
		ctx = context.WithoutCancel(ctx)
	}
	happened := false
	if begun {
		if happened, err = r.world.Happened(task); err != nil {
			return false, "", err
		}
	}
	action := task.Step.Action
	if !happened || !isFinal[action] {
		var own []model.Fact
		if happened {
			own = remade[action]
		}
		if unfit := r.fitsStep(ctx, task.Step, own); unfit != nil {
			return r.failed(ctx, task, unfit)
		}
	}
	if err := r.append(Event{Kind: EventStep, Item: task.ItemAt, Step: task.StepAt}); err != nil {
		return false, "", err
	}
	return r.apply(ctx, task, happened)
}

// apply does a step that may be done, and records how it went. again: this
// operation did it already, but for the record.
func (r *run) apply(ctx context.Context, task Task, again bool) (ok bool, why model.Raw, err error) {
	var unwritten error
	done, failure := r.world.Apply(ctx, task, func(doing model.Raw) {
		if unwritten == nil {
			unwritten = r.append(Event{Kind: EventDoing, Item: task.ItemAt, Step: task.StepAt, Text: doing})
		}
	})
	switch {
	case unwritten != nil:
		return false, "", unwritten
	case failure != nil:
		return r.failed(ctx, task, failure)
	}
	e := Event{Kind: EventDone, Item: task.ItemAt, Step: task.StepAt, Text: done.Note, Result: done.Result, Freed: done.Freed}
	if done.Unchanged && !again {
		e.Kind = EventUnchanged
	}
	return true, "", r.append(e)
}

// failed records that a step was not done.
func (r *run) failed(ctx context.Context, task Task, failure error) (ok bool, why model.Raw, err error) {
	why = model.Raw(failure.Error())
	if wasCancelled(ctx, failure) {
		why = "cancelled"
	}
	return false, why, r.append(Event{Kind: EventFailed, Item: task.ItemAt, Step: task.StepAt, Text: why})
}
