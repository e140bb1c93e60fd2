package execute

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"microtui/backend/journal"
	"microtui/backend/operation"
	"microtui/backend/systemd"
	"microtui/model"
)

// stop shuts a VM down, with its helpers. That it had to be killed, or that its
// unit is failed then, is no matter: it is off.
func (x *Executor) stop(ctx context.Context, t operation.Task, tell func(model.Raw)) (operation.Done, error) {
	end, err := x.job(ctx, model.ActionStop, t, nil, tell)
	if err != nil {
		return operation.Done{}, err
	}
	outcome := end.Outcome()
	if end.After.IsUp() {
		return operation.Done{}, fmt.Errorf("%s is not stopped: %s", t.VM(), outcome.Reason)
	}
	helped := false
	err = x.patiently(ctx, func() error {
		stopped, err := x.bus.StopHelpers(ctx, t.VM())
		helped = helped || stopped
		return err
	})
	if err != nil {
		return operation.Done{}, err
	}
	return operation.Done{Unchanged: outcome.Result == model.ResultUnchanged && !helped, Note: outcome.Reason}, nil
}

// startAgain starts a VM that was stopped for an operation of which nothing
// stays.
func (x *Executor) startAgain(ctx context.Context, t operation.Task) error {
	if !t.Item.Running {
		return nil
	}
	x.giveAllRoom(t.VM())
	end, err := x.job(ctx, model.ActionStart, t, t.Item.Despite, func(model.Raw) {})
	if err != nil {
		return fmt.Errorf("%s was stopped, but not started again: %w", t.VM(), err)
	}
	if outcome := end.Outcome(); outcome.Result != model.ResultDone && outcome.Result != model.ResultUnchanged {
		return fmt.Errorf("%s was stopped, but does not start again: %s", t.VM(), outcome.Reason)
	}
	return nil
}

// job runs a job of systemd to its end. Its words come once each. What starts a
// VM takes its turn, and looks once more whether that would break something, but
// for the conflicts that it is started despite.
func (x *Executor) job(ctx context.Context, action model.Action, t operation.Task, despite []model.Conflict, tell func(model.Raw)) (model.JobEnd, error) {
	vm, way := t.VM(), t.Item.StopWay
	queued := func() {}
	if action != model.ActionStop {
		turn, err := x.locks.AwaitTurn(ctx, x.holder, func() { tell("waiting for its turn: another VM is being started") })
		if err != nil {
			return model.JobEnd{}, err
		}
		defer turn.Release()
		seen, err := x.Inventory(ctx)
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
	err := x.patiently(ctx, func() (err error) {
		end, err = x.bus.Run(ctx, request)
		return err
	})
	if err == nil {
		end.Way, end.Life = way, journal.LifeAfter(ctx, end)
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
			doing = "waiting for systemd: " + model.Raw(strings.Join(strings.Fields(err.Error()), " "))
		}
		if doing != last {
			tell(doing)
			last = doing
		}
	}
}

func (x *Executor) resetFailed(ctx context.Context, t operation.Task, _ func(model.Raw)) (operation.Done, error) {
	reset := false
	err := x.patiently(ctx, func() (err error) {
		reset, err = x.bus.ResetFailed(ctx, t.Step.Ref.Name)
		return err
	})
	return operation.Done{Unchanged: !reset}, err
}
