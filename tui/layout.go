package tui

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
