package logview

import (
	"time"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/wording"
)

// About is whose log it is: what has to be seen of it, and all.
func (p *Pane) About() (short, whole text.SafeText) {
	if len(p.VMs) == 1 {
		return text.Safe(p.VMs[0]), text.Safe(p.VMs[0])
	}
	short = model.Counted(len(p.VMs), "VM")
	return short, short + ": " + wording.Joined(p.VMs)
}

// Title writes "─ db · log ── following · 3 units ───".
func (p *Pane) Title(l *draw.Line, name styles.Role, figures []draw.Figure) {
	glyphs := p.View.Layout.glyphs
	separator := text.Safe(glyphs.Separator)
	short, whole := p.About()
	const around = 6 // the rule before the name, and the one after it
	figures = draw.Fitting(l.Sheet, figures, l.Limit-around-min(draw.Width(draw.Showable(l.Sheet, short)), l.Limit/2))
	room := l.Limit - around
	for _, f := range figures {
		room -= draw.Width(draw.Showable(l.Sheet, f.Text)) + 3
	}
	l.Glyph(styles.Rule, glyphs.Rule)
	l.Space(1)
	head := draw.Line{Sheet: l.Sheet, Ellipsis: l.Ellipsis, Limit: max(1, room)}
	head.Put(name, whole)
	if head.Width+6 <= head.Limit {
		head.Put(styles.Dim, " "+separator+" log")
	}
	l.Add(&head)
	l.Space(1)
	l.Rule(glyphs.Rule, l.Width+2)
	for i, f := range figures {
		l.Space(1)
		if i > 0 {
			l.Put(styles.Rule, separator)
			l.Space(1)
		}
		l.Put(f.Role, f.Text)
	}
	l.Space(1)
	l.Rule(glyphs.Rule, l.Limit)
}

// Figures are the state and the counters, counters only where they count
// something.
func (p *Pane) Figures(narrow bool, now time.Time) []draw.Figure {
	var figures []draw.Figure
	add := func(role styles.Role, rank int, line text.SafeText) {
		figures = append(figures, draw.Figure{Run: draw.Run{Role: role, Text: line}, Rank: rank})
	}
	count := func(n uint64, role styles.Role, rank int, what model.Raw) {
		if n > 0 {
			add(role, rank, text.Safef("%d %s", n, what))
		}
	}
	role, state := p.doing()
	if narrow && role == styles.Live {
		state = text.Safe(p.View.Layout.glyphs.Live)
	}
	if p.Reader != 0 {
		add(role, 0, state)
	}
	if name := p.Read.Unit.name(); name != "" {
		add(styles.Accent, 2, name+" only")
	} else if n := len(p.sources); n > 0 {
		add(styles.Dim, 6, text.Safef("%d unit%s", n, wording.Plural(n)))
	}
	if p.Search.Text() != "" && !p.Search.Open {
		add(styles.Accent, 1, "/"+text.Safe(p.Search.Text())+p.count())
	}
	if words := p.Read.timesText(now); words != "" {
		add(styles.Accent, 2, words)
	}
	if name := p.Read.priorityName(); name != "" {
		add(styles.Accent, 2, name+" and worse")
	}
	if p.Exports > 0 {
		add(styles.Busy, 3, "exporting")
	}
	count(p.Counters.Dropped, styles.Warn, 3, "dropped")
	count(p.Counters.Suppressed, styles.Warn, 4, "suppressed")
	count(p.Counters.Gaps, styles.Warn, 5, "gaps")
	count(p.Counters.Cut, styles.Dim, 7, "cut")
	return figures
}

// doing says what the log does.
func (p *Pane) doing() (styles.Role, text.SafeText) {
	switch v := &p.View; {
	case p.hunts:
		return styles.Busy, "searching older lines"
	case p.Seeks != 0:
		return styles.Busy, "looking for a start"
	case !v.Follow && v.newer > 0:
		return styles.Warn, text.Safef("paused, %d newer", v.newer)
	case !v.Follow:
		return styles.Warn, "paused"
	case p.ended:
		return styles.Dim, "ended"
	case p.fault != "":
		return styles.Fault, "waiting"
	}
	return styles.Live, "following"
}
