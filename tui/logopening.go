package tui

import (
	"microtui/styles"
	"microtui/tui/draw"
)

// logHeading is the line above a log: whose it is, what it does, and what it
// counted.
func (a *App) logHeading() string {
	l := a.newLine()
	name := styles.Strong
	if a.readsLog() {
		name = styles.Accent
	}
	figures := a.log.Figures(a.width < draw.NarrowCells, a.hostTime())
	if how := a.commands.Mention("", "switch-pane", " to scroll"); how != "" && a.hasPane() && !a.logFocus {
		figures = append(figures, draw.Figure{Run: draw.Run{Role: styles.Dim, Text: how}, Rank: 8})
	}
	a.log.Title(l, name, figures)
	return l.String()
}
