package tui

import (
	"microtui/model"
	"microtui/model/text"
	"microtui/tui/detail"
	"microtui/tui/draw"
	"microtui/tui/intent"
	"microtui/tui/keys"
	"microtui/tui/list"
)

// What commands do to the app. Nothing here acts on a host.

// move moves the cursor, or scrolls where there is none.
func (a *App) move(by int) intent.Intent {
	s := a.scrolling()
	switch {
	case a.dialog.IsOpen():
		a.dialog.Move(by)
	case s != nil:
		s.Move(by)
	case a.layer() == onSearch:
		a.log.Recall(by)
	case a.readsLog():
		return a.log.Move(by)
	default:
		a.list().Move(by)
	}
	return nil
}

func (a *App) jump(last bool) intent.Intent {
	s := a.scrolling()
	switch {
	case a.dialog.IsOpen():
		a.dialog.Jump(last)
	case s != nil:
		s.Jump(last)
	case a.readsLog():
		return a.log.Jump(last)
	default:
		a.list().Jump(last)
	}
	return nil
}

// scrolling is the text that is on top, nil where it is the table or a log.
func (a *App) scrolling() *draw.Scroll {
	switch {
	case a.dialog.IsOpen():
		return &a.dialog.Scroll
	case a.help.Open:
		return &a.help.Scroll
	case a.page == pageDetail && !a.onLogTab():
		return &a.detail.Scroll
	}
	return nil
}

func (a *App) pageHeight() int {
	if a.dialog.IsOpen() {
		return max(1, a.dialog.Scroll.Height-1) // a line of it can be pinned over the text
	}
	if s := a.scrolling(); s != nil {
		return s.Height
	}
	if a.readsLog() {
		return a.log.View.Height
	}
	return a.list().Height
}

// open opens the VMs with their leftovers, or the leftovers alone.
func (a *App) open(leftovers bool) {
	a.page = pageTable
	a.vms.Turn(leftovers)
}

// openPage opens the page of operations, or of the trash.
func (a *App) openPage(p page) intent.Intent {
	a.dialog.Close()
	a.page = p
	return intent.ReadOperations{}
}

func (a *App) whyNoDetail() text.SafeText {
	if _, ok := a.list().Selected(); !ok {
		return "nothing is selected"
	}
	return ""
}

func (a *App) openDetail() intent.Intent {
	ref, ok := a.list().Selected()
	if !ok {
		return intent.Warn("Detail: " + a.whyNoDetail())
	}
	a.detail.Open(ref, a.about(ref), int(a.page))
	a.page = pageDetail
	return nil
}

func (a *App) openHelp() { a.help = keys.Help{Open: true} }

// back peels one layer.
func (a *App) back() {
	switch {
	case a.dialog.IsOpen():
		a.dialog.Close()
	case a.help.Open:
		a.help.Open = false
	case a.readsLog() && a.log.Search.Text() != "":
		a.log.ClearSearch()
	case a.readsLog() && a.log.PeelFilter():
	case a.page == pageLog:
		a.page = a.under
	case a.page == pageDetail && a.detail.From != nil:
		a.returnTo(a.detail.From)
	case a.page == pageDetail:
		a.page = page(a.detail.Under)
	case a.page == pageDoctor:
		a.leaveDoctor()
	case a.page != pageTable && a.list().Filter.Text != "":
		a.clearFilter()
	case a.page != pageTable:
		a.page = pageTable
	case a.logFocus && a.hasPane():
		a.logFocus = false
	case a.vms.HasMarks():
		a.vms.ClearMarks()
	case a.vms.Filter.Text != "":
		a.clearFilter()
	case a.vms.View.ProblemsOnly:
		a.toggleProblems()
	case a.vms.LeftoversOnly:
		a.open(false)
	case a.logBelow:
		a.closeBelow()
	}
}

func (a *App) toggleProblems() {
	only := &a.vms.View.ProblemsOnly
	if a.page == pageDoctor {
		only = &a.doctor.FaultsOnly
	}
	*only = !*only
}

// groupNext groups the VMs by the next of what they can have in common, and at
// last not at all.
func (a *App) groupNext() intent.Intent {
	if why := a.whyNotGroup(); why != "" {
		return intent.Warn("Group: " + why)
	}
	a.vms.GroupNext()
	return nil
}

func (a *App) whyNotGroup() text.SafeText {
	if a.vms.LeftoversOnly {
		return "leftovers are always grouped by kind"
	}
	return ""
}

func (a *App) whyNoProblem() text.SafeText {
	if len(a.vms.Problems(&a.Scene)) == 0 {
		return "no problems are listed"
	}
	return ""
}

// nextProblem goes to the next problem down or up.
func (a *App) nextProblem(step int) intent.Intent {
	if why := a.whyNoProblem(); why != "" {
		return intent.Warn("Next problem: " + why)
	}
	a.vms.NextProblem(&a.Scene, step)
	return nil
}

// leaveDoctor peels a layer of the doctor's page.
func (a *App) leaveDoctor() {
	e := &a.doctor
	switch {
	case e.Filter.Text != "":
		a.clearFilter()
	case e.FaultsOnly:
		a.toggleProblems()
	case a.doctorFrom != nil:
		from := *a.doctorFrom
		a.doctorFrom, e.About, e.Filter, e.FaultsOnly = nil, model.Ref{}, list.Filter{}, false
		a.returnTo(&from)
	default:
		a.page = pageTable
	}
}

// returnTo opens a page about something again, as it was left.
func (a *App) returnTo(d *detail.Page) {
	a.detail, a.page = *d, pageDetail
	a.detail.Refresh(a.about(a.detail.Ref))
}
