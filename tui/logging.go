package tui

import (
	"errors"
	"io"
	"slices"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
)

// What commands do to the log pane, and when it is open.

// noJournal says why a host has no logs.
func (a *App) noJournal() model.SafeText {
	if a.options.Recorded {
		return "a recorded observation holds no log"
	}
	return "this host keeps no journal"
}

func (a *App) reasonForLog() model.SafeText {
	if _, ok := a.logTarget(); !ok {
		return "no VM is selected"
	}
	if a.journal == nil {
		return a.noJournal()
	}
	return ""
}

// logTarget is the VM whose log is asked for: the one of the page, or the
// selected one.
func (a *App) logTarget() (model.Raw, bool) {
	if a.page == pageLog {
		return a.logFor, true
	}
	if a.page == pageDetail {
		return a.detail.ref.Name, a.detail.about.vm != nil
	}
	ref, ok := a.table.selected()
	return ref.Name, ok && ref.Kind == model.KindVM
}

// openLogTab turns the detail page to the log.
func (a *App) openLogTab() {
	a.detail.tab = len(a.detail.tabs()) - 1
	a.detail.scroll.top = 0
}

// toggleLog opens the log of the selected VM below the table, or closes it
// where it is open already. Where there is no room below, it fills the screen.
func (a *App) toggleLog() tea.Cmd {
	a.closeDialog()
	vm, ok := a.logTarget()
	switch {
	case a.page == pageLog:
		a.page = a.under
	case a.logFocus && a.hasPane():
		a.closeBelow()
	case !ok:
		return a.warn("Log: no VM is selected")
	case a.page == pageDetail:
		a.openLogTab()
	case a.page != pageTable || !a.hasRoomForPane():
		return a.openLogPage()
	case a.logBelow && a.logFor == vm:
		a.closeBelow()
	default:
		a.logBelow, a.logFor = true, vm
	}
	return nil
}

func (a *App) closeBelow() { a.logBelow, a.logFocus = false, false }

// openLogPage opens a log on the whole screen, or goes back from there.
func (a *App) openLogPage() tea.Cmd {
	a.closeDialog()
	vm, ok := a.logTarget()
	switch {
	case a.page == pageLog:
		a.page = a.under
		return nil
	case a.logFocus && a.hasPane():
		vm, ok = a.logFor, true
	}
	if !ok {
		return a.warn("Log: no VM is selected")
	}
	a.under, a.page, a.logFor = a.page, pageLog, vm
	return nil
}

// turnFocus gives keys to the pane, or back to the table.
func (a *App) turnFocus() {
	if a.logBelow && a.page == pageTable {
		a.logFocus = !a.logFocus && a.hasPane()
	}
}

// onLogTab reports whether the log is what the detail page shows.
func (a *App) onLogTab() bool {
	return a.page == pageDetail && a.detail.about.vm != nil && a.detail.tabs()[a.detail.tab].title == logTab
}

// wantedLog is the VM whose log has to be open; empty: none.
func (a *App) wantedLog() model.Raw {
	switch {
	case a.onLogTab():
		return a.detail.ref.Name
	case a.page == pageLog, a.logBelow:
		return a.logFor
	}
	return ""
}

// syncLog opens and closes logs until the wanted one is open, and no other.
func (a *App) syncLog() tea.Cmd {
	vm := a.wantedLog()
	if vm == a.log.vm {
		return nil
	}
	closing := a.dropLog()
	if vm == "" {
		return closing
	}
	return tea.Batch(closing, a.startLog(vm))
}

// dropLog closes the open log.
func (a *App) dropLog() tea.Cmd {
	reader := a.log.reader
	a.log = logPane{view: logView{look: a.log.view.look, height: a.log.view.height}, priority: a.log.priority}
	a.searchChanged()
	if reader == nil {
		return nil
	}
	return a.closeReader(reader)
}

// startLog opens the log of a VM.
func (a *App) startLog(vm model.Raw) tea.Cmd {
	p := &a.log
	p.vm, p.view.follow, p.view.found = vm, true, nowhere
	if a.journal == nil {
		p.heard, p.ended, p.empty, p.complete = true, true, capital(a.noJournal())+".", true
		return nil
	}
	p.reader = a.logs.open(a.ctx, a.journal, p.query())
	return a.nextBatch(p.reader)
}

// restartLog reads the log anew from its end, as for another priority.
func (a *App) restartLog() tea.Cmd {
	vm, search := a.log.vm, a.log.search
	closing := a.dropLog()
	start := a.startLog(vm)
	a.log.search = search
	a.searchChanged()
	return tea.Batch(closing, start)
}

// receiveBatch takes lines of the open log; those of an earlier one are late.
func (a *App) receiveBatch(msg batchMsg) tea.Cmd {
	if a.log.reader == nil || a.log.reader.number != msg.reader {
		return nil
	}
	switch {
	case errors.Is(msg.err, io.EOF):
		a.log.ended, a.log.heard = true, true
		return nil
	case msg.err != nil:
		a.log.fault, a.log.heard = model.Safe(model.Raw(msg.err.Error())), true
		return nil
	}
	a.log.take(msg.batch)
	return a.nextBatch(a.log.reader)
}

func (a *App) receiveOlder(msg olderMsg) {
	if a.log.reader != nil && a.log.reader.number == msg.reader {
		a.log.takeOlder(msg)
	}
}

// backfill reads older lines where the oldest ones held come into sight.
func (a *App) backfill() tea.Cmd {
	if !a.log.view.nearStart() {
		return nil
	}
	return a.readBack()
}

// readBack reads the lines before those that are held.
func (a *App) readBack() tea.Cmd {
	p := &a.log
	if p.reader == nil || p.older || p.complete || len(p.view.window.lines) == 0 {
		return nil
	}
	p.older = true
	query := p.query()
	query.Follow, query.Last, query.Before = false, olderLines, p.view.window.lines[0].Cursor
	return a.readOlder(p.reader.number, query)
}

// moveLog scrolls the log.
func (a *App) moveLog(by int) tea.Cmd {
	a.log.view.move(by)
	return a.backfill()
}

func (a *App) jumpLog(last bool) tea.Cmd {
	if last {
		return a.followLog()
	}
	a.log.view.toFirst()
	return a.backfill()
}

// followLog goes to the newest line, reading the log anew where the window
// does not reach that far.
func (a *App) followLog() tea.Cmd {
	if a.log.view.cut {
		return a.restartLog()
	}
	a.log.view.resume()
	return nil
}

// toggleFollow follows, or holds what is in sight.
func (a *App) toggleFollow() tea.Cmd {
	if a.log.view.follow {
		a.log.view.pause()
		return nil
	}
	return a.followLog()
}

// toggleWrap keeps the line on top where it is.
func (a *App) toggleWrap() {
	a.log.view.look.wrap = !a.log.view.look.wrap
	a.log.view.top.row = 0
}

func (a *App) turnStamp() {
	a.log.view.look.stamp = (a.log.view.look.stamp + 1) % stampModes
	a.log.view.top.row = 0
}

// turnPriority shows the worse lines only, or all again. The log is read anew:
// what was hidden was never read.
func (a *App) turnPriority() tea.Cmd {
	at := slices.IndexFunc(priorities, func(step struct {
		most model.Priority
		name model.SafeText
	}) bool {
		return step.most == a.log.priority
	})
	a.log.priority = priorities[(at+1)%len(priorities)].most
	return a.restartLog()
}
