package backend

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"microtui/backend/journal"
	"microtui/backend/lock"
	"microtui/backend/systemd"
	"microtui/model"
)

// Act carries an order out and tells of it until the last news, which holds
// the outcome; then the channel is closed. The channel holds the newest news
// only, so that a reader who is slow, or leaves, holds nothing up.
//
// The host is observed anew first, and an order that model.Refusal speaks
// against is refused; so is one for a VM that somebody else is changing. Starts
// take turns, see [lock.Locks.AwaitTurn]. When ctx ends, or the host is closed,
// only the wait for systemd ends: its job goes on.
func (h *Host) Act(ctx context.Context, order model.Order) <-chan model.Progress {
	news := make(chan model.Progress, 1)
	a := &act{host: h, order: order, news: news, begun: time.Now()}
	ctx, cancel := context.WithCancel(ctx)
	closed := context.AfterFunc(h.life, cancel)
	h.acts.Go(func() {
		defer close(news)
		defer cancel()
		defer closed()
		outcome := a.carryOut(ctx)
		a.tell(func(p *model.Progress) { p.Outcome = &outcome })
		h.Refresh()
	})
	return news
}

// Cancel cancels the job of systemd that a VM's own unit has: it ends as
// cancelled for whoever waits for it. What a unit is at already goes on. The
// error wraps one of model's kinds of errors.
func (h *Host) Cancel(ctx context.Context, vm model.Raw) error {
	switch {
	case h.readOnly != "":
		return fmt.Errorf("%w: %s", model.ErrRefused, h.readOnly)
	case !model.ParseName(vm):
		return fmt.Errorf("%w: %q is not a valid VM name", model.ErrRefused, string(vm))
	}
	return h.bus.Cancel(ctx, vm)
}

// act is one order being carried out.
type act struct {
	host   *Host
	order  model.Order
	news   chan model.Progress
	newest model.Progress
	begun  time.Time
}

// tell makes a change to the newest news and shows it.
func (a *act) tell(change func(*model.Progress)) {
	a.newest.Order, a.newest.Since = a.order, a.begun
	change(&a.newest)
	replace(a.news, a.newest)
}

func (a *act) carryOut(ctx context.Context) model.Outcome {
	inventory, refused := a.look(ctx)
	if refused != nil {
		return *refused
	}
	release, err := a.lock()
	if err != nil {
		return model.Refused(kindOf(err), oneLine(err))
	}
	defer release()
	queued := func() {}
	if isRoot() && (a.order.Action.Starts()) {
		turn, err := a.host.locks.AwaitTurn(ctx, a.holder(), func() {
			a.tell(func(p *model.Progress) { p.Activity = "waiting for its turn: another VM is being started" })
		})
		if err != nil {
			return turnLost(err)
		}
		defer turn.Release()
		// Who had the turn before may have started what is in the way of this.
		if inventory, refused = a.look(ctx); refused != nil {
			return *refused
		}
		queued = turn.Release
	}
	a.tell(func(p *model.Progress) { p.Warning = model.Warning(inventory, a.order) })
	a.record("requested", nil)
	outcome := a.run(ctx, inventory, queued)
	a.record("ended", &outcome)
	return outcome
}

// lock takes the VM's lock. Locks are root's alone: what somebody else asks for,
// as far as polkit lets them, is as if they had called systemctl, which whoever
// changes something has to bear anyway.
func (a *act) lock() (release func(), err error) {
	if !isRoot() {
		return func() {}, nil
	}
	held, err := a.host.locks.Take(a.holder(), a.order.VM)
	if err != nil {
		return nil, err
	}
	return held.Release, nil
}

func isRoot() bool { return os.Geteuid() == 0 }

// look observes the host, and is an outcome where the rules speak against the
// order.
func (a *act) look(ctx context.Context) (model.Inventory, *model.Outcome) {
	a.tell(func(p *model.Progress) { p.Activity = "reading the host" })
	o, _ := a.host.observe(ctx, a.host.unitsNow, true)
	if err := ctx.Err(); err != nil {
		return model.Inventory{}, interrupted(err)
	}
	inventory := model.Interpret(o)
	inventory.ReadOnly = a.host.readOnly
	return inventory, model.Refusal(inventory, a.order)
}

func interrupted(err error) *model.Outcome {
	refused := model.Refused(err, "interrupted before anything was changed")
	return &refused
}

// turnLost is the outcome of an order whose turn did not come.
func turnLost(err error) model.Outcome {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return *interrupted(err)
	}
	return model.Refused(kindOf(err), oneLine(err))
}

func (a *act) holder() lock.Holder {
	return lock.Holder{
		Activity: fmt.Sprintf("%s of %s", a.order.Action, a.order.VM),
		User:     caller(), PID: processID, Since: a.begun,
	}
}

// run runs the job, under the VM's lock. queued is called when systemd has it.
func (a *act) run(ctx context.Context, i model.Inventory, queued func()) model.Outcome {
	if a.order.Action.Freezes() {
		return a.freeze(ctx, i)
	}
	vm := cmp.Or(i.VM(a.order.VM), &model.VM{Name: a.order.VM})
	end, err := a.host.bus.Run(ctx, systemd.Request{
		Action: a.order.Action,
		VM:     a.order.VM,
		Check:  func(before *model.Unit) error { return a.unchanged(vm, before) },
		Queued: queued,
		Tell:   a.follow,
	})
	if err != nil {
		return outcomeOf(err)
	}
	end.Way, end.Life = vm.StopWay(), journal.LifeAfter(ctx, end)
	return end.Outcome()
}

// unchanged compares the VM's unit with what the order was checked against: in
// between, somebody may have done something to it. An order that is not bound
// to a state is not bound to this either, and one for a crash loop is good for
// all of its turn.
func (a *act) unchanged(vm *model.VM, before *model.Unit) error {
	seen := vm.MainUnit()
	switch {
	case a.order.Seen == "":
		return nil
	case vm.State == model.StateCrashLoop && before != nil && (before.Active == "activating" || before.Active == "active" || before.Job != nil):
		return nil
	case seen.ActiveState() == before.ActiveState() && (vm.State != model.StateRunning || seen.Invocation() == before.Invocation()):
		return nil
	}
	return fmt.Errorf("%w: %s has just changed", model.ErrStale, vm.Name)
}

// follow tells of the job.
func (a *act) follow(units []model.VMUnit, err error) {
	a.tell(func(p *model.Progress) {
		if err != nil {
			p.Activity = "waiting for systemd: " + oneLine(err)
			return
		}
		p.Activity = model.Activity(a.order.Action, units)
		if main := model.UnitOf(units, model.RoleVM); main != nil {
			if limit := model.Deadline(a.order.Action, main.Properties); limit > 0 {
				p.Limit = p.Since.Add(limit)
			}
		}
	})
}

// kinds are the kinds of errors after which nothing was tried.
var kinds = []error{model.ErrRefused, model.ErrDenied, model.ErrBusy, model.ErrStale, model.ErrUnknown}

func kindOf(err error) error {
	for _, kind := range kinds {
		if errors.Is(err, kind) {
			return kind
		}
	}
	return nil
}

// outcomeOf is the outcome of a job that an error ended, or kept from being.
func outcomeOf(err error) model.Outcome {
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return model.Outcome{Result: model.ResultFailed, Kind: err, Reason: "stopped waiting; the job continues"}
	case kindOf(err) != nil:
		return model.Refused(kindOf(err), oneLine(err))
	case errors.Is(err, systemd.ErrNoJob):
		return model.Refused(model.ErrRefused, oneLine(err))
	}
	return model.Failed(oneLine(err))
}
