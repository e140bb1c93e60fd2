package logview

import (
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/intent"
)

// Moving through the log, and how it looks.

// backfill reads older lines where the oldest ones held come into sight.
func (p *Pane) backfill() intent.Intent {
	if !p.View.nearStart() {
		return nil
	}
	return p.readBack()
}

// readBack reads the lines before those that are held.
func (p *Pane) readBack() intent.Intent {
	if p.Reader == 0 || p.older || p.Complete || len(p.View.Window.Lines) == 0 {
		return nil
	}
	p.older = true
	query := p.Query()
	query.Follow, query.Last, query.Before = false, OlderLines, p.View.Window.Lines[0].Cursor
	return intent.ReadOlder{Reader: p.Reader, Query: query}
}

// readOn reads the lines after those that are held, where the newest are not
// among these and one goes down at their end.
func (p *Pane) readOn() intent.Intent {
	v := &p.View
	if p.Reader == 0 || p.newer || !v.Cut || v.Follow || v.Top.before(v.bottom()) || len(v.Window.Lines) == 0 {
		return nil
	}
	p.newer = true
	last := v.Window.At(v.Window.End() - 1)
	query := p.Query()
	query.Follow, query.Last, query.Since = false, -1, last.At
	return intent.ReadNewer{Reader: p.Reader, Query: query, After: last.Cursor, Most: newerLines}
}

// TakeNewer takes newer lines. Where there is none, the end is in sight.
func (p *Pane) TakeNewer(news Newer) intent.Intent {
	if p.Reader == 0 || p.Reader != news.Reader {
		return nil
	}
	p.newer = false
	w := &p.View.Window
	switch {
	case len(w.Lines) == 0 || w.At(w.End()-1).Cursor != news.After:
	case news.Fault != "":
		p.fault = news.Fault
	case len(news.Entries) == 0:
		return p.followEnd()
	default:
		first := w.First
		p.meet(news.Entries)
		w.add(news.Entries, false, p.View.Top.Line)
		p.Complete = p.Complete && w.First == first
	}
	return nil
}

// Move scrolls the log.
func (p *Pane) Move(by int) intent.Intent {
	p.View.Move(by)
	if by > 0 {
		return p.readOn()
	}
	return p.backfill()
}

// Jump goes to the oldest line that is held, or to the newest there is.
func (p *Pane) Jump(last bool) intent.Intent {
	if last {
		return p.followEnd()
	}
	p.View.toFirst()
	return p.backfill()
}

// followEnd goes to the newest line, reading the log anew where the window does
// not reach that far.
func (p *Pane) followEnd() intent.Intent {
	if p.View.Cut {
		return intent.ReopenLog{}
	}
	p.View.resume()
	return nil
}

// ToggleFollow follows, or holds what is in sight.
func (p *Pane) ToggleFollow() intent.Intent {
	if p.View.Follow {
		p.View.pause()
		return nil
	}
	return p.followEnd()
}

// ToggleWrap keeps the line on top where it is.
func (p *Pane) ToggleWrap() {
	p.View.Layout.Wrap = !p.View.Layout.Wrap
	p.View.Top.row = 0
}

// TurnStamp shows times in the next way: the time, the date too, none.
func (p *Pane) TurnStamp() {
	p.View.Layout.Stamp = (p.View.Layout.Stamp + 1) % stampModes
	p.View.Top.row = 0
}

// ToggleColours keeps the guests' own colours, or leaves them out.
func (p *Pane) ToggleColours() intent.Intent {
	if why := p.WhyNoColours(); why != "" {
		return intent.Warn("Guest colours: " + why)
	}
	look := &p.View.Layout
	look.Colours = !look.Colours
	line := text.SafeText("Guest colours: off")
	if look.Colours {
		line = "Guest colours: on"
	}
	return intent.Tell{Message: intent.Message{Role: styles.Dim, Text: line}}
}

// WhyNoColours says why the guests' colours cannot be shown; empty: they can.
func (p *Pane) WhyNoColours() text.SafeText {
	if p.Why != "" {
		return p.Why
	}
	if !p.View.Layout.styles.HasColours() {
		return "this screen has no colours (NO_COLOR, the terminal or the theme)"
	}
	return ""
}

// Fit gives the log its room.
func (p *Pane) Fit(cells, height int) {
	v := &p.View
	if v.Layout.Cells != cells {
		v.Layout.Cells, v.Top.row = cells, 0
	}
	v.Height = max(1, height)
}
