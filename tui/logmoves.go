package tui

import (
	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/styles"
)

// Moving through the log, and how it looks.

// backfill reads older lines where the oldest ones held come into sight.
func (a *App) backfill() tea.Cmd {
	if !a.log.view.nearStart() {
		return nil
	}
	return a.readBack()
}

// readBack reads the lines before those that are held.
func (a *App) readBack() tea.Cmd {
	p := &a.log
	if p.reader == nil || p.older || p.complete || len(p.view.window.lines) == 0 {
		return nil
	}
	p.older = true
	query := p.query()
	query.Follow, query.Last, query.Before = false, olderLines, p.view.window.lines[0].Cursor
	return a.readOlder(p.reader.number, query)
}

// readOn reads the lines after those that are held, where the newest are not
// among these and one goes down at their end.
func (a *App) readOn() tea.Cmd {
	p := &a.log
	v := &p.view
	if p.reader == nil || p.newer || !v.cut || v.follow || v.top.before(v.bottom()) || len(v.window.lines) == 0 {
		return nil
	}
	p.newer = true
	last := v.window.at(v.window.end() - 1)
	query := p.query()
	query.Follow, query.Last, query.Since = false, -1, last.At
	return a.readNewer(p.reader.number, query, last.Cursor, newerLines)
}

// receiveNewer takes newer lines. Where there is none, the end is in sight.
func (a *App) receiveNewer(msg newerMsg) tea.Cmd {
	p := &a.log
	if p.reader == nil || p.reader.number != msg.reader {
		return nil
	}
	p.newer = false
	w := &p.view.window
	switch {
	case len(w.lines) == 0 || w.at(w.end()-1).Cursor != msg.after:
	case msg.fault != "":
		p.fault = msg.fault
	case len(msg.entries) == 0:
		return a.followLog()
	default:
		first := w.first
		p.meet(msg.entries)
		w.add(msg.entries, false, p.view.top.line)
		p.complete = p.complete && w.first == first
	}
	return nil
}

// moveLog scrolls the log.
func (a *App) moveLog(by int) tea.Cmd {
	a.log.view.move(by)
	if by > 0 {
		return a.readOn()
	}
	return a.backfill()
}

func (a *App) jumpLog(last bool) tea.Cmd {
	if last {
		return a.followLog()
	}
	a.log.view.toFirst()
	return a.backfill()
}

// followLog goes to the newest line, reading the log anew where the window
// does not reach that far.
func (a *App) followLog() tea.Cmd {
	if a.log.view.cut {
		return a.restartLog()
	}
	a.log.view.resume()
	return nil
}

// toggleFollow follows, or holds what is in sight.
func (a *App) toggleFollow() tea.Cmd {
	if a.log.view.follow {
		a.log.view.pause()
		return nil
	}
	return a.followLog()
}

// toggleWrap keeps the line on top where it is.
func (a *App) toggleWrap() {
	a.log.view.look.wrap = !a.log.view.look.wrap
	a.log.view.top.row = 0
}

func (a *App) turnStamp() {
	a.log.view.look.stamp = (a.log.view.look.stamp + 1) % stampModes
	a.log.view.top.row = 0
}

// turnColours keeps the guests' own colours, or leaves them out.
func (a *App) turnColours() tea.Cmd {
	if why := a.whyNoColours(); why != "" {
		return a.warn("Guest colours: " + why)
	}
	look := &a.log.view.look
	look.colours = !look.colours
	text := map[bool]model.SafeText{true: "Guest colours: kept", false: "Guest colours: left out"}[look.colours]
	return a.tell(message{role: styles.Dim, text: text})
}

// whyNoColours says why the guests' colours cannot be shown; empty: they can.
func (a *App) whyNoColours() model.SafeText {
	if why := a.whyNoLog(); why != "" {
		return why
	}
	if !a.styles.HasColours() {
		return "this screen shows none (NO_COLOR, the terminal, or the theme)"
	}
	return ""
}
