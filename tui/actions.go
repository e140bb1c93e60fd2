package tui

import (
	"slices"

	"microtui/model"
	"microtui/model/text"
	"microtui/tui/draw"
	"microtui/tui/intent"
	"microtui/tui/keys"
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
	case a.readsLog():
		return a.log.Move(by)
	default:
		a.listed().Move(by)
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
		a.listed().Jump(last)
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
	if s := a.scrolling(); s != nil {
		return s.Height
	}
	if a.readsLog() {
		return a.log.View.Height
	}
	return a.listed().Height
}

// open opens the VMs with their leftovers, or the leftovers alone.
func (a *App) open(leftovers bool) {
	a.page, a.leftoversOnly = pageTable, leftovers
}

// openPage opens the page of operations, or of the trash.
func (a *App) openPage(p page) intent.Intent {
	a.page = p
	return intent.ReadOperations{}
}

func (a *App) whyNoDetail() text.SafeText {
	if _, ok := a.listed().Selected(); !ok {
		return "nothing is selected"
	}
	return ""
}

func (a *App) openDetail() intent.Intent {
	ref, ok := a.listed().Selected()
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
	case a.page != pageTable && a.shownFilter().text != "":
		a.clearFilter()
	case a.page != pageTable:
		a.page = pageTable
	case a.logFocus && a.hasPane():
		a.logFocus = false
	case a.marks.any():
		a.marks.clear()
	case a.vms.filter.text != "":
		a.clearFilter()
	case a.view.ProblemsOnly:
		a.toggleProblems()
	case a.leftoversOnly:
		a.open(false)
	case a.logBelow:
		a.closeBelow()
	}
}

func (a *App) toggleProblems() {
	only := &a.view.ProblemsOnly
	if a.page == pageDoctor {
		only = &a.doctor.faultsOnly
	}
	*only = !*only
}

// sortBy sorts by the next column, around the ends, in its natural direction.
func (a *App) sortBy(step int) {
	keys := model.SortKeys
	at := slices.Index(keys, a.view.Sort)
	a.view.Sort = keys[(at+step+len(keys))%len(keys)]
	a.view.Descending = biggestFirst[a.view.Sort]
	a.rearrange()
}

// rearrange shows the VMs in another order. The cursor stays on its VM; who
// looked at the beginning of the table still does, as far as the cursor lets.
func (a *App) rearrange() {
	t := &a.vms.table
	atTop := t.Top == 0
	a.fill()
	if atTop {
		t.Top = 0
		t.Scroll()
	}
}

// biggestFirst holds the columns of which one wants to see the top.
var biggestFirst = map[model.SortKey]bool{model.SortCPU: true, model.SortMemory: true, model.SortNet: true, model.SortUptime: true}

func (a *App) invert() {
	a.view.Descending = !a.view.Descending
	a.rearrange()
}

// groupNext groups the VMs by the next of what they can have in common, and at
// last not at all.
func (a *App) groupNext() intent.Intent {
	if why := a.whyNotGroup(); why != "" {
		return intent.Warn("Group: " + why)
	}
	keys := model.GroupKeys
	a.view.Group = keys[(slices.Index(keys, a.view.Group)+1)%len(keys)]
	a.rearrange()
	return nil
}

func (a *App) whyNotGroup() text.SafeText {
	if a.leftoversOnly {
		return "leftovers stand together by what they are"
	}
	return ""
}
