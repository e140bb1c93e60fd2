package tui

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/tui/detail"
	"microtui/tui/table"
)

// operations are those of the host: read after each snapshot, and followed
// while they run.
type operations struct {
	list     []model.Operation // the newest first
	fault    model.SafeText    // why they cannot be read
	known    bool              // they were read once
	reading  bool
	again    bool            // they are to be read once more
	followed map[string]bool // by id
	// seen are those that ran while this screen was open: their end is told.
	seen map[string]bool
	// builds are what was built and may never be switched to, by the id of the
	// operation whose end decides: that of the build itself, or the update.
	builds map[string]string
	output detail.Output
	table  table.Table
	filter filter
}

// The messages of operations.
type (
	// operationsMsg brings all of them.
	operationsMsg struct {
		list []model.Operation
		err  error
	}
	// operationMsg brings news of one that is followed. open is false at its
	// end.
	operationMsg struct {
		id   string
		from <-chan model.Operation
		now  model.Operation
		open bool
	}
	outputMsg struct {
		id   string
		text model.Raw
		err  error
	}
	// deedMsg says what came of something that was asked of an operation.
	deedMsg struct {
		what model.SafeText
		err  error
	}
)

// readOperations reads what operations there are, one read at a time.
func (a *App) readOperations() tea.Cmd {
	switch {
	case a.operator == nil:
		return nil
	case a.ops.reading:
		a.ops.again = true
		return nil
	}
	a.ops.reading = true
	return guarded(func() tea.Msg {
		list, err := a.operator.Operations(a.ctx)
		return operationsMsg{list, err}
	})
}

// receiveOperations takes what was read, and follows those that run. What is
// followed is known better than what was read.
func (a *App) receiveOperations(msg operationsMsg, now time.Time) tea.Cmd {
	q := &a.ops
	before, told := q.list, q.known
	q.reading, q.known, q.fault = false, true, ""
	if msg.err != nil {
		q.fault = model.Safe(model.Raw(msg.err.Error()))
	}
	if msg.err == nil || len(msg.list) > 0 {
		for i := range msg.list {
			if known := q.of(msg.list[i].ID); known != nil && q.followed[known.ID] {
				msg.list[i] = *known
			}
		}
		q.list = msg.list
	}
	var commands []tea.Cmd
	if !told || !slices.EqualFunc(before, q.list, asFar) {
		commands = append(commands, a.followRunning(), a.operationsChanged(now))
	}
	if q.again {
		q.again = false
		commands = append(commands, a.readOperations())
	}
	return tea.Batch(commands...)
}

// asFar reports whether an operation is as far as it was.
func asFar(x, y model.Operation) bool {
	over, of := x.Progress()
	overNow, ofNow := y.Progress()
	return x.ID == y.ID && x.State == y.State && over == overNow && of == ofNow && x.EndedAt.Equal(y.EndedAt)
}

// followRunning follows each operation that runs.
func (a *App) followRunning() tea.Cmd {
	var commands []tea.Cmd
	for i := range a.ops.list {
		if o := &a.ops.list[i]; o.State == model.OperationRunning {
			commands = append(commands, a.follow(o.ID))
		}
	}
	return tea.Batch(commands...)
}

func (a *App) follow(id string) tea.Cmd {
	q := &a.ops
	if q.followed[id] {
		return nil
	}
	if q.followed == nil {
		q.followed, q.seen = map[string]bool{}, map[string]bool{}
	}
	q.followed[id], q.seen[id] = true, true
	return guarded(func() tea.Msg { return a.nextOperation(id, a.operator.Follow(a.ctx, id)) })
}

func (a *App) nextOperation(id string, from <-chan model.Operation) tea.Msg {
	select {
	case <-a.ctx.Done():
		return endedMsg{}
	case now, open := <-from:
		return operationMsg{id, from, now, open}
	}
}

// hearOperation takes news of an operation.
func (a *App) hearOperation(msg operationMsg, now time.Time) tea.Cmd {
	if !msg.open {
		delete(a.ops.followed, msg.id)
		return a.readOperations()
	}
	a.ops.put(msg.now)
	commands := []tea.Cmd{
		a.operationsChanged(now),
		guarded(func() tea.Msg { return a.nextOperation(msg.id, msg.from) }),
	}
	if msg.now.State != model.OperationRunning {
		commands = append(commands, a.refresh())
	}
	return tea.Batch(commands...)
}

