package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/tui/dialog"
	"microtui/tui/intent"
)

// become makes of the open dialog what it says, and does what it wants.
func (a *App) become(c dialog.Change, now time.Time) tea.Cmd {
	return a.perform(a.dialog.Become(c, now))
}

// perform does what a page, a pane or a dialog wants: the one place where
// intents become commands.
func (a *App) perform(i intent.Intent) tea.Cmd {
	switch i := i.(type) {
	case nil:
		return nil
	case intent.Several:
		commands := make([]tea.Cmd, len(i))
		for at, one := range i {
			commands[at] = a.perform(one)
		}
		return tea.Batch(commands...)
	case intent.Tell:
		return a.say(i)
	case intent.Keeping:
		a.remember(intent.Message(i))
		return nil
	case intent.Run:
		return a.perform(a.commands.Named(i.Command).Run(a))
	case intent.Ask:
		return a.perform(a.ask(i.Action, true))
	case intent.Copy:
		return a.copyOut(i.Text)
	case intent.Refresh:
		return guarded(func() tea.Msg { a.host.Refresh(); return nil })
	case intent.Enter:
		return a.enterGuest(i)
	case intent.Suspend:
		return a.suspend()
	case intent.Quit:
		return tea.Quit
	}
	return tea.Batch(a.performOnLog(i), a.performOnHost(i))
}

// performOnLog does what is wanted of logs.
func (a *App) performOnLog(i intent.Intent) tea.Cmd {
	switch i := i.(type) {
	case intent.ReadOlder:
		return a.readOlder(i)
	case intent.ReadNewer:
		return a.readNewer(i)
	case intent.SeekStart:
		return a.seekStart(i)
	case intent.ReopenLog:
		return a.restartLog()
	case intent.ShowUnit:
		a.log.Filter.Unit = a.log.UnitFilters()[i.At]
	case intent.Export:
		return a.export(i)
	}
	return nil
}

// performOnHost does what is wanted of the host.
func (a *App) performOnHost(i intent.Intent) tea.Cmd {
	switch i := i.(type) {
	case intent.Order:
		return a.order(i)
	case intent.Act:
		return a.act(i)
	case intent.CancelJob:
		return a.cancelJob(i.VM)
	case intent.Survey:
		return a.survey(i)
	case intent.Begin:
		return a.begin(i)
	case intent.Follow:
		return a.follow(i.ID)
	case intent.CancelOperation:
		return a.cancelOperation(i)
	case intent.Settle:
		return a.settle(i.ID)
	case intent.Unwanted:
		return a.perform(a.Work.Unwanted(i.ID))
	case intent.Discard:
		return a.discard(i.Build)
	case intent.ReadOutput:
		return a.readOutput(i.ID)
	case intent.Compare:
		return guarded(func() tea.Msg { return comparedMsg{a.differences(i.Wanted)} })
	case intent.ReadOperations:
		return a.readOperations()
	case intent.Keep:
		return a.keep(i.VM)
	case intent.Unkeep:
		return a.unkeep(i)
	}
	return nil
}

// order gives the orders that were agreed to.
func (a *App) order(i intent.Order) tea.Cmd {
	if i.Marked {
		a.vms.ClearMarks()
	}
	return a.perform(a.Work.Give(i.Orders, a.keyTime))
}
