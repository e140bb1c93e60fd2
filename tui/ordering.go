package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/intent"
)

// Orders on their way: what asks the host to carry them out.

// The messages of orders.
type (
	// newsMsg brings what came of an order. open is false at its end.
	newsMsg struct {
		number int
		from   <-chan model.Progress
		news   model.Progress
		open   bool
	}
	// tickMsg comes each second while something is waited for.
	tickMsg struct{ now time.Time }
	// cancelledMsg says what came of a request to cancel.
	cancelledMsg struct {
		vm  model.Raw
		err error
	}
)

// order gives the orders that were agreed to.
func (a *App) order(i intent.Order) tea.Cmd {
	if i.Marked {
		a.marks.clear()
	}
	return a.perform(a.Work.Give(i.Orders, a.keyTime))
}

// act is the command that gives an order and waits for the first news of it.
func (a *App) act(i intent.Act) tea.Cmd {
	return guarded(func() tea.Msg { return a.nextNews(i.Number, a.actor.Act(a.ctx, i.Order)) })
}

func (a *App) nextNews(number int, from <-chan model.Progress) tea.Msg {
	select {
	case <-a.ctx.Done():
		return endedMsg{}
	case news, open := <-from:
		return newsMsg{number, from, news, open}
	}
}

// hear takes news of an order, and waits for more.
func (a *App) hear(msg newsMsg, now time.Time) tea.Cmd {
	then, more := a.Work.Hear(msg.number, msg.news, msg.open, now)
	if more {
		return guarded(func() tea.Msg { return a.nextNews(msg.number, msg.from) })
	}
	return a.perform(then)
}

func (a *App) cancelJob(vm model.Raw) tea.Cmd {
	return guarded(func() tea.Msg { return cancelledMsg{vm, a.actor.Cancel(a.ctx, vm)} })
}

// cancelled tells what came of a request to cancel, where that is bad news;
// the order's own news tell the rest.
func (a *App) cancelled(msg cancelledMsg) tea.Cmd {
	if msg.err == nil {
		return nil
	}
	return a.perform(intent.Failed(a.keyTime, "cancel "+text.Safe(msg.vm), msg.err))
}

// tick asks for the time of the next second, while something is waited for.
func (a *App) tick() tea.Cmd {
	if a.ticking || !a.Work.Waits() {
		return nil
	}
	a.ticking = true
	return a.after(time.Second, func(now time.Time) tea.Msg { return tickMsg{now} })
}

func (a *App) ticked(now time.Time) {
	a.ticking = false
	a.Work.Tick(now)
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

// keep puts a VM on the keep list.
func (a *App) keep(vm model.Raw) tea.Cmd {
	return guarded(func() tea.Msg {
		return keptMsg{vm, false, a.operator.Keep(a.ctx, model.KeepEntry{Kind: model.KindVM, Name: vm})}
	})
}

// unkeep drops an entry from the keep list.
func (a *App) unkeep(i intent.Unkeep) tea.Cmd {
	return guarded(func() tea.Msg { return keptMsg{i.VM, true, a.operator.Unkeep(a.ctx, i.Entry)} })
}

// keptMsg says what came of a change of the keep list.
type keptMsg struct {
	vm      model.Raw
	dropped bool
	err     error
}

func (a *App) kept(msg keptMsg) tea.Cmd {
	vm := text.Safe(msg.vm)
	line := vm + ": on the keep list"
	switch {
	case msg.err != nil:
		return a.perform(intent.All(intent.Failed(a.keyTime, "keep "+vm, msg.err), intent.Refresh{}))
	case msg.dropped:
		line = vm + ": no longer on the keep list"
	}
	m := intent.Message{At: a.keyTime, Role: styles.Good, Text: line}
	return a.perform(intent.All(intent.Tell{Message: m, Keep: true}, intent.Refresh{}))
}