// put puts news of an operation into the list.
func (q *operations) put(o model.Operation) {
	if known := q.of(o.ID); known != nil {
		*known = o
		return
	}
	q.list = slices.Insert(q.list, 0, o)
	slices.SortStableFunc(q.list, func(x, y model.Operation) int { return y.StartedAt.Compare(x.StartedAt) })
}

// operationsChanged shows what is known of operations now, and does what the
// end of one asks for.
func (a *App) operationsChanged(now time.Time) tea.Cmd {
	a.jobs.now = now
	var commands []tea.Cmd
	for i := range a.ops.list {
		if o := &a.ops.list[i]; a.ops.seen[o.ID] && o.State != model.OperationRunning {
			commands = append(commands, a.operationOver(o, now))
		}
	}
	a.refill()
	a.refillPages()
	a.detail.Refresh(a.about(a.detail.Ref))
	if _, ok := a.dialog.content.(follower); ok {
		a.renewDialog(now)
	} else if _, ok := a.dialog.content.(*settlement); ok {
		a.renewDialog(now)
	}
	commands = append(commands, a.tick(), a.readOutput())
	a.fit()
	return tea.Batch(commands...)
}

// operationOver tells the end of an operation, once, unless a dialog does.
func (a *App) operationOver(o *model.Operation, now time.Time) tea.Cmd {
	delete(a.ops.seen, o.ID)
	m := ended(o, a.commands)
	m.At = now
	a.record.add(m)
	var commands []tea.Cmd
	if f, ok := a.dialog.content.(follower); !ok || f.follows() != o.ID {
		commands = append(commands, a.tell(m))
	}
	if build, ok := a.ops.builds[o.ID]; ok {
		delete(a.ops.builds, o.ID)
		commands = append(commands, a.discard(build))
	}
	return tea.Batch(commands...)
}

// of finds an operation; nil: it is not known.
func (q *operations) of(id string) *model.Operation {
	at := slices.IndexFunc(q.list, func(o model.Operation) bool { return o.ID == id })
	if at < 0 {
		return nil
	}
	return &q.list[at]
}

// in are the operations in a state.
func (q *operations) in(state model.OperationState) []*model.Operation {
	var all []*model.Operation
	for i := range q.list {
		if q.list[i].State == state {
			all = append(all, &q.list[i])
		}
	}
	return all
}

// workingOn is the operation that runs and has something left to do to a VM, to
// an entry of the trash, or, without a name, to what belongs to no VM; nil:
// none.
func (q *operations) workingOn(name model.Raw) *model.Operation {
	for _, o := range q.in(model.OperationRunning) {
		for at, item := range o.Plan.Items {
			its := item.Ref.Name == name || slices.ContainsFunc(item.Steps, func(s model.Step) bool { return s.VM == name })
			if its && !itemOver(o, at) {
				return o
			}
		}
	}
	return nil
}

// itemOver reports whether nothing is left to do about an item.
func itemOver(o *model.Operation, at int) bool {
	return !slices.ContainsFunc(o.Steps[at], func(s model.StepReport) bool { return !s.Over() })
}

// readOutput reads what programs said during the operation that is looked at.
func (a *App) readOutput() tea.Cmd {
	o, out := a.detail.About.Operation, &a.ops.output
	if a.page != pageDetail || o == nil || a.operator == nil {
		return nil
	}
	if out.ID != o.ID {
		*out = detail.Output{ID: o.ID}
	}
	if out.Reading {
		return nil
	}
	out.Reading = true
	id := o.ID
	return guarded(func() tea.Msg {
		text, err := a.operator.Output(a.ctx, id)
		return outputMsg{id, text, err}
	})
}

func (a *App) receiveOutput(msg outputMsg) {
	out := &a.ops.output
	if out.ID != msg.id {
		return
	}
	out.Reading, out.Text, out.Fault = false, msg.text, ""
	if msg.err != nil {
		out.Fault = model.Safe(model.Raw(msg.err.Error()))
	}
	a.detail.Refresh(a.about(a.detail.Ref))
	a.fit()
}

// deedDone tells what came of something that was asked for, where that is bad
// news: the operation tells the rest.
func (a *App) deedDone(msg deedMsg, now time.Time) tea.Cmd {
	again := a.readOperations()
	if msg.err == nil {
		return again
	}
	m := failure(msg.what, msg.err)
	m.At = now
	a.record.add(m)
	return tea.Batch(again, a.tell(m))
}
