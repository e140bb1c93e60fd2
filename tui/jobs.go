package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/tone"
)

// together is how many orders are carried out at a time.
const together = 4

// phase is how far an order is.
type phase int

const (
	waiting phase = iota // for a place among those that run
	running
	settled // its outcome is known, but no read has shown the new state yet
)

// job is an order on its way.
type job struct {
	id      int
	order   model.Order
	batch   *batch
	phase   phase
	news    model.Progress
	outcome model.Outcome
	reads   int // snapshots since the outcome
}

// batch is what one confirmation asked for.
type batch struct {
	action model.Action
	jobs   []*job
	open   int // jobs without an outcome
}

// jobs are the orders on their way, in the order in which they were given.
type jobs struct {
	list    []*job
	last    int // id
	ticking bool
	now     time.Time // of the last tick
}

// The messages of orders.
type (
	// newsMsg brings what came of an order. open is false at its end.
	newsMsg struct {
		id   int
		from <-chan model.Progress
		news model.Progress
		open bool
	}
	// tickMsg comes each second while something is waited for.
	tickMsg struct{ now time.Time }
	// cancelledMsg says what came of a request to cancel.
	cancelledMsg struct {
		vm  model.Raw
		err error
	}
)

// give takes orders on.
func (a *App) give(orders []model.Order, now time.Time) tea.Cmd {
	if len(orders) == 0 {
		return nil
	}
	b := &batch{action: orders[0].Action, open: len(orders)}
	for _, order := range orders {
		a.jobs.last++
		j := &job{id: a.jobs.last, order: order, batch: b}
		b.jobs = append(b.jobs, j)
		a.jobs.list = append(a.jobs.list, j)
	}
	a.jobs.now = now
	cmd := a.launch()
	a.refill()
	return tea.Batch(cmd, a.tick())
}

// launch starts as many waiting orders as there is room for.
func (a *App) launch() tea.Cmd {
	var commands []tea.Cmd
	free := together
	for _, j := range a.jobs.list {
		if j.phase == running {
			free--
		}
	}
	for _, j := range a.jobs.list {
		if j.phase == waiting && free > 0 {
			free--
			j.phase = running
			j.news.Since = a.jobs.now
			commands = append(commands, a.act(j.id, j.order))
		}
	}
	return tea.Batch(commands...)
}

// act is the command that gives an order and waits for the first news of it.
func (a *App) act(id int, order model.Order) tea.Cmd {
	return guarded(func() tea.Msg { return a.nextNews(id, a.actor.Act(a.ctx, order)) })
}

func (a *App) nextNews(id int, from <-chan model.Progress) tea.Msg {
	select {
	case <-a.ctx.Done():
		return endedMsg{}
	case news, open := <-from:
		return newsMsg{id, from, news, open}
	}
}

// hear takes news of an order.
func (a *App) hear(msg newsMsg, now time.Time) tea.Cmd {
	j := a.jobs.byID(msg.id)
	if j == nil || j.phase == settled {
		return nil // what comes after an outcome changes nothing
	}
	if !msg.open {
		msg.news.Outcome = &model.Outcome{Result: model.ResultFailed, Reason: "no result was reported"}
	}
	if msg.news.Outcome == nil {
		j.news = msg.news
		a.refill()
		return guarded(func() tea.Msg { return a.nextNews(msg.id, msg.from) })
	}
	return tea.Batch(a.settle(j, *msg.news.Outcome, now), a.refresh())
}

// settle notes the outcome of an order, and tells it when its batch is done.
func (a *App) settle(j *job, outcome model.Outcome, now time.Time) tea.Cmd {
	j.phase, j.outcome = settled, outcome
	a.record.add(message{At: now, Role: tone.Result(outcome.Result), Text: j.told()})
	var cmd tea.Cmd
	if j.batch.open--; j.batch.open == 0 {
		cmd = a.tell(j.batch.summary())
	}
	a.jobs.drop(func(j *job) bool { return j.phase == settled && j.outcome.Result != model.ResultDone })
	a.refill()
	return tea.Batch(cmd, a.launch())
}

// prove takes a read of the host: an order that is done leaves its row when
// its VM is seen changed. A second read counts anyway: the VM may have gone
// back to what it was.
func (a *App) prove() {
	a.jobs.drop(func(j *job) bool {
		if j.phase != settled {
			return false
		}
		j.reads++
		vm := a.shot.VM(model.Ref{Kind: model.KindVM, Name: j.order.VM})
		return vm == nil || j.reads > 1 || vm.State != j.order.Seen || invocation(vm) != j.order.Invocation
	})
}

// tick asks for the time of the next second, while an order is on its way or
// an operation runs.
func (a *App) tick() tea.Cmd {
	if a.jobs.ticking || !a.jobs.any() && len(a.ops.in(model.OperationRunning)) == 0 {
		return nil
	}
	a.jobs.ticking = true
	return a.after(time.Second, func(now time.Time) tea.Msg { return tickMsg{now} })
}

// after is a command that waits.
func (a *App) after(d time.Duration, then func(now time.Time) tea.Msg) tea.Cmd {
	return guarded(func() tea.Msg {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-a.ctx.Done():
			return endedMsg{}
		case now := <-timer.C:
			return then(now)
		}
	})
}

func (a *App) ticked(now time.Time) tea.Cmd {
	a.jobs.ticking, a.jobs.now = false, now
	a.refill()
	a.refillPages()
	a.detail.Refresh(a.about(a.detail.Ref))
	return a.tick()
}

// any reports whether an outcome is still waited for.
func (q *jobs) any() bool {
	for _, j := range q.list {
		if j.phase != settled {
			return true
		}
	}
	return false
}

func (q *jobs) byID(id int) *job {
	for _, j := range q.list {
		if j.id == id {
			return j
		}
	}
	return nil
}

// of is the newest order for a VM, nil if there is none.
func (q *jobs) of(vm model.Raw) *job {
	for i := len(q.list) - 1; i >= 0; i-- {
		if q.list[i].order.VM == vm {
			return q.list[i]
		}
	}
	return nil
}

// drop forgets orders.
func (q *jobs) drop(which func(*job) bool) {
	var kept []*job
	for _, j := range q.list {
		if !which(j) {
			kept = append(kept, j)
		}
	}
	q.list = kept
}

// invocation is the invocation of a VM's own unit; empty: none.
func invocation(vm *model.VM) string {
	for _, u := range vm.Units {
		if u.Role == model.RoleVM && u.Unit.Properties != nil {
			return u.Unit.Properties.Invocation
		}
	}
	return ""
}
