package tui

import (
	"microtui/model"
)

// The most that is kept of a log: by number, and by the length of the lines.
// What is older is read again from the journal when somebody scrolls there.
const (
	maxLogLines = 10_000
	maxLogBytes = 16 << 20
	// lineCost is what a line costs besides its text, in bytes, about.
	lineCost = 200
)

// logLine is a line of a log, and what comes before it.
type logLine struct {
	model.LogEntry
	gap bool // lines may be missing before it
}

func (l *logLine) cost() int { return lineCost + len(l.Message) }

// logWindow is a part of a log without holes. Each line has a number, which
// stays the same while lines come and go at both ends.
type logWindow struct {
	lines []logLine
	first int64 // number of the first line
	bytes int
}

// end is the number after the last line's.
func (w *logWindow) end() int64 { return w.first + int64(len(w.lines)) }

func (w *logWindow) at(number int64) *logLine { return &w.lines[number-w.first] }

func (w *logWindow) full() bool { return len(w.lines) > maxLogLines || w.bytes > maxLogBytes }

// add puts lines at the end and takes the oldest away where there are too
// many, but none from the number keep on. It reports how many it took in:
// where that is not all, the window is full.
func (w *logWindow) add(entries []model.LogEntry, gap bool, keep int64) (taken int) {
	for i := range entries {
		w.push(logLine{entries[i], gap && i == 0})
		for w.full() {
			if w.first >= keep {
				w.pop()
				return i
			}
			w.shift()
		}
	}
	return len(entries)
}

func (w *logWindow) push(l logLine) {
	w.lines = append(w.lines, l)
	w.bytes += l.cost()
}

// pop takes the newest line away.
func (w *logWindow) pop() {
	last := len(w.lines) - 1
	w.bytes -= w.lines[last].cost()
	w.lines[last] = logLine{}
	w.lines = w.lines[:last]
}

// shift takes the oldest line away.
func (w *logWindow) shift() {
	w.bytes -= w.lines[0].cost()
	w.lines[0] = logLine{}
	w.lines = w.lines[1:]
	w.first++
}

// prepend puts older lines before the first. Where there are too many, the
// newest lines are taken away, but none up to the number keep, and then the
// oldest. It reports whether any of the newest went.
func (w *logWindow) prepend(entries []model.LogEntry, keep int64) (cut bool) {
	all := make([]logLine, 0, len(entries)+len(w.lines))
	for _, entry := range entries {
		all = append(all, logLine{LogEntry: entry})
		w.bytes += all[len(all)-1].cost()
	}
	w.lines = append(all, w.lines...)
	w.first -= int64(len(entries))
	for w.full() {
		if w.end()-1 > keep {
			w.pop()
			cut = true
		} else {
			w.shift()
		}
	}
	return cut
}
