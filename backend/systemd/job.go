package systemd

import (
	"context"
	"errors"
	"fmt"
	"time"

	sd "github.com/coreos/go-systemd/v22/dbus"
	"golang.org/x/sys/unix"

	"microtui/model"
)

// Request asks for an action on a VM.
type Request struct {
	Action model.Action
	VM     model.Raw // a name that [model.ParseName] takes
	// Check looks at the VM's own unit right before its job is queued (nil:
	// systemd does not have it in memory). An error keeps the job from being
	// queued, and [Bus.Run] returns it.
	Check func(before *model.Unit) error
	// Queued is called when systemd has the job, so that whoever looks sees it;
	// nil: nobody wants to know.
	Queued func()
	// Tell hears of the VM's units while the job goes on; err is set where
	// they could not be read. It must not block.
	Tell func(units []model.VMUnit, err error)
}

const (
	pollEvery = 2 * time.Second // how often units are looked at without a signal
	// lostPatience is how long systemd may stay unreachable before what became
	// of a job is given up.
	lostPatience = time.Minute
	// survival is how long a hypervisor has to live before its start counts:
	// systemd calls a unit of Type=simple started as soon as it has forked.
	survival = 1500 * time.Millisecond
	// lateSignal is how long the word on a job that is gone may take.
	lateSignal = 200 * time.Millisecond
)

var (
	// ErrUnclear says that the job was asked for, and that nobody can know what
	// became of it.
	ErrUnclear = errors.New("its outcome is unknown")
	// ErrNoJob says that systemd could not be reached: no job was asked for.
	ErrNoJob = errors.New("nothing was done")
)

// Run queues the job of an action, in mode "replace", and follows it to its
// end: through lost signals, a restart of the bus and a re-execution of
// systemd. When ctx ends, only the wait ends: the job goes on, and the error is
// that of ctx. Other errors mean that there was no job, and wrap one of
// model's kinds of errors where one fits, [ErrNoJob] or [ErrUnclear].
//
// Way and Life of the result are left to who knows the runner and the journal.
func (b *Bus) Run(ctx context.Context, r Request) (model.JobEnd, error) {
	end := model.JobEnd{Action: r.Action}
	w := b.watchJobs(r.VM)
	defer b.unwatch(w)
	before, err := b.prepare(ctx, r, &end)
	if err != nil {
		return end, err
	}
	follow := follower{bus: b, watch: w, Request: r, before: before}
	job, err := follow.enqueue(ctx)
	if errors.Is(err, errNoUnit) && !r.Action.Starts() {
		end.Helpers = end.HelpersBefore
		return end, nil // not in memory: it does not run
	}
	if err != nil {
		return end, err
	}
	if r.Queued != nil {
		r.Queued()
	}
	if follow.result, err = follow.wait(ctx, job); err != nil {
		return end, err
	}
	end.Result = follow.result
	after, err := follow.settle(ctx)
	if err != nil {
		return end, err
	}
	end.After, end.Helpers = after.main(), after.helpers()
	end.Limit = model.UnitTimeout(r.Action, properties(end.After, end.Before))
	if r.Action == model.ActionKill {
		b.forgive(ctx, end)
	}
	return end, nil
}

// prepare looks at things right before the job.
func (b *Bus) prepare(ctx context.Context, r Request, end *model.JobEnd) (*model.Unit, error) {
	seen, err := b.lookSteady(ctx, r.VM)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoJob, err)
	}
	end.Before, end.HelpersBefore = seen.main(), seen.helpers()
	if r.Check != nil {
		if err := r.Check(end.Before); err != nil {
			return nil, err
		}
	}
	if !r.Action.Starts() {
		return end.Before, nil
	}
	s, err := b.connected(ctx)
	if err == nil {
		end.Lacks, err = s.lacks(ctx, r.VM)
	}
	if err != nil && !isGone(err) {
		return nil, fmt.Errorf("%w: read conditions of %s: %w", ErrNoJob, r.VM, explain(err))
	}
	return end.Before, nil
}

// properties are those of the first unit that has any.
func properties(units ...*model.Unit) *model.UnitProperties {
	for _, u := range units {
		if u != nil && u.Properties != nil {
			return u.Properties
		}
	}
	return nil
}

// forgive takes away the failed state that a power-off leaves: the signal was
// asked for. That it does not work harms nothing.
func (b *Bus) forgive(ctx context.Context, end model.JobEnd) {
	if end.After == nil || end.After.Active != "failed" || end.Before == nil || end.Before.Active == "failed" {
		return
	}
	if s, err := b.connected(ctx); err == nil {
		ctx, cancel := context.WithTimeout(ctx, callTimeout)
		defer cancel()
		_ = s.conn.ResetFailedUnitContext(ctx, string(end.After.Name))
	}
}

// sigkill kills every process of a VM's own unit. Whether that worked shows in
// the unit, and it is done again while the unit has not ended.
func (b *Bus) sigkill(ctx context.Context, unit string) {
	if s, err := b.connected(ctx); err == nil {
		ctx, cancel := context.WithTimeout(ctx, callTimeout)
		defer cancel()
		_ = s.conn.KillUnitWithTarget(ctx, unit, sd.All, int32(unix.SIGKILL))
	}
}

// Cancel cancels the job that a VM's own unit has: one that waits is dropped,
// one that runs is no longer waited for by systemd, while the unit goes on
// with what it is at. Without a job the error wraps [model.ErrStale].
func (b *Bus) Cancel(ctx context.Context, vm model.Raw) error {
	seen, err := b.look(ctx, vm)
	if err != nil {
		return err
	}
	if main := seen.main(); main != nil && main.Job != nil {
		return b.CancelJob(ctx, main.Job.ID)
	}
	return fmt.Errorf("%w: %s has no pending job to cancel", model.ErrStale, vm)
}

// CancelJob cancels a job by its number. One that has ended meanwhile gives an
// error that wraps [model.ErrStale].
func (b *Bus) CancelJob(ctx context.Context, id uint32) error {
	s, err := b.connected(ctx)
	if err != nil {
		return fmt.Errorf("cancel job %d: %w", id, err)
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	err = s.caller.Object(busName, busPath).CallWithContext(ctx, managerIface+".CancelJob", 0, id).Err
	if err != nil {
		return fmt.Errorf("cancel job %d: %w", id, explainJob(err))
	}
	return nil
}
