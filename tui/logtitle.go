package tui

import (
	"time"

	"microtui/model"
	"microtui/styles"
)

// logHeading is the line above a log: whose it is, what it does, and what it
// counted.
func (a *App) logHeading() string {
	l := a.newLine()
	name := styles.Strong
	if a.readsLog() {
		name = styles.Accent
	}
	figures := a.log.figures(a.width < narrowCells, a.hostTime())
	if how := a.commands.mention("", "switch-pane", " to scroll"); how != "" && a.hasPane() && !a.logFocus {
		figures = append(figures, figure{run{styles.Dim, how}, 8})
	}
	a.log.title(l, name, figures)
	return l.String()
}

// about is whose log it is: what has to be seen of it, and all.
func (p *logPane) about() (short, whole model.SafeText) {
	if len(p.vms) == 1 {
		return model.Safe(p.vms[0]), model.Safe(p.vms[0])
	}
	short = model.Safef("%d VMs", len(p.vms))
	return short, short + ": " + joined(p.vms)
}

// title writes "─ db · log ── following · 3 units ───".
func (p *logPane) title(l *line, name styles.Role, figures []figure) {
	glyphs := p.view.look.glyphs
	separator := model.Safe(model.Raw(glyphs.Separator))
	short, whole := p.about()
	const around = 6 // the rule before the name, and the one after it
	figures = fitting(l.sheet, figures, l.limit-around-min(width(showable(l.sheet, short)), l.limit/2))
	room := l.limit - around
	for _, f := range figures {
		room -= width(showable(l.sheet, f.text)) + 3
	}
	l.glyph(styles.Rule, glyphs.Rule)
	l.space(1)
	head := line{sheet: l.sheet, ellipsis: l.ellipsis, limit: max(1, room)}
	head.put(name, whole)
	if head.width+6 <= head.limit {
		head.put(styles.Dim, " "+separator+" log")
	}
	l.add(&head)
	l.space(1)
	l.rule(glyphs.Rule, l.width+2)
	for i, f := range figures {
		l.space(1)
		if i > 0 {
			l.put(styles.Rule, separator)
			l.space(1)
		}
		l.put(f.role, f.text)
	}
	l.space(1)
	l.rule(glyphs.Rule, l.limit)
}

// figures are the state and the counters, counters only where they count
// something.
func (p *logPane) figures(narrow bool, now time.Time) []figure {
	var figures []figure
	add := func(role styles.Role, rank int, text model.SafeText) {
		figures = append(figures, figure{run{role, text}, rank})
	}
	count := func(n uint64, role styles.Role, rank int, what model.Raw) {
		if n > 0 {
			add(role, rank, model.Safef("%d %s", n, what))
		}
	}
	role, state := p.doing()
	if narrow && role == styles.Live {
		state = model.Safe(model.Raw(p.view.look.glyphs.Live))
	}
	if p.reader != nil {
		add(role, 0, state)
	}
	if name := p.read.unit.name(); name != "" {
		add(styles.Accent, 2, name+" only")
	} else if n := len(p.sources); n > 0 {
		add(styles.Dim, 6, model.Safef("%d unit%s", n, plural(n)))
	}
	if p.search.text != "" && !p.search.open {
		add(styles.Accent, 1, "/"+model.Safe(model.Raw(p.search.text)))
	}
	if text := p.read.timesText(now); text != "" {
		add(styles.Accent, 2, text)
	}
	if name := p.read.priorityName(); name != "" {
		add(styles.Accent, 2, name+" and worse")
	}
	if p.exports > 0 {
		add(styles.Busy, 3, "exporting")
	}
	count(p.counters.Dropped, styles.Warn, 3, "dropped")
	count(p.counters.Suppressed, styles.Warn, 4, "suppressed")
	count(p.counters.Gaps, styles.Warn, 5, "gaps")
	count(p.counters.Cut, styles.Dim, 7, "cut")
	return figures
}

// doing says what the log does.
func (p *logPane) doing() (styles.Role, model.SafeText) {
	switch v := &p.view; {
	case p.seeks != nil:
		return styles.Busy, "looking for a start"
	case !v.follow && v.newer > 0:
		return styles.Warn, model.Safef("paused, %d newer", v.newer)
	case !v.follow:
		return styles.Warn, "paused"
	case p.ended:
		return styles.Dim, "ended"
	case p.fault != "":
		return styles.Fault, "waiting"
	}
	return styles.Live, "following"
}
