package tui

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/styles"
	"microtui/wording"
)

// The starts of VMs in a log.

// seek is a look in the journal for a start that is not held.
type seek struct{ back bool }

// startMsg brings what came of it.
type startMsg struct {
	from *seek
	// start is what systemd said of it; nil: there is none. The lines go on
	// from there.
	start *model.LogEntry
	lines []model.LogEntry
	fault model.SafeText
}

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

// whyNoStarts says why there are none to go to; empty: there may be.
func (a *App) whyNoStarts() model.SafeText {
	role := a.log.filter.unit.role
	switch why := a.whyNoLog(); {
	case why != "":
		return why
	case role != "" && role != model.RoleVM:
		return "only lines of " + wording.Role(role) + " are shown" + a.commands.Mention("; ", "unit", " for others")
	case len(a.log.view.window.lines) == 0:
		return "there is no line"
	}
	return ""
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

// findStart goes to the start before or after what is in sight: one that is
// held, else one that the journal knows.
func (a *App) findStart(back bool) tea.Cmd {
	p := &a.log
	if why := a.whyNoStarts(); why != "" {
		return a.warn("Start: " + why)
	}
	here := p.here()
	at, ok := p.startAfter(here)
	if back {
		at, ok = p.startBefore(here)
	}
	switch {
	case ok:
		return a.showStart(at, p.view.window.at(at).LogEntry)
	case back && p.complete, !back && !p.view.cut:
		return a.noStart(back)
	}
	p.view.pause()
	p.seeks = &seek{back}
	if back {
		return a.seekBack(p.seeks, here)
	}
	return a.seekOn(p.seeks)
}

func (a *App) noStart(back bool) tea.Cmd {
	if back {
		return a.warn("Start: no earlier one in the journal")
	}
	return a.warn("Start: no later one" + a.commands.Mention("; ", "last", " goes to the end"))
}

// seekBack looks in the journal for the last start before a line.
func (a *App) seekBack(s *seek, here int64) tea.Cmd {
	p := &a.log
	query := p.startQuery()
	query.Last = 4 * len(p.vms) // each start has two lines, and they may be mixed
	known := ""
	if here < p.view.window.end() {
		query.Before = p.view.window.at(here).Cursor
		if here == p.started {
			known = p.startedRun // what systemd said of it may be hidden
		}
	}
	return a.lookForStart(s, query, func(found []model.LogEntry) *model.LogEntry {
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
func (a *App) seekOn(s *seek) tea.Cmd {
	p := &a.log
	w := &p.view.window
	query := p.startQuery()
	query.Last, query.Since = -1, w.at(w.end()-1).At
	held := map[string]bool{}
	for i := range w.lines {
		held[w.lines[i].Invocation] = true
	}
	return a.lookForStart(s, query, func(found []model.LogEntry) *model.LogEntry {
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

// lookForStart is the command that looks for a start, and reads on from it.
func (a *App) lookForStart(s *seek, query model.LogQuery, choose func([]model.LogEntry) *model.LogEntry) tea.Cmd {
	lines, most := a.log.query(), 4*len(a.log.vms)
	return guarded(func() tea.Msg {
		msg := startMsg{from: s}
		var found []model.LogEntry
		if found, msg.fault = a.readLines(query, most); msg.fault != "" {
			return msg
		}
		if msg.start = choose(found); msg.start != nil {
			lines.Follow, lines.Last, lines.Since = false, -1, msg.start.At
			msg.lines, msg.fault = a.readLines(lines, startLines)
		}
		return msg
	})
}

// receiveStart shows the start that was looked for, with the lines after it in
// place of those that were held.
func (a *App) receiveStart(msg startMsg) tea.Cmd {
	p := &a.log
	if p.seeks == nil || p.seeks != msg.from {
		return nil // a key was pressed meanwhile
	}
	back := p.seeks.back
	p.seeks = nil
	switch {
	case msg.fault != "":
		return a.warn("Start: " + msg.fault)
	case msg.start == nil || len(msg.lines) == 0:
		return a.noStart(back)
	}
	v := &p.view
	isStart := func(l logLine) bool { return l.Cursor == msg.start.Cursor }
	at := slices.IndexFunc(v.window.lines, isStart)
	if at < 0 {
		v.window, v.cut, v.found = logWindow{}, true, nowhere
		v.window.add(msg.lines, false, 0)
		p.complete = false
		p.meet(msg.lines)
		at = max(0, slices.IndexFunc(v.window.lines, isStart))
	}
	return a.showStart(v.window.first+int64(at), *msg.start)
}

// showStart brings a start to the top of what is in sight.
func (a *App) showStart(number int64, start model.LogEntry) tea.Cmd {
	p := &a.log
	v := &p.view
	v.pause()
	v.top = spot{number, 0}
	if bottom := v.bottom(); bottom.before(v.top) {
		v.top = bottom
	}
	p.started, p.startedRun = number, start.Invocation
	_, vm, _ := model.ParseUnitName(start.Unit)
	at := model.Safe(model.Raw(start.At.Local().Format(time.DateTime)))
	return tea.Batch(a.backfill(), a.tell(message{role: styles.Good, text: model.Safe(vm) + ": it was started " + at}))
}
