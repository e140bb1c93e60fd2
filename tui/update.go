package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/tui/logview"
	"microtui/tui/prompt"
	"microtui/tui/scene"
	"microtui/tui/table"
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
	cmd := a.handle(msg)
	return a, tea.Batch(cmd, a.due())
}

func (a *App) handle(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case resizedMsg:
		a.resize(a.screen.Size())
	case resumedMsg:
		return a.resume()
	case crashMsg:
		a.crash = msg.err
		return tea.Quit
	case snapshotMsg:
		a.receive(msg.Snapshot, time.Now())
		return tea.Batch(a.waitForData(), a.readOperations())
	case silentMsg:
		a.ageData(msg.now)
		return a.waitForData()
	case tea.PasteMsg:
		a.paste(msg.Content)
	case visitedMsg:
		return a.visited(msg)
	case tea.MouseMsg:
		return a.point(msg)
	case keyMsg:
		a.keyTime = msg.at
		return a.press(msg.KeyPressMsg)
	default:
		return tea.Batch(a.work(msg), a.operate(msg, time.Now()))
	}
	return nil
}

// operate takes the messages of operations.
func (a *App) operate(msg tea.Msg, now time.Time) tea.Cmd {
	switch msg := msg.(type) {
	case operationsMsg:
		return a.receiveOperations(msg, now)
	case operationMsg:
		return a.hearOperation(msg, now)
	case outputMsg:
		a.receiveOutput(msg)
	case lookedMsg:
		a.looked(msg, now)
	case beganMsg:
		return a.began(msg, now)
	case deedMsg:
		return a.deedDone(msg, now)
	case keptMsg:
		return a.keptDone(msg)
	case comparedMsg:
		a.compared(msg)
	}
	return nil
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
	case logview.Older:
		return a.perform(a.log.TakeOlder(msg))
	case logview.Newer:
		return a.perform(a.log.TakeNewer(msg))
	case logview.StartFound:
		return a.perform(a.log.TakeStart(msg))
	case exportedMsg:
		return a.exported(msg)
	}
	return nil
}

// resize takes the terminal's size. One that is the same as before may have
// been another in between, and the terminal may have lost what it showed.
func (a *App) resize(width, height int) {
	if width == a.width && height == a.height {
		a.screen.Redraw()
	}
	a.width, a.height = width, height
	a.fit()
}

// fit gives the parts their room, which also depends on the data: a fault
// takes a line.
func (a *App) fit() {
	p := a.plan()
	for _, t := range []*table.Table{&a.table, &a.ops.table, &a.trash, &a.doctor.table} {
		t.Resize(a.width, p.body.height)
	}
	a.fitLog(p)
	a.fitDialog()
	a.detail.Scroll.Resize(p.body.height)
	a.help.scroll.Resize(a.height - 1)
}

func (a *App) receive(shot scene.Snapshot, now time.Time) {
	a.shot, a.known, a.age = shot, true, 0
	if shot.Held {
		a.ageData(now)
	}
	if !shot.Held {
		a.prove()
	}
	a.chart(shot)
	a.orphans, a.reasons, a.ways = shot.Inventory.CleanableCount(), nil, nil
	a.pruneMarks()
	a.refill()
	a.refillPages()
	a.refillDoctor()
	a.detail.Refresh(a.about(a.detail.Ref))
	a.renewDialog(now)
	a.fit()
}

// ageData notes how old the data is. A recorded observation does not age.
func (a *App) ageData(now time.Time) {
	if a.known && !a.options.Recorded {
		a.age = max(time.Second, now.Sub(a.shot.Received))
	}
}

// paste never acts: pasted text goes into an open prompt or nowhere. A word
// that has to be typed is typed.
func (a *App) paste(text string) {
	if p, changed := a.openPrompt(); p != nil && a.layer() != onTyped && a.visit == nil {
		p.Insert(firstLine(text))
		changed()
	}
}

// openPrompt is the prompt that is typed into, and what follows a change; nil
// where none is open.
func (a *App) openPrompt() (p *prompt.Prompt, changed func()) {
	switch a.layer() {
	case onPrompt:
		return &a.filter, a.filterChanged
	case onSearch:
		return &a.log.Search, a.log.SearchChanged
	case onTimes:
		return &a.log.Times, func() { a.log.TimesWhy = "" }
	case onExport:
		p := a.dialog.content.(*exporting)
		return &p.field, func() { p.wrong = "" }
	case onPalette:
		p := a.dialog.content.(*palette)
		return &p.field, func() { a.narrowed(p) }
	case onTyped:
		field, wrong := a.dialog.content.(typed).entry()
		return field, func() { *wrong = false }
	}
	return nil, nil
}

// press gives a key to the topmost layer.
func (a *App) press(key tea.KeyPressMsg) tea.Cmd {
	if a.visit != nil {
		return nil
	}
	if a.dialog.ignores(a.keyTime) && key.String() != "ctrl+c" {
		return nil
	}
	a.record.shown, a.log.Seeks = nil, 0
	if p, changed := a.openPrompt(); p != nil && p.Edit(key) {
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
	case a.filter.Open:
		return onPrompt
	case a.log.Search.Open && a.readsLog():
		return onSearch
	case a.log.Times.Open && a.readsLog():
		return onTimes
	}
	return a.pageLayer()
}

// pageLayer is what keys go to where nothing lies over the page.
func (a *App) pageLayer() layers {
	switch {
	case a.onLogTab():
		return onLogTab
	case a.page == pageDetail && a.detail.About.Operation != nil:
		return onOperation
	case a.page == pageDetail && a.detail.About.Entry != nil:
		return onEntry
	case a.page == pageDetail && a.detail.About.Finding != nil:
		return onFinding
	case a.page == pageDetail:
		return onDetail
	case a.page == pageDoctor:
		return onDoctor
	case a.page == pageOperations:
		return onOperations
	case a.page == pageTrash:
		return onTrash
	case a.readsLog():
		return onLog
	}
	return onTable
}

func (a *App) tooSmall() bool { return a.width < leastWidth || a.height < leastHeight }
