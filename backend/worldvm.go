package backend

import (
	"context"
	"errors"
	"fmt"

	"microtui/backend/operation"
	"microtui/backend/systemd"
	"microtui/model"
)

// stop shuts a VM down, with its helpers. That it had to be killed, or that its
// unit is failed then, is no matter: it is off.
func (w *world) stop(ctx context.Context, t operation.Task, tell func(model.Raw)) (operation.Done, error) {
	end, err := w.job(ctx, model.ActionStop, t, nil, tell)
	if err != nil {
		return operation.Done{}, err
	}
	outcome := end.Outcome()
	if end.After != nil && isUp(end.After) {
		return operation.Done{}, fmt.Errorf("%s is not stopped: %s", t.VM(), outcome.Reason)
	}
	helped := false
	err = w.patiently(ctx, func() error {
		stopped, err := w.host.bus.StopHelpers(ctx, t.VM())
		helped = helped || stopped
		return err
	})
	if err != nil {
		return operation.Done{}, err
	}
	return operation.Done{Unchanged: outcome.Result == model.ResultUnchanged && !helped, Note: outcome.Reason}, nil
}

func isUp(u *model.Unit) bool { return u.Active != "inactive" && u.Active != "failed" }

// startAgain starts a VM that was stopped for an operation of which nothing
// stays.
func (w *world) startAgain(ctx context.Context, t operation.Task) error {
	if !t.Item.Running {
		return nil
	}
	w.giveAllRoom(t.VM())
	end, err := w.job(ctx, model.ActionStart, t, t.Item.Despite, func(model.Raw) {})
	if err != nil {
		return fmt.Errorf("%s was stopped, and is not started again: %w", t.VM(), err)
	}
	if outcome := end.Outcome(); outcome.Result != model.ResultDone && outcome.Result != model.ResultUnchanged {
		return fmt.Errorf("%s was stopped, and does not start again: %s", t.VM(), outcome.Reason)
	}
	return nil
}

// job runs a job of systemd to its end. Its words come once each. What starts a
// VM takes its turn, and looks once more whether that would break something, but
// for the conflicts that it is started despite.
func (w *world) job(ctx context.Context, action model.Action, t operation.Task, despite []model.Conflict, tell func(model.Raw)) (model.JobEnd, error) {
	vm, way := t.VM(), t.Item.StopWay
	queued := func() {}
	if action != model.ActionStop {
		turn, err := w.host.locks.AwaitTurn(ctx, w.holder, func() { tell("waits for its turn: another VM is being started") })
		if err != nil {
			return model.JobEnd{}, err
		}
		defer turn.Release()
		seen, err := w.Inventory(ctx)
		if err != nil {
			return model.JobEnd{}, err
		}
		if why := model.PreflightDespite(seen, vm, despite); why != "" {
			return model.JobEnd{}, fmt.Errorf("%w: %s", model.ErrRefused, why)
		}
		queued = turn.Release
	}
	request := systemd.Request{Action: action, VM: vm, Queued: queued, Tell: telling(action, tell)}
	var end model.JobEnd
	err := w.patiently(ctx, func() (err error) {
		end, err = w.host.bus.Run(ctx, request)
		return err
	})
	if err == nil {
		end.Way, end.Life = way, w.host.lifeOf(ctx, end)
	}
	if errors.Is(err, systemd.ErrNoJob) {
		return end, fmt.Errorf("%s of %s: %w", action, vm, err)
	}
	return end, err
}

// telling tells what is going on with a job, each word once.
func telling(action model.Action, tell func(model.Raw)) func([]model.VMUnit, error) {
	var last model.Raw
	return func(units []model.VMUnit, err error) {
		doing := model.Activity(action, units)
		if err != nil {
			doing = "waits for systemd: " + oneLine(err)
		}
		if doing != last {
			tell(doing)
			last = doing
		}
	}
}

func (w *world) resetFailed(ctx context.Context, t operation.Task, _ func(model.Raw)) (operation.Done, error) {
	reset := false
	err := w.patiently(ctx, func() (err error) {
		reset, err = w.host.bus.ResetFailed(ctx, t.Step.Ref.Name)
		return err
	})
	return operation.Done{Unchanged: !reset}, err
}
