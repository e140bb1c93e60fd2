package tui

import (
	tea "charm.land/bubbletea/v2"

	"microtui/tui/intent"
)

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
	}
	return a.performOnLog(i)
}

// performOnLog does what the log pane wants.
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
	}
	return nil
}
