package logview

import (
	"microtui/model"
)

// The most that is kept of a log: by number, and by the length of the lines.
// What is older is read again from the journal when somebody scrolls there.
const (
	MaxLines = 10_000
	MaxBytes = 16 << 20
	// lineCost is what a line costs besides its text, in bytes, about.
	lineCost = 200
)

// Line is a line of a log, and what comes before it.
type Line struct {
	model.LogEntry
	gap bool // lines may be missing before it
}

// Cost is what a held line takes, in bytes, about.
func (l *Line) Cost() int { return lineCost + len(l.Message) }

// Window is a part of a log without holes. Each line has a number, which
// stays the same while lines come and go at both ends.
type Window struct {
	Lines []Line
	First int64 // number of the first line
	Bytes int
}

// End is the number after the last line's.
func (w *Window) End() int64 { return w.First + int64(len(w.Lines)) }

// At is the line of a number, which has to be held.
func (w *Window) At(number int64) *Line { return &w.Lines[number-w.First] }

func (w *Window) full() bool { return len(w.Lines) > MaxLines || w.Bytes > MaxBytes }

// add puts lines at the end and takes the oldest away where there are too
// many, but none from the number keep on. It reports how many it took in:
// where that is not all, the window is full.
func (w *Window) add(entries []model.LogEntry, gap bool, keep int64) (taken int) {
	for i := range entries {
		w.push(Line{entries[i], gap && i == 0})
		for w.full() {
			if w.First >= keep {
				w.pop()
				return i
			}
			w.shift()
		}
	}
	return len(entries)
}

func (w *Window) push(l Line) {
	w.Lines = append(w.Lines, l)
	w.Bytes += l.Cost()
}

// pop takes the newest line away.
func (w *Window) pop() {
	last := len(w.Lines) - 1
	w.Bytes -= w.Lines[last].Cost()
	w.Lines[last] = Line{}
	w.Lines = w.Lines[:last]
}

// shift takes the oldest line away.
func (w *Window) shift() {
	w.Bytes -= w.Lines[0].Cost()
	w.Lines[0] = Line{}
	w.Lines = w.Lines[1:]
	w.First++
}

// prepend puts older lines before the first. Where there are too many, the
// newest lines are taken away, but none up to the number keep, and then the
// oldest. It reports whether any of the newest went.
func (w *Window) prepend(entries []model.LogEntry, keep int64) (cut bool) {
	all := make([]Line, 0, len(entries)+len(w.Lines))
	for _, entry := range entries {
		all = append(all, Line{LogEntry: entry})
		w.Bytes += all[len(all)-1].Cost()
	}
	w.Lines = append(all, w.Lines...)
	w.First -= int64(len(entries))
	for w.full() {
		if w.End()-1 > keep {
			w.pop()
			cut = true
		} else {
			w.shift()
		}
	}
	return cut
}
