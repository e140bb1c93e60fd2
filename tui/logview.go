package tui

import (
	"math"

	"microtui/model"
)

// spot is a row of a log: a line's number, and which of its rows.
type spot struct {
	line int64
	row  int
}

func (s spot) before(t spot) bool {
	return s.line < t.line || s.line == t.line && s.row < t.row
}

// logView is the part of a log in sight. Drawing and moving cost what is in
// sight or passed, never what is held.
type logView struct {
	window logWindow
	look   logLook
	height int
	follow bool // the newest line is in sight, and stays so
	top    spot // the first row in sight, where it does not follow
	// newer counts the lines that came since it stopped following.
	newer int
	// cut is set where lines newer than the window's last were taken away: it
	// has to be opened again to follow.
	cut bool
	// found is the line of the last match that was gone to.
	found int64
}

// nowhere is no line's number.
const nowhere = math.MinInt64

// rows is how many rows a line takes.
func (v *logView) rows(number int64) int { return v.look.rows(&v.window, number) }

// bottom is the first row in sight where the last one is at the end.
func (v *logView) bottom() spot {
	return v.back(spot{v.window.end(), 0}, v.height)
}

// back is the spot so many rows before another, or the first.
func (v *logView) back(from spot, by int) spot {
	at := from
	for by > 0 {
		if at.row >= by {
			return spot{at.line, at.row - by}
		}
		by -= at.row
		if at.line <= v.window.first {
			return spot{v.window.first, 0}
		}
		at = spot{at.line - 1, v.rows(at.line - 1)}
	}
	return at
}

// forth is the spot so many rows after another, or the end.
func (v *logView) forth(from spot, by int) spot {
	at := from
	for at.line < v.window.end() {
		rows := v.rows(at.line)
		if at.row+by < rows {
			return spot{at.line, at.row + by}
		}
		by -= rows - at.row
		at = spot{at.line + 1, 0}
	}
	return at
}

// start is the first row in sight.
func (v *logView) start() spot {
	if v.follow {
		return v.bottom()
	}
	return v.top
}

// move scrolls by so many rows. Going up stops following; arriving at the end
// follows again, where the window holds the end.
func (v *logView) move(by int) {
	switch {
	case by < 0:
		v.pause()
		v.top = v.back(v.top, -by)
	case v.follow:
	default:
		v.top = v.forth(v.top, by)
		v.settle()
	}
}

// settle keeps the last row from rising above the bottom, and follows where it
// is there.
func (v *logView) settle() {
	bottom := v.bottom()
	if v.top.before(bottom) {
		return
	}
	v.top = bottom
	if !v.cut {
		v.resume()
	}
}

// pause stops following: what is in sight stays, whatever comes.
func (v *logView) pause() {
	if v.follow && len(v.window.lines) > 0 {
		v.top, v.follow, v.newer = v.bottom(), false, 0
	}
}

func (v *logView) resume() { v.follow, v.newer = true, 0 }

// toFirst goes to the oldest line held.
func (v *logView) toFirst() {
	v.pause()
	v.top = spot{v.window.first, 0}
}

// show brings a line into sight, in the middle.
func (v *logView) show(number int64) {
	v.pause()
	v.top = v.back(spot{number, 0}, v.height/2)
	if bottom := v.bottom(); bottom.before(v.top) {
		v.top = bottom
	}
}

// sees reports whether the first row of a line is in sight.
func (v *logView) sees(number int64) bool {
	at := spot{number, 0}
	start := v.start()
	return !at.before(start) && at.before(v.forth(start, v.height))
}

// nearStart reports whether the oldest line held is in sight, or nearly.
func (v *logView) nearStart() bool {
	return !v.follow && v.top.line <= v.window.first+int64(v.height)
}

// place is where the first row in sight is among the lines held, where that is
// not the end.
func (v *logView) place() model.SafeText {
	if v.follow || len(v.window.lines) == 0 {
		return ""
	}
	return model.Safef("%d/%d", v.top.line-v.window.first+1, len(v.window.lines))
}

// drawn are the rows in sight.
func (v *logView) drawn() []string {
	var rows []string
	start := v.start()
	for number := start.line; number < v.window.end() && len(rows) < v.height; number++ {
		drawn := v.look.draw(&v.window, number)
		if number == start.line {
			drawn = drawn[min(start.row, len(drawn)):]
		}
		rows = append(rows, drawn[:min(len(drawn), v.height-len(rows))]...)
	}
	return rows
}
