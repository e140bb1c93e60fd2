package tui

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/tui/intent"
	"microtui/tui/logview"
	"microtui/wording"
)

// What commands do to the log pane, and when it is open.

// noJournal says why a host has no logs; empty: it has.
func noJournal(journal Logs, recorded bool) text.SafeText {
	switch {
	case journal != nil:
		return ""
	case recorded:
		return "a recorded observation holds no log"
	}
	return wording.NoJournal
}

// reasonForLog says why no log can be opened; empty: one can.
func (a *App) reasonForLog() text.SafeText {
	switch vms := a.logTargets(); {
	case len(vms) == 0:
		return "no VM is selected"
	case len(vms) > logview.MaxVMs:
		return model.Counted(len(vms), "VM") + text.Safef(" are marked; a log can show at most %d", logview.MaxVMs)
	}
	return a.log.Why
}

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
		return a.detail.Ref.Name, a.detail.About.VM != nil
	}
	ref, ok := a.vms.Selected()
	return ref.Name, ok && ref.Kind == model.KindVM
}

// openLogTab turns the detail page to the log.
func (a *App) openLogTab() {
	a.detail.Tab = len(a.detail.Tabs()) - 1
	a.detail.Scroll.Top = 0
}

// toggleLog opens the log of the VMs that are meant below the table, or closes
// it where it is open already. Where there is no room below, it fills the
// screen.
func (a *App) toggleLog() intent.Intent {
	a.dialog.Close()
	vms := a.logTargets()
	switch {
	case a.page == pageLog:
		a.page = a.under
	case a.logFocus && a.hasPane():
		a.closeBelow()
	case a.logBelow && a.page == pageTable && slices.Equal(a.logFor, vms):
		a.closeBelow()
	case len(vms) == 0 || len(vms) > logview.MaxVMs:
		return intent.Warn("Log: " + a.reasonForLog())
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
func (a *App) openLogPage() intent.Intent {
	a.dialog.Close()
	vms := a.logTargets()
	switch {
	case a.page == pageLog:
		a.page = a.under
		return nil
	case a.logFocus && a.hasPane():
		vms = a.logFor
	case len(vms) == 0 || len(vms) > logview.MaxVMs:
		return intent.Warn("Log: " + a.reasonForLog())
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

// wantedLog are the VMs whose log has to be open; none: no log has to.
func (a *App) wantedLog() []model.Raw {
	switch {
	case a.onLogTab():
		return []model.Raw{a.detail.Ref.Name}
	case a.page == pageLog, a.logBelow:
		return a.logFor
	}
	return nil
}

// syncLog opens and closes logs until the wanted one is open, and no other.
func (a *App) syncLog() tea.Cmd {
	vms, p := a.wantedLog(), &a.log
	switch {
	case !slices.Equal(vms, p.VMs):
		closing := a.closeReader(p.Reader)
		p.Drop()
		if len(vms) == 0 {
			return closing
		}
		return tea.Batch(closing, a.startLog(vms))
	case len(vms) > 0 && p.Stale():
		return a.restartLog()
	}
	return nil
}

// startLog opens the log of VMs.
func (a *App) startLog(vms []model.Raw) tea.Cmd {
	p := &a.log
	p.Begin(vms, 0)
	if p.Why != "" {
		return nil
	}
	r := a.logs.open(a.ctx, a.journal, p.Query())
	p.Reader = r.number
	return a.nextBatch(r)
}

// restartLog reads the log anew from its end.
func (a *App) restartLog() tea.Cmd {
	vms, closing := a.log.VMs, a.closeReader(a.log.Reader)
	a.log.Again()
	return tea.Batch(closing, a.startLog(vms))
}

// hostTime is the time on the host when the key was pressed: the simulated
// one has a clock of its own.
func (a *App) hostTime() time.Time {
	if !a.Known {
		return a.keyTime
	}
	return a.Shot.Inventory.At.Add(max(0, a.keyTime.Sub(a.Shot.Received))).Local()
}

// logHeading is the line above a log: whose it is, what it does, and what it
// counted.
func (a *App) logHeading() string {
	l := a.newLine()
	name := styles.Strong
	if a.readsLog() {
		name = styles.Accent
	}
	figures := a.log.Figures(a.width < draw.NarrowCells, a.hostTime())
	if how := a.commands.Mention("", "switch-pane", " to scroll"); how != "" && a.hasPane() && !a.logFocus {
		figures = append(figures, draw.Figure{Run: draw.Run{Role: styles.Dim, Text: how}, Rank: 8})
	}
	a.log.Title(l, name, figures)
	return l.String()
}
