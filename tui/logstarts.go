package tui

import (
	"slices"
	"time"

	"microtui/model"
	"microtui/styles"
	"microtui/tui/intent"
	"microtui/wording"
)

// The starts of VMs in a log.

// startLines are how many lines are read from a start on.
const startLines = 2000

// starts are the numbers of the lines with which a VM began to run anew: the
// first ones that its hypervisor's unit says, or systemd of it, in another
// invocation (systemd.exec(5), INVOCATION_ID).
func (p *logPane) starts() []int64 {
	var starts []int64
	units, runs := map[model.Raw]bool{}, map[string]bool{}
	// Where the log begins, the first run of a unit begins, too.
	whole := p.complete && p.filter.since.IsZero()
	for number := p.view.window.first; number < p.view.window.end(); number++ {
		line := p.view.window.at(number)
		if line.Invocation == "" || runs[line.Invocation] {
			continue // a last word may come after the first ones of the next run
		}
		if units[line.Unit] || whole {
			starts = append(starts, number)
		}
		units[line.Unit], runs[line.Invocation] = true, true
	}
	return starts
}

// startBefore is the last start before a line, startAfter the first one after
// it.
func (p *logPane) startBefore(number int64) (found int64, ok bool) {
	for _, start := range p.starts() {
		if start < number {
			found, ok = start, true
		}
	}
	return found, ok
}

func (p *logPane) startAfter(number int64) (found int64, ok bool) {
	for _, start := range p.starts() {
		if start > number {
			return start, true
		}
	}
	return 0, false
}

// here is the line from which starts are looked for: the one gone to last
// where it is in sight.
func (p *logPane) here() int64 {
	v := &p.view
	switch {
	case !v.follow && p.started >= v.window.first && p.started < v.window.end() && v.sees(p.started):
		return p.started
	case v.follow:
		return v.window.end()
	}
	return v.top.line
}

// whyNoStarts says why there are none to go to; empty: there may be.
func (p *logPane) whyNoStarts() model.SafeText {
	role := p.filter.unit.role
	switch {
	case p.why != "":
		return p.why
	case role != "" && role != model.RoleVM:
		return "only lines of " + wording.Role(role) + " are shown" + p.keys.Mention("; ", "unit", " for others")
	case len(p.view.window.lines) == 0:
		return "there is no line"
	}
	return ""
}

// findStart goes to the start before or after what is in sight: one that is
// held, else one that the journal knows.
func (p *logPane) findStart(back bool) intent.Intent {
	if why := p.whyNoStarts(); why != "" {
		return intent.Warn("Start: " + why)
	}
	here := p.here()
	at, ok := p.startAfter(here)
	if back {
		at, ok = p.startBefore(here)
	}
	switch {
	case ok:
		return p.showStart(at, p.view.window.at(at).LogEntry)
	case back && p.complete, !back && !p.view.cut:
		return p.noStart(back)
	}
	p.view.pause()
	p.lastSeek++
	p.seeks, p.seeksBack = p.lastSeek, back
	if back {
		return p.seekBack(here)
	}
	return p.seekOn()
}

func (p *logPane) noStart(back bool) intent.Intent {
	if back {
		return intent.Warn("Start: no earlier one in the journal")
	}
	return intent.Warn("Start: no later one" + p.keys.Mention("; ", "last", " goes to the end"))
}

// seekBack looks in the journal for the last start before a line.
func (p *logPane) seekBack(here int64) intent.Intent {
	query := p.startQuery()
	query.Last = 4 * len(p.vms) // each start has two lines, and they may be mixed
	known := ""
	if here < p.view.window.end() {
		query.Before = p.view.window.at(here).Cursor
		if here == p.started {
			known = p.startedRun // what systemd said of it may be hidden
		}
	}
	return p.seekStart(query, func(found []model.LogEntry) *model.LogEntry {
		found = slices.DeleteFunc(found, func(e model.LogEntry) bool { return known != "" && e.Invocation == known })
		if len(found) == 0 {
			return nil
		}
		run := found[len(found)-1].Invocation
		at := slices.IndexFunc(found, func(e model.LogEntry) bool { return e.Invocation == run && run != "" })
		if at < 0 {
			at = len(found) - 1
		}
		return &found[at]
	})
}

// seekOn looks in the journal for the first start after what is held.
func (p *logPane) seekOn() intent.Intent {
	w := &p.view.window
	query := p.startQuery()
	query.Last, query.Since = -1, w.at(w.end()-1).At
	held := map[string]bool{}
	for i := range w.lines {
		held[w.lines[i].Invocation] = true
	}
	return p.seekStart(query, func(found []model.LogEntry) *model.LogEntry {
		at := slices.IndexFunc(found, func(e model.LogEntry) bool { return !held[e.Invocation] })
		if at < 0 {
			return nil
		}
		return &found[at]
	})
}

// startQuery asks for starts, whatever the priority of what is said of them.
func (p *logPane) startQuery() model.LogQuery {
	query := p.query()
	query.Starts, query.Follow, query.Priority = true, false, model.NoPriority
	return query
}

func (p *logPane) seekStart(query model.LogQuery, choose func([]model.LogEntry) *model.LogEntry) intent.Intent {
	lines := p.query()
	lines.Follow, lines.Last = false, -1
	return intent.SeekStart{Seek: p.seeks, Query: query, Most: 4 * len(p.vms), Choose: choose, Lines: lines}
}

// takeStart shows the start that was looked for, with the lines after it in
// place of those that were held.
func (p *logPane) takeStart(found startFound) intent.Intent {
	if p.seeks == 0 || p.seeks != found.seek {
		return nil // a key was pressed meanwhile
	}
	p.seeks = 0
	switch {
	case found.fault != "":
		return intent.Warn("Start: " + found.fault)
	case found.start == nil || len(found.lines) == 0:
		return p.noStart(p.seeksBack)
	}
	v := &p.view
	isStart := func(l logLine) bool { return l.Cursor == found.start.Cursor }
	at := slices.IndexFunc(v.window.lines, isStart)
	if at < 0 {
		v.window, v.cut, v.found = logWindow{}, true, nowhere
		v.window.add(found.lines, false, 0)
		p.complete = false
		p.meet(found.lines)
		at = max(0, slices.IndexFunc(v.window.lines, isStart))
	}
	return p.showStart(v.window.first+int64(at), *found.start)
}

// showStart brings a start to the top of what is in sight.
func (p *logPane) showStart(number int64, start model.LogEntry) intent.Intent {
	v := &p.view
	v.pause()
	v.top = spot{number, 0}
	if bottom := v.bottom(); bottom.before(v.top) {
		v.top = bottom
	}
	p.started, p.startedRun = number, start.Invocation
	_, vm, _ := model.ParseUnitName(start.Unit)
	at := model.Safe(model.Raw(start.At.Local().Format(time.DateTime)))
	return intent.All(p.backfill(), intent.Tell{Message: intent.Message{Role: styles.Good, Text: model.Safe(vm) + ": it was started " + at}})
}
