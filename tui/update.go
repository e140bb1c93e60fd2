package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// The messages that are not data.
type (
	// resizedMsg comes when the terminal has another size, and at the start. It
	// holds none: two of them may overtake each other.
	resizedMsg struct{}
	// resumedMsg comes when the program runs on after it was stopped.
	resumedMsg struct{}
	// crashMsg carries a panic of a command to the loop, which ends.
	crashMsg struct{ err error }
)

// Update implements tea.Model. The order is fixed: the terminal, then data,
// then keys, which go to the layer on top.
func (a *App) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case resizedMsg:
		a.resize(a.screen.Size())
	case resumedMsg:
		return a, a.resume()
	case crashMsg:
		a.crash = msg.err
		return a, tea.Quit
	case snapshotMsg:
		a.receive(msg.snapshot, time.Now())
		return a, a.waitForData()
	case silentMsg:
		a.ageData(msg.now)
		return a, a.waitForData()
	case tea.PasteMsg:
		a.paste(msg.Content)
	case tea.KeyPressMsg:
		return a, a.press(msg)
	}
	return a, nil
}

func (a *App) resize(width, height int) {
	a.width, a.height = width, height
	a.fit()
}

// fit gives the parts their room, which also depends on the data: a fault
// takes a line.
func (a *App) fit() {
	p := layout(a.height, a.hasAlert())
	a.table.resize(a.width, p.body.height, a.columns())
	a.detail.scroll.resize(p.body.height)
	a.help.scroll.resize(a.height - 1)
}

func (a *App) receive(shot snapshot, now time.Time) {
	a.shot, a.known, a.age = shot, true, 0
	if shot.held {
		a.ageData(now)
	}
	a.refill()
	a.detail.refresh(shot)
	a.fit()
}

// ageData notes how old the data is. A recorded observation does not age.
func (a *App) ageData(now time.Time) {
	if a.known && !a.options.Recorded {
		a.age = max(time.Second, now.Sub(a.shot.received))
	}
}

// paste never acts: pasted text goes into an open prompt or nowhere.
func (a *App) paste(text string) {
	if a.filter.open {
		a.filter.insert(firstLine(text))
		a.filterChanged()
	}
}

// press gives a key to the topmost layer.
func (a *App) press(key tea.KeyPressMsg) tea.Cmd {
	if a.filter.open && a.type_(key) {
		return nil
	}
	for i := range a.commands {
		if c := &a.commands[i]; c.where&a.layer() != 0 && c.matches(key) {
			cmd := c.run(a)
			a.fit()
			return cmd
		}
	}
	return nil
}

// layer is what keys go to.
func (a *App) layer() layers {
	switch {
	case a.tooSmall():
		return onNothing
	case a.help.open:
		return onHelp
	case a.filter.open:
		return onPrompt
	case a.page == pageDetail:
		return onDetail
	}
	return onTable
}

func (a *App) tooSmall() bool { return a.width < leastWidth || a.height < leastHeight }
