package tui

import (
	"microtui/tui/detail"
	"microtui/tui/list"
)

// The smallest screen that is worth showing anything on.
const (
	leastWidth  = 20
	leastHeight = 5
)

// leastSplit is the smallest body that has room for a pane.
const leastSplit = 9

// span is some lines of the screen, from the top.
type span struct{ y, height int }

// plan says which part of the page gets which lines. A part without room has
// no height.
type plan struct {
	header  span // the host and its figures
	alerts  span // what is wrong
	heading span // column titles, or tabs
	body    span
	pane    span // a log below the table, its title first
	status  span // keys, or the prompt
}

// layout divides a screen of so many lines. Where lines are few the body
// keeps at least one, and what is wrong is told before column titles are
// shown.
func layout(height, alerts int, below bool) plan {
	var p plan
	y, free := 0, height-1
	take := func(wanted bool) span {
		if !wanted || free < 1 {
			return span{y: y}
		}
		s := span{y, 1}
		y, free = y+1, free-1
		return s
	}
	p.header = take(true)
	hasStatus := free > 0
	if hasStatus {
		free--
	}
	p.alerts.y = y
	for range alerts {
		p.alerts.height += take(true).height
	}
	p.heading = take(true)
	p.body = span{y, free + 1}
	if below && p.body.height >= leastSplit {
		p.pane.height = max(4, p.body.height*2/5)
		p.body.height -= p.pane.height
		p.pane.y = y + p.body.height
	}
	if hasStatus {
		p.status = span{height - 1, 1}
	}
	return p
}

// plan divides the screen as it is now.
func (a *App) plan() plan {
	return layout(a.height, len(a.alerts()), a.page == pageTable && a.logBelow)
}

func (a *App) hasRoomForPane() bool { return layout(a.height, len(a.alerts()), true).pane.height > 0 }

// hasPane reports whether a log is in sight below the table.
func (a *App) hasPane() bool { return a.page == pageTable && a.logBelow && a.plan().pane.height > 0 }

// readsLog reports whether keys are for a log.
func (a *App) readsLog() bool {
	return a.page == pageLog || a.onLogTab() || a.logFocus && a.hasPane()
}

// fitLog gives the log its room, wherever it is shown.
func (a *App) fitLog(p plan) {
	height := a.log.View.Height
	switch {
	case a.page == pageLog:
		height = p.body.height
	case a.onLogTab():
		height = p.body.height - 1
	case p.pane.height > 0:
		height = p.pane.height - 1
	}
	a.log.Fit(a.width, height)
}

// onLogTab reports whether the log is what the detail page shows.
func (a *App) onLogTab() bool {
	return a.page == pageDetail && a.detail.About.VM != nil && a.detail.Tabs()[a.detail.Tab].Title == detail.LogTab
}

// resize takes the terminal's size. One that is the same as before may have
// been another in between, and the terminal may have lost what it showed.
func (a *App) resize(width, height int) {
	if width == a.width && height == a.height {
		a.screen.Redraw()
	}
	a.width, a.height = width, height
}

// fit gives the parts their room, which also depends on the data: a fault
// takes a line.
func (a *App) fit() {
	p := a.plan()
	for _, l := range []*list.List{&a.vms.List, &a.ops.List, &a.trash.List, &a.doctor.List} {
		l.Resize(a.width, p.body.height)
	}
	a.fitLog(p)
	a.dialog.Fit(&a.Scene, a.room())
	a.detail.Scroll.Resize(p.body.height)
	a.help.Scroll.Resize(a.height - 1)
}
