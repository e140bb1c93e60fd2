package tui

import (
	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/detail"
	"microtui/tui/intent"
)

// The mouse chooses, opens and scrolls. It never acts: no click starts, stops
// or confirms anything, and a dialog takes none.

// wheelRows is how far a notch of the wheel goes.
const wheelRows = 3

// takeMouse makes the mouse the screen's, or leaves it to the terminal again.
func (a *App) takeMouse() intent.Intent {
	a.mouse, a.clicked = !a.mouse, model.Ref{}
	a.screen.Mouse(a.mouse)
	words := text.SafeText("Mouse off: the terminal selects text.")
	if a.mouse {
		words = "Mouse on: in most terminals, hold Shift to select text."
	}
	return intent.Tell{Message: intent.Message{Role: styles.Dim, Text: words}}
}

// point takes what the mouse did. What comes late, after it was given back, is
// nothing.
func (a *App) point(msg tea.MouseMsg) intent.Intent {
	if !a.mouse || a.guest != nil || a.tooSmall() {
		return nil
	}
	at := msg.Mouse()
	switch msg.(type) {
	case tea.MouseWheelMsg:
		by := map[tea.MouseButton]int{tea.MouseWheelDown: wheelRows, tea.MouseWheelUp: -wheelRows}[at.Button]
		return a.roll(by, at.Y)
	case tea.MouseClickMsg:
		if at.Button != tea.MouseLeft || at.Mod != 0 {
			return nil
		}
		a.notice.shown = nil
		return a.click(at.X, at.Y)
	}
	return nil
}

// roll scrolls what is on a line of the screen.
func (a *App) roll(by, y int) intent.Intent {
	p := a.plan()
	switch {
	case by == 0:
	case a.layer()&(onMenu|onPalette) != 0:
		return a.move(by / wheelRows)
	case a.dialog.IsOpen(), a.help.Open:
		return a.move(by)
	case a.page == pageLog, a.onLogTab(), p.pane.holds(y):
		return a.log.Move(by)
	case a.page == pageDetail:
		a.detail.Scroll.Move(by)
	default:
		a.list().Roll(by)
	}
	return nil
}

// click does what a click on a cell of the screen does.
func (a *App) click(x, y int) intent.Intent {
	if a.filter.Open && a.layer() == onPrompt {
		a.keepFilter()
	}
	if a.layer() != a.pageLayer() {
		return nil
	}
	switch p := a.plan(); {
	case p.heading.holds(y) && a.page == pageDetail:
		a.clickTab(x)
	case p.heading.holds(y) && a.page == pageTable:
		a.clickTitle(x)
	case p.pane.holds(y):
		a.logFocus = true
	case p.body.holds(y) && a.page != pageDetail && a.page != pageLog:
		a.logFocus = false
		return a.clickRow(y - p.body.y)
	}
	return nil
}

// holds reports whether a line of the screen is among them.
func (s span) holds(y int) bool { return y >= s.y && y < s.y+s.height }

// clickRow selects what is on a row in sight; a second click on it opens the
// page about it.
func (a *App) clickRow(y int) intent.Intent {
	t := a.list()
	before, _ := t.Selected()
	if !t.Point(y) {
		return nil
	}
	ref, _ := t.Selected()
	again := ref == before && ref == a.clicked
	a.clicked = ref
	if again {
		a.clicked = model.Ref{}
		return a.openDetail()
	}
	return nil
}

// clickTab turns to the tab at a cell of the line of tabs.
func (a *App) clickTab(x int) {
	d := &a.detail
	end := 0
	for at, from := 0, d.FirstTab(a.width); from+at < len(d.Tabs()); at++ {
		if end += detail.TabsWidth(d.Tabs()[from+at : from+at+1]); x < end {
			a.turnTo(d.Tabs()[from+at].Title)
			return
		}
	}
}

// clickTitle sorts by the column at a cell, or the other way round where that
// is sorted by already.
func (a *App) clickTitle(x int) {
	a.vms.SortAs(a.vms.SortAt(x))
}
