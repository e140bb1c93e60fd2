package logview

import (
	"math"

	"microtui/model/text"
)

// Spot is a row of a log: a line's number, and which of its rows.
type Spot struct {
	Line int64
	row  int
}

func (s Spot) before(t Spot) bool {
	return s.Line < t.Line || s.Line == t.Line && s.row < t.row
}

// View is the part of a log in sight. Drawing and moving cost what is in
// sight or passed, never what is held.
type View struct {
	Window Window
	Layout Layout
	Height int
	Follow bool // the newest line is in sight, and stays so
	Top    Spot // the first row in sight, where it does not follow
	// newer counts the lines that came since it stopped following.
	newer int
	// Cut is set where lines newer than the window's last were taken away: it
	// has to be opened again to follow.
	Cut bool
	// found is the line of the last match that was gone to.
	found int64
}

// nowhere is no line's number.
const nowhere = math.MinInt64

// rows is how many rows a line takes.
func (v *View) rows(number int64) int { return v.Layout.Rows(&v.Window, number) }

// bottom is the first row in sight where the last one is at the end.
func (v *View) bottom() Spot {
	return v.back(Spot{v.Window.End(), 0}, v.Height)
}

// back is the spot so many rows before another, or the first.
func (v *View) back(from Spot, by int) Spot {
	at := from
	for by > 0 {
		if at.row >= by {
			return Spot{at.Line, at.row - by}
		}
		by -= at.row
		if at.Line <= v.Window.First {
			return Spot{v.Window.First, 0}
		}
		at = Spot{at.Line - 1, v.rows(at.Line - 1)}
	}
	return at
}

// forth is the spot so many rows after another, or the end.
func (v *View) forth(from Spot, by int) Spot {
	at := from
	for at.Line < v.Window.End() {
		rows := v.rows(at.Line)
		if at.row+by < rows {
			return Spot{at.Line, at.row + by}
		}
		by -= rows - at.row
		at = Spot{at.Line + 1, 0}
	}
	return at
}

// Start is the first row in sight.
func (v *View) Start() Spot {
	if v.Follow {
		return v.bottom()
	}
	return v.Top
}

// Move scrolls by so many rows. Going up stops following; arriving at the end
// follows again, where the window holds the end.
func (v *View) Move(by int) {
	switch {
	case by < 0:
		v.pause()
		v.Top = v.back(v.Top, -by)
	case v.Follow:
	default:
		v.Top = v.forth(v.Top, by)
		v.settle()
	}
}

// settle keeps the last row from rising above the bottom, and follows where it
// is there.
func (v *View) settle() {
	bottom := v.bottom()
	if v.Top.before(bottom) {
		return
	}
	v.Top = bottom
	if !v.Cut {
		v.resume()
	}
}

// pause stops following: what is in sight stays, whatever comes.
func (v *View) pause() {
	if v.Follow && len(v.Window.Lines) > 0 {
		v.Top, v.Follow, v.newer = v.bottom(), false, 0
	}
}

func (v *View) resume() { v.Follow, v.newer = true, 0 }

// toFirst goes to the oldest line held.
func (v *View) toFirst() {
	v.pause()
	v.Top = Spot{v.Window.First, 0}
}

// show brings a line into sight, in the middle.
func (v *View) show(number int64) {
	v.pause()
	v.Top = v.back(Spot{number, 0}, v.Height/2)
	if bottom := v.bottom(); bottom.before(v.Top) {
		v.Top = bottom
	}
}

// Sees reports whether the first row of a line is in sight.
func (v *View) Sees(number int64) bool {
	at := Spot{number, 0}
	start := v.Start()
	return !at.before(start) && at.before(v.forth(start, v.Height))
}

// nearStart reports whether the oldest line held is in sight, or nearly.
func (v *View) nearStart() bool {
	return !v.Follow && v.Top.Line <= v.Window.First+int64(v.Height)
}

// Place is where the first row in sight is among the lines held, where that is
// not the end.
func (v *View) Place() text.SafeText {
	if v.Follow || len(v.Window.Lines) == 0 {
		return ""
	}
	return text.Safef("%d/%d", v.Top.Line-v.Window.First+1, len(v.Window.Lines))
}

// Drawn are the rows in sight.
func (v *View) Drawn() []string {
	var rows []string
	start := v.Start()
	v.Layout.found = v.found
	for number := start.Line; number < v.Window.End() && len(rows) < v.Height; number++ {
		drawn := v.Layout.Draw(&v.Window, number)
		if number == start.Line {
			drawn = drawn[min(start.row, len(drawn)):]
		}
		rows = append(rows, drawn[:min(len(drawn), v.Height-len(rows))]...)
	}
	return rows
}
