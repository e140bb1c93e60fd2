package demo

import (
	"context"
	"fmt"
	"time"

	"microtui/model"
)

const (
	// beat is how long, for who watches, a step of a job takes.
	beat = 250 * time.Millisecond
	// beats are the steps of a job that goes well.
	beats = 4
	// deafStride is the simulated time of a step of a stop that nobody obeys.
	deafStride = 10 * time.Second
)

// job is a job of systemd on one VM.
type job struct {
	order     model.Order
	takes     time.Duration // simulated
	steps     int
	cancelled chan struct{}
	before    *model.Unit
	marked    bool                // the VM's unit shows that it is under way
	news      chan model.Progress // nil: who gave the order does not wait any more
	newest    model.Progress
}

// stopSteps are what a unit is at, one after the other, while it stops.
var stopSteps = []string{"stop", "stop-sigterm"}

// Act carries an order out as a real host does: the same refusals, then a job
// that takes one to three simulated seconds, with the same words for what came
// of it. The last news holds the outcome; then the channel is closed. When ctx
// ends, only the wait ends.
//
// Progress counts in the time of the machine, as everywhere: Since and Limit
// are not of the simulated clock.
func (l *Live) Act(ctx context.Context, order model.Order) <-chan model.Progress {
	news := make(chan model.Progress, 1)
	j := &job{order: order, cancelled: make(chan struct{}), news: news}
	if outcome := l.begin(j); outcome != nil {
		j.end(*outcome)
		return news
	}
	l.watches.Go(func() { l.carryOut(ctx, j) })
	return news
}

// Cancel cancels the job of a VM. Without one the error wraps
// [model.ErrStale].
func (l *Live) Cancel(_ context.Context, vm model.Raw) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	j := l.jobs[vm]
	if j == nil || j.isCancelled() {
		return fmt.Errorf("%w: %s has no pending job to cancel", model.ErrStale, vm)
	}
	close(j.cancelled)
	return nil
}

// begin queues a job, or says why not; what freezes is done at once.
func (l *Live) begin(j *job) *model.Outcome {
	l.mu.Lock()
	defer l.mu.Unlock()
	h, name := l.host, j.order.VM
	inventory := model.Interpret(h.Observe())
	j.newest = model.Progress{Order: j.order, Since: time.Now(), Warning: model.Warning(inventory, j.order)}
	if other := l.jobs[name]; other != nil {
		busy := model.Refused(model.ErrBusy, model.Raw(fmt.Sprintf("%v: %s of %s is in progress", model.ErrBusy, other.order.Action, name)))
		return &busy
	}
	if refused := model.Refusal(inventory, j.order); refused != nil {
		return refused
	}
	if j.order.Action.Freezes() {
		outcome := h.freezeAsAsked(inventory, j.order)
		l.Refresh()
		return &outcome
	}
	l.jobs[name] = j
	h.queue(j)
	return nil
}

// queue makes the VM look as it does while systemd works on it.
func (h *Host) queue(j *job) {
	in := h.instance(j.order.VM)
	j.before = h.mainUnit(in)
	up := in.running()
	stops := j.order.Action == model.ActionStop || j.order.Action == model.ActionKill
	j.steps, j.takes = beats, time.Second+time.Duration(in.load.quick/26*2*float64(time.Second))
	if up == stops || j.order.Action == model.ActionRestart {
		u := &in.units[vm]
		if u.active, u.sub = "activating", "start"; up {
			u.active, u.sub = "deactivating", "stop"
			in.pauseLoop()
		}
		j.marked = true
	}
	if in.deaf && up && (j.order.Action == model.ActionStop || j.order.Action == model.ActionRestart) {
		j.takes, j.steps = stopTimeout, int(stopTimeout/deafStride)
	}
	if limit := model.Deadline(j.order.Action, j.before.Properties); limit > 0 {
		j.newest.Limit = j.newest.Since.Add(limit)
	}
}

// step lets a part of a job's time go by and says what its unit is at.
func (h *Host) step(j *job, step int) model.Raw {
	in := h.instance(j.order.VM)
	if step > 0 {
		h.Pass(j.takes / time.Duration(j.steps))
	}
	if u := &in.units[vm]; u.active == "deactivating" {
		u.sub = stopSteps[min(step*len(stopSteps)/j.steps, len(stopSteps)-1)]
	}
	return model.Activity(j.order.Action, []model.VMUnit{{Role: model.RoleVM, Unit: *h.mainUnit(in)}})
}

