package tui

import (
	"microtui/model"
	"microtui/styles"
	"microtui/tui/intent"
)

// Moving through the log, and how it looks.

// backfill reads older lines where the oldest ones held come into sight.
func (p *logPane) backfill() intent.Intent {
	if !p.view.nearStart() {
		return nil
	}
	return p.readBack()
}

// readBack reads the lines before those that are held.
func (p *logPane) readBack() intent.Intent {
	if p.reader == 0 || p.older || p.complete || len(p.view.window.lines) == 0 {
		return nil
	}
	p.older = true
	query := p.query()
	query.Follow, query.Last, query.Before = false, olderLines, p.view.window.lines[0].Cursor
	return intent.ReadOlder{Reader: p.reader, Query: query}
}

// readOn reads the lines after those that are held, where the newest are not
// among these and one goes down at their end.
func (p *logPane) readOn() intent.Intent {
	v := &p.view
	if p.reader == 0 || p.newer || !v.cut || v.follow || v.top.before(v.bottom()) || len(v.window.lines) == 0 {
		return nil
	}
	p.newer = true
	last := v.window.at(v.window.end() - 1)
	query := p.query()
	query.Follow, query.Last, query.Since = false, -1, last.At
	return intent.ReadNewer{Reader: p.reader, Query: query, After: last.Cursor, Most: newerLines}
}

// takeNewer takes newer lines. Where there is none, the end is in sight.
func (p *logPane) takeNewer(news newerLinesRead) intent.Intent {
	if p.reader == 0 || p.reader != news.reader {
		return nil
	}
	p.newer = false
	w := &p.view.window
	switch {
	case len(w.lines) == 0 || w.at(w.end()-1).Cursor != news.after:
	case news.fault != "":
		p.fault = news.fault
	case len(news.entries) == 0:
		return p.followEnd()
	default:
		first := w.first
		p.meet(news.entries)
		w.add(news.entries, false, p.view.top.line)
		p.complete = p.complete && w.first == first
	}
	return nil
}

// move scrolls the log.
func (p *logPane) move(by int) intent.Intent {
	p.view.move(by)
	if by > 0 {
		return p.readOn()
	}
	return p.backfill()
}

// jump goes to the oldest line that is held, or to the newest there is.
func (p *logPane) jump(last bool) intent.Intent {
	if last {
		return p.followEnd()
	}
	p.view.toFirst()
	return p.backfill()
}

// followEnd goes to the newest line, reading the log anew where the window does
// not reach that far.
func (p *logPane) followEnd() intent.Intent {
	if p.view.cut {
		return intent.ReopenLog{}
	}
	p.view.resume()
	return nil
}

// toggleFollow follows, or holds what is in sight.
func (p *logPane) toggleFollow() intent.Intent {
	if p.view.follow {
		p.view.pause()
		return nil
	}
	return p.followEnd()
}

// toggleWrap keeps the line on top where it is.
func (p *logPane) toggleWrap() {
	p.view.look.wrap = !p.view.look.wrap
	p.view.top.row = 0
}

func (p *logPane) turnStamp() {
	p.view.look.stamp = (p.view.look.stamp + 1) % stampModes
	p.view.top.row = 0
}

// toggleColours keeps the guests' own colours, or leaves them out.
func (p *logPane) toggleColours() intent.Intent {
	if why := p.whyNoColours(); why != "" {
		return intent.Warn("Guest colours: " + why)
	}
	look := &p.view.look
	look.colours = !look.colours
	text := model.SafeText("Guest colours: left out")
	if look.colours {
		text = "Guest colours: kept"
	}
	return intent.Tell{Message: intent.Message{Role: styles.Dim, Text: text}}
}

// whyNoColours says why the guests' colours cannot be shown; empty: they can.
func (p *logPane) whyNoColours() model.SafeText {
	if p.why != "" {
		return p.why
	}
	if !p.view.look.styles.HasColours() {
		return "this screen shows none (NO_COLOR, the terminal, or the theme)"
	}
	return ""
}

// fit gives the log its room.
func (p *logPane) fit(cells, height int) {
	v := &p.view
	if v.look.cells != cells {
		v.look.cells, v.top.row = cells, 0
	}
	v.height = max(1, height)
}
