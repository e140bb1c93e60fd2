package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
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

func (a *App) cancelJob(vm model.Raw) tea.Cmd {
	return guarded(func() tea.Msg { return cancelledMsg{vm, a.actor.Cancel(a.ctx, vm)} })
}

// tick asks for the time of the next second, while something is waited for.
func (a *App) tick() tea.Cmd {
	if a.ticking || !a.Work.Waits() {
		return nil
	}
	a.ticking = true
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
