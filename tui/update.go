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
	// keyMsg is a key and when it came.
	keyMsg struct {
		tea.KeyPressMsg
		at time.Time
	}
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
	case keyMsg:
		a.keyTime = msg.at
		return a, a.press(msg.KeyPressMsg)
	default:
		return a, a.work(msg)
	}
	return a, nil
}

// work takes the messages of orders and logs.
func (a *App) work(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case newsMsg:
		return a.hear(msg, time.Now())
	case tickMsg:
		return a.ticked(msg.now)
	case cancelledMsg:
		return a.cancelled(msg)
	case noticeOverMsg:
		a.noticeOver(msg.number)
	case batchMsg:
		return a.receiveBatch(msg)
	case olderMsg:
		a.receiveOlder(msg)
	}
	return nil
}

func (a *App) resize(width, height int) {
	a.width, a.height = width, height
	a.fit()
}

// fit gives the parts their room, which also depends on the data: a fault
// takes a line.
func (a *App) fit() {
	p := a.plan()
	a.table.resize(a.width, p.body.height)
	a.fitLog(p)
	a.fitDialog()
	a.detail.scroll.resize(p.body.height)
	a.help.scroll.resize(a.height - 1)
}

func (a *App) receive(shot snapshot, now time.Time) {
	a.shot, a.known, a.age = shot, true, 0
	if shot.held {
		a.ageData(now)
	}
	if !shot.held {
		a.prove()
	}
	a.pruneMarks()
	a.refill()
	a.detail.refresh(shot)
	a.renewDialog(now)
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
	if p, changed := a.openPrompt(); p != nil {
		p.insert(firstLine(text))
		changed()
	}
}

// openPrompt is the prompt that is typed into, and what follows a change; nil
// where none is open.
func (a *App) openPrompt() (p *prompt, changed func()) {
	switch a.layer() {
	case onPrompt:
		return &a.filter, a.filterChanged
	case onSearch:
		return &a.log.search, a.searchChanged
	}
	return nil, nil
}

// press gives a key to the topmost layer.
func (a *App) press(key tea.KeyPressMsg) tea.Cmd {
	if a.dialog.ignores(a.keyTime) && key.String() != "ctrl+c" {
		return nil
	}
	a.record.shown = nil
	if p, changed := a.openPrompt(); p != nil && p.edit(key) {
		changed()
		return nil
	}
	for i := range a.commands {
		if c := &a.commands[i]; c.where&a.layer() != 0 && c.matches(key) {
			cmd := c.run(a)
			sync := a.syncLog()
			a.showMarks()
			a.fit()
			return tea.Batch(cmd, sync)
		}
	}
	return nil
}

// layer is what keys go to.
func (a *App) layer() layers {
	switch {
	case a.tooSmall():
		return onNothing
	case a.dialog.content != nil:
		return a.dialog.content.layer()
	case a.help.open:
		return onHelp
	case a.filter.open:
		return onPrompt
	case a.log.search.open && a.readsLog():
		return onSearch
	case a.onLogTab():
		return onLogTab
	case a.page == pageDetail:
		return onDetail
	case a.readsLog():
		return onLog
	}
	return onTable
}

func (a *App) tooSmall() bool { return a.width < leastWidth || a.height < leastHeight }