// mainUnit is the VM's own unit as systemd would show it.
func (h *Host) mainUnit(in *instance) *model.Unit {
	declared := h.systems.live.declares(in.name)
	p := h.properties(in, vm, declared)
	u := h.observedUnit(in, vm, declared, &p)
	return &u
}

// carryOut lets a job's time go by, and ends it.
func (l *Live) carryOut(ctx context.Context, j *job) {
	tick := time.NewTicker(beat)
	defer tick.Stop()
	left := ctx.Done()
	l.step(j, 0)
	for step := 1; step <= j.steps && !j.isCancelled(); {
		select {
		case <-tick.C:
			l.step(j, step)
			step++
		case <-j.cancelled:
		case <-l.closed:
			j.leave(context.Canceled)
			return
		case <-left:
			j.leave(ctx.Err())
			left = nil // the job goes on
		}
	}
	l.mu.Lock()
	outcome := l.host.finish(j)
	delete(l.jobs, j.order.VM)
	l.mu.Unlock()
	j.end(outcome)
	l.Refresh()
}

func (l *Live) step(j *job, step int) {
	var doing model.Raw
	l.Do(func(h *Host) { doing = h.step(j, step) })
	j.tell(func(p *model.Progress) { p.Activity = doing })
}

// finish does what the job was for and tells what came of it.
func (h *Host) finish(j *job) model.Outcome {
	in := h.instance(j.order.VM)
	end := model.JobEnd{Action: j.order.Action, Result: "done", Before: j.before,
		Limit: model.UnitTimeout(j.order.Action, j.before.Properties)}
	if in.runs != nil {
		end.Way = in.runs.runner.StopWay()
	}
	u := &in.units[vm]
	unfinished := *h.mainUnit(in)
	if j.marked {
		u.active, u.sub = j.before.Active, j.before.Sub
	}
	stops, starts := j.order.Action != model.ActionStart, j.order.Action == model.ActionStart || j.order.Action == model.ActionRestart
	if j.isCancelled() {
		end.Result, end.After = "canceled", &unfinished
		starts = false
		if unfinished.Active == "activating" {
			stops, end.After = false, j.before
		}
	}
	if stops && in.running() {
		h.stopAsAsked(in, j.order.Action)
	}
	if starts {
		h.startAsAsked(in)
	}
	if end.After == nil {
		end.After = h.mainUnit(in)
	}
	return end.Outcome()
}

// stopAsAsked stops a VM. One that does not obey is killed at its time limit,
// which leaves it failed unless that was asked for.
func (h *Host) stopAsAsked(in *instance, action model.Action) {
	if action == model.ActionKill || in.deaf {
		h.diary(in.name).close(h.now, killed, 0)
	}
	h.down(in)
	u := &in.units[vm]
	switch {
	case action == model.ActionKill:
		u.active, u.sub, u.result = "inactive", "dead", "success"
	case in.deaf:
		h.fail(u, -9)
		u.result = "timeout"
	}
}

// pauseLoop keeps a crash loop from turning while its VM stops.
func (in *instance) pauseLoop() {
	if in.loop != nil {
		in.doom, in.loop = in.loop, nil
	}
}

// startAsAsked starts a VM. One that crashed in a loop before does so again.
func (h *Host) startAsAsked(in *instance) {
	if h.Start(in.name) && in.doom != nil {
		in.loop = &loop{life: in.doom.life, status: in.doom.status}
	}
	if in.loop != nil {
		in.loop.since, in.loop.turns = h.now, 0
		h.Pass(in.loop.life)
	}
}

// Deafen makes a VM's guest ignore that it is asked to shut down.
func (h *Host) Deafen(name model.Raw) { h.instance(name).deaf = true }

func (j *job) isCancelled() bool {
	select {
	case <-j.cancelled:
		return true
	default:
		return false
	}
}

// tell makes a change to the newest news and shows it.
func (j *job) tell(change func(*model.Progress)) {
	if j.news == nil {
		return
	}
	change(&j.newest)
	select {
	case <-j.news:
	default:
	}
	j.news <- j.newest
}

// end is the last news.
func (j *job) end(outcome model.Outcome) {
	j.tell(func(p *model.Progress) { p.Outcome = &outcome })
	if j.news != nil {
		close(j.news)
		j.news = nil
	}
}

// leave ends the wait of who gave the order.
func (j *job) leave(why error) {
	j.end(model.Outcome{Result: model.ResultFailed, Kind: why, Reason: "stopped waiting; the job continues"})
}
