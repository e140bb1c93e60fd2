package tui

import (
	"fmt"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
)

// alerts are the lines about what is wrong: a source that fails, and an
// operation that nobody works on.
func (a *App) alerts() []string {
	var lines []string
	if len(a.Shot.Faults) > 0 {
		lines = append(lines, a.faultAlert())
	}
	if stuck := a.Work.In(model.OperationInterrupted); len(stuck) > 0 {
		lines = append(lines, a.stuckAlert(stuck))
	}
	return lines
}

// stuckAlert is the line about operations that were interrupted.
func (a *App) stuckAlert(stuck []*model.Operation) string {
	line := "operation " + text.Safe(stuck[0].ID) + " was interrupted"
	if n := len(stuck); n > 1 {
		line = model.Counted(n, "operation") + " were interrupted"
	}
	tail := a.commands.Mention(": ", "operations", " to settle it")
	l := a.newLine()
	l.Space(1)
	l.Glyph(styles.Warn, a.glyphs.Attention)
	l.Space(1)
	if room := a.width - l.Width - draw.Width(tail); draw.Width(line) > room {
		l.Put(styles.Warn, "interrupted"+a.commands.Mention(": ", "operations", ""))
		return l.String()
	}
	l.Put(styles.Warn, line+tail)
	return l.String()
}

// faultAlert is the line about sources that fail: the one that matters most, and
// how many others there are.
func (a *App) faultAlert() string {
	f := a.Shot.Faults[0]
	for _, other := range a.Shot.Faults {
		if other.Source == model.SourceSystemd {
			f = other
		}
	}
	var more text.SafeText
	if n := len(a.Shot.Faults) - 1; n > 0 {
		more = text.Safef(" +%d more", n)
	}
	tail := text.Safe(model.Raw(fmt.Sprintf(", since %s", f.Since.Local().Format("15:04:05")))) + more
	l := a.newLine()
	l.Space(1)
	l.Glyph(styles.Fault, a.glyphs.Attention)
	l.Space(1)
	line := draw.Showable(l.Sheet, text.Safe(f.Source)+": "+f.Text)
	if room := a.width - l.Width - draw.Width(tail); room >= 12 && draw.Width(line) > room {
		l.Put(styles.Fault, draw.Cut(line, room-1))
		l.Glyph(styles.Fault, a.glyphs.Ellipsis)
	} else {
		l.Put(styles.Fault, line)
	}
	l.Put(styles.Dim, tail)
	return l.String()
}
