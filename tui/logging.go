package tui

import (
	"errors"
	"io"
	"slices"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/wording"
)

// What commands do to the log pane, and when it is open.

// noJournal says why a host has no logs.
func (a *App) noJournal() model.SafeText {
	if a.options.Recorded {
		return "a recorded observation holds no log"
	}
	return "this host keeps no journal"
}

// whyNoLog says why keys of a log do nothing; empty: they may do something.
func (a *App) whyNoLog() model.SafeText {
	if a.journal == nil {
		return a.noJournal()
	}
	return ""
}

// reasonForLog says why no log can be opened; empty: one can.
func (a *App) reasonForLog() model.SafeText {
	switch vms := a.logTargets(); {
	case len(vms) == 0:
		return "no VM is selected"
	case len(vms) > maxLogVMs:
		return model.Safef("%d VMs are marked, and a log is of %d at most", len(vms), maxLogVMs)
	}
	return a.whyNoLog()
}

// maxLogVMs is how many VMs a log may be of. For each line the journal looks
// for the next one of each of their units: journalctl (252) gives 1,000 lines of
// one VM in 0.03 s, of 32 in 0.17 s.
const maxLogVMs = 32

// logTargets are the VMs whose log is asked for: those of the open one, that
// of the page, the marked ones, or the selected one.
func (a *App) logTargets() []model.Raw {
	if a.page == pageLog {
		return a.logFor
	}
	vms, _ := a.targets()
	return vms
}

// target is the one VM that is meant, whatever is marked.
func (a *App) target() (model.Raw, bool) {
	if a.page == pageDetail {
		return a.detail.ref.Name, a.detail.about.vm != nil
	}
	ref, ok := a.table.Selected()
	return ref.Name, ok && ref.Kind == model.KindVM
}

// openLogTab turns the detail page to the log.
func (a *App) openLogTab() {
	a.detail.tab = len(a.detail.tabs()) - 1
	a.detail.scroll.Top = 0
}

// toggleLog opens the log of the VMs that are meant below the table, or closes
// it where it is open already. Where there is no room below, it fills the
// screen.
func (a *App) toggleLog() tea.Cmd {
	a.closeDialog()
	vms := a.logTargets()
	switch {
	case a.page == pageLog:
		a.page = a.under
	case a.logFocus && a.hasPane():
		a.closeBelow()
	case a.logBelow && a.page == pageTable && slices.Equal(a.logFor, vms):
		a.closeBelow()
	case len(vms) == 0 || len(vms) > maxLogVMs:
		return a.warn("Log: " + a.reasonForLog())
	case a.page == pageDetail:
		a.openLogTab()
	case a.page != pageTable || !a.hasRoomForPane():
		return a.openLogPage()
	default:
		a.logBelow, a.logFor = true, vms
	}
	return nil
}

func (a *App) closeBelow() { a.logBelow, a.logFocus = false, false }

// openLogPage opens a log on the whole screen, or goes back from there.
func (a *App) openLogPage() tea.Cmd {
	a.closeDialog()
	vms := a.logTargets()
	switch {
	case a.page == pageLog:
		a.page = a.under
		return nil
	case a.logFocus && a.hasPane():
		vms = a.logFor
	case len(vms) == 0 || len(vms) > maxLogVMs:
		return a.warn("Log: " + a.reasonForLog())
	}
	a.under, a.page, a.logFor = a.page, pageLog, vms
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

// wantedLog are the VMs whose log has to be open; none: no log has to.
func (a *App) wantedLog() []model.Raw {
	switch {
	case a.onLogTab():
		return []model.Raw{a.detail.ref.Name}
	case a.page == pageLog, a.logBelow:
		return a.logFor
	}
	return nil
}

// syncLog opens and closes logs until the wanted one is open, and no other. It
// is read anew where something else is to be shown of it: what was hidden was
// never read.
func (a *App) syncLog() tea.Cmd {
	vms, p := a.wantedLog(), &a.log
	switch {
	case !slices.Equal(vms, p.vms):
		closing := a.dropLog()
		if len(vms) == 0 {
			return closing
		}
		return tea.Batch(closing, a.startLog(vms))
	case len(vms) > 0 && p.filter != p.read:
		return a.restartLog()
	}
	return nil
}

// dropLog closes the open log. Of what it was narrowed to, only the priority
// is as good for another one.
func (a *App) dropLog() tea.Cmd {
	reader := a.log.reader
	a.log = logPane{
		view:    logView{look: a.log.view.look, height: a.log.view.height},
		filter:  logFilter{priority: a.log.filter.priority},
		exports: a.log.exports,
	}
	a.searchChanged()
	if reader == nil {
		return nil
	}
	return a.closeReader(reader)
}

// startLog opens the log of VMs.
func (a *App) startLog(vms []model.Raw) tea.Cmd {
	p := &a.log
	p.vms, p.read = vms, p.filter
	p.view.follow, p.view.found, p.started = true, nowhere, nowhere
	p.view.look.names = logNames(vms, a.styles, a.glyphs)
	if a.journal == nil {
		p.heard, p.ended, p.empty, p.complete = true, true, wording.Capital(a.noJournal())+".", true
		return nil
	}
	p.reader = a.logs.open(a.ctx, a.journal, p.query())
	return a.nextBatch(p.reader)
}

// restartLog reads the log anew from its end.
func (a *App) restartLog() tea.Cmd {
	before := a.log
	closing := a.dropLog()
	p := &a.log
	p.filter, p.search, p.times, p.sources = before.filter, before.search, before.times, before.sources
	start := a.startLog(before.vms)
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

// receiveOlder takes older lines, and reads on where they come too late: from
// before lines that are not held any more.
func (a *App) receiveOlder(msg olderMsg) tea.Cmd {
	p := &a.log
	if p.reader == nil || p.reader.number != msg.reader {
		return nil
	}
	if p.takeOlder(msg) {
		return nil
	}
	return a.backfill()
}
