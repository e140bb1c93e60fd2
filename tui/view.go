package tui

import (
	"cmp"

	tea "charm.land/bubbletea/v2"

	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/dialog"
	"microtui/tui/draw"
	"microtui/tui/terminal"
)

// View implements tea.Model. Bubble Tea's renderer is off (tui/terminal says
// why): the frame goes to the terminal from here, and View itself is empty.
func (a *App) View() tea.View {
	if a.width > 0 && a.height > 0 {
		a.screen.Show(terminal.Frame{Width: a.width, Height: a.height, Lines: a.lines()})
	}
	return tea.View{}
}

// lines draws the screen, one string for each line, none wider than it.
func (a *App) lines() []string {
	if a.tooSmall() {
		return a.smallLines()
	}
	if a.help.Open {
		return append(filled(a.help.Lines(a.helpColumns(), a.newLine), a.height-1), a.lastLine())
	}
	p := a.plan()
	lines := make([]string, 0, a.height)
	lines = append(lines, a.headLine())
	if p.alerts.height > 0 {
		lines = append(lines, a.alerts()[:p.alerts.height]...)
	}
	if p.heading.height > 0 {
		lines = append(lines, a.headingLine())
	}
	lines = append(lines, a.bodyLines(p.body.height)...)
	if p.pane.height > 0 {
		lines = append(filled(lines, p.pane.y), a.logHeading())
		lines = append(lines, a.log.Lines()...)
	}
	lines = filled(lines, p.status.y)
	if a.hasReasonLines() {
		lines = a.withReason(lines)
	}
	if p.status.height > 0 {
		lines = append(lines, a.lastLine())
	}
	if a.dialog.IsOpen() {
		return a.dialog.Over(lines, &a.Scene, a.room())
	}
	return lines
}

func filled(lines []string, to int) []string {
	for len(lines) < to {
		lines = append(lines, "")
	}
	return lines
}

// room is what a dialog lies over.
func (a *App) room() dialog.Room {
	return dialog.Room{Width: a.width, Height: a.height, Styles: a.styles, Glyphs: a.glyphs, Keys: a.commands, Hints: a.hints().Put}
}

// smallLines is the one sentence for a terminal without room for more.
func (a *App) smallLines() []string {
	d := a.newDocument()
	line := text.Safef("Too small: needs %dx%d.", leastWidth, leastHeight)
	d.Paragraph(styles.Text, line+cmp.Or(a.commands.Mention(" ", "quit", " quits."), a.commands.Mention(" ", "quit-at-once", " quits.")), 0)
	return d.Lines[:min(len(d.Lines), a.height)]
}

// headingLine is the line above the body: tabs, or column titles.
func (a *App) headingLine() string {
	switch {
	case a.page == pageLog:
		return a.logHeading()
	case a.page == pageDetail:
		return a.detail.TabLine(a.newLine(), a.glyphs)
	case len(a.list().Rows) == 0:
		return ""
	}
	return a.list().Heading(a.vms.View)
}

func (a *App) bodyLines(height int) []string {
	var lines []string
	switch {
	case a.page == pageLog:
		return a.log.Lines()
	case a.onLogTab():
		return append([]string{a.logHeading()}, a.log.Lines()...)
	case a.page == pageDetail:
		lines = a.detail.Lines(a.newDocument())
		return window(&a.detail.Scroll, lines)
	case len(a.list().Rows) > 0:
		return a.list().Lines()
	default:
		lines = a.emptyLines()
	}
	return lines[:min(len(lines), height)]
}

// window is the part of a text that is in sight.
func window(s *draw.Scroll, lines []string) []string {
	s.Fill(len(lines))
	from, to := s.Window()
	return lines[from:to]
}
