package systemd

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strconv"
	"time"

	"github.com/godbus/dbus/v5"

	"microtui/model"
)

// follower takes one request to its end.
type follower struct {
	Request
	bus    *Bus
	watch  *watch
	before *model.Unit
	result string    // what systemd said of the job
	last   sight     // the newest look that worked
	since  time.Time // of looks that did not
}

// methods are the calls that queue a job, and the types that the job may have
// while it goes on: a restart becomes a start halfway.
var methods = map[model.Action]struct {
	method string
	types  []string
}{
	model.ActionStart:   {"StartUnit", []string{"start"}},
	model.ActionStop:    {"StopUnit", []string{"stop"}},
	model.ActionRestart: {"RestartUnit", []string{"restart", "start"}},
	model.ActionKill:    {"StopUnit", []string{"stop"}},
}

// enqueue queues the job and gives its number; 0: it has ended meanwhile. The
// connection may break under the call, so that nobody knows whether it
// arrived: then the units tell, and it is made again where it did not.
func (f *follower) enqueue(ctx context.Context) (uint32, error) {
	for {
		job, err := f.call(ctx)
		if err == nil && f.Action == model.ActionKill {
			f.bus.sigkill(ctx, f.watch.unit)
		}
		if err == nil {
			return job, nil
		}
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		if !mayHaveWorked(err) {
			return 0, err
		}
		if err := f.sleep(ctx, lateSignal); err != nil {
			return 0, err
		}
		if err := f.look(ctx); err != nil {
			return 0, err
		}
		if job, arrived := f.arrived(); arrived {
			return job, nil // (sleep kills what a kill left)
		}
	}
}

// call asks for the job once. It has longer than a look: systemd may be
// reading its files anew.
func (f *follower) call(ctx context.Context) (uint32, error) {
	s, err := f.bus.connected(ctx)
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*callTimeout)
	defer cancel()
	var object dbus.ObjectPath
	err = s.caller.Object(busName, busPath).
		CallWithContext(ctx, managerIface+"."+methods[f.Action].method, 0, f.watch.unit, "replace").
		Store(&object)
	if err != nil {
		return 0, explainJob(err)
	}
	id, err := strconv.ParseUint(path.Base(string(object)), 10, 32)
	if err != nil {
		return 0, fmt.Errorf("read number of job %s: %w", object, err)
	}
	return uint32(id), nil
}

// arrived tells from the units whether a call that was not answered has
// worked.
func (f *follower) arrived() (job uint32, yes bool) {
	if f.last.units == nil {
		return 0, false
	}
	main := f.last.main()
	if main != nil && main.Job != nil && slices.Contains(methods[f.Action].types, main.Job.Type) {
		return main.Job.ID, true
	}
	up := main.IsUp()
	switch f.Action {
	case model.ActionStart:
		return 0, up
	case model.ActionRestart:
		return 0, up && main.Invocation() != f.before.Invocation()
	}
	return 0, !up
}

// wait waits for the end of a job and gives what systemd said of it; empty:
// its word was missed. It trusts no single sign: neither the signal, which is
// lost with the connection, nor the unit alone, whose job may be replaced.
func (f *follower) wait(ctx context.Context, job uint32) (string, error) {
	if job == 0 {
		return "", nil
	}
	var gone time.Time // when the unit was first seen without the job
	for {
		if result, known := f.bus.result(f.watch, job); known {
			return result, nil
		}
		if err := f.look(ctx); err != nil {
			return "", err
		}
		limit := pollEvery
		if main := f.last.main(); f.since.IsZero() && (main == nil || main.Job == nil || main.Job.ID != job) {
			if gone.IsZero() {
				gone = time.Now()
			}
			if limit = lateSignal - time.Since(gone); limit <= 0 {
				return "", nil
			}
		}
		if err := f.sleep(ctx, limit); err != nil {
			return "", err
		}
	}
}

// settle waits until the VM is what it will be: a hypervisor that was started
// has lived for a while, or ended; helpers that stop after it have stopped.
func (f *follower) settle(ctx context.Context) (sight, error) {
	for {
		if err := f.look(ctx); err != nil {
			return sight{}, err
		}
		if f.since.IsZero() {
			limit := f.unsettled()
			if limit <= 0 {
				break
			}
			if err := f.sleep(ctx, limit); err != nil {
				return sight{}, err
			}
			continue
		}
		if err := f.sleep(ctx, pollEvery); err != nil {
			return sight{}, err
		}
	}
	seen, err := f.bus.lookSteady(ctx, f.VM)
	if err == nil {
		return seen, nil
	}
	return f.last, nil // it was right a moment ago
}

// unsettled is how long to wait before looking again; 0: all is settled.
func (f *follower) unsettled() time.Duration {
	if main := f.last.main(); f.Action.Starts() {
		if main != nil && main.Active == "deactivating" && f.result != "canceled" {
			return pollEvery // it ended, and its ExecStopPost runs
		}
		return f.youngFor()
	}
	for _, helper := range f.last.helpers() {
		if helper.Unit.Active == "deactivating" || helper.Unit.Job != nil && helper.Unit.Job.Type == "stop" {
			return pollEvery
		}
	}
	return 0
}

// youngFor is how long a hypervisor that just started has to live yet before
// its start counts.
func (f *follower) youngFor() time.Duration {
	main := f.last.main()
	p := main.Known()
	if !main.IsActive() || p.Type == "notify" || p.ActiveEnter.IsZero() {
		return 0
	}
	return min(time.Until(p.ActiveEnter.Add(survival)), survival)
}

// look looks at the units and tells of them. The only error is that systemd
// cannot be reached for too long, or that ctx ended.
func (f *follower) look(ctx context.Context) error {
	seen, err := f.bus.look(ctx, f.VM)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if f.Tell != nil {
		f.Tell(seen.units, err)
	}
	if err == nil {
		f.last, f.since = seen, time.Time{}
		return nil
	}
	if f.since.IsZero() {
		f.since = time.Now()
	}
	if time.Since(f.since) > lostPatience {
		return fmt.Errorf("%w: %w", ErrUnclear, err)
	}
	return nil
}

// sleep waits until something of the VM changed, or for a time.
func (f *follower) sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-f.watch.woken:
		return nil
	case <-timer.C:
	}
	if main := f.last.main(); f.Action == model.ActionKill && main != nil && main.Active == "deactivating" {
		f.bus.sigkill(ctx, f.watch.unit) // what came since the first time: scripts of the stop
	}
	return nil
}
