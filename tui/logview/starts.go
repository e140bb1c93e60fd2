package logview

import (
	"slices"
	"time"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/intent"
	"microtui/wording"
)

// The starts of VMs in a log.

// StartLines are how many lines are read from a start on.
const StartLines = 2000

// Starts are the numbers of the lines with which a VM began to run anew: the
// first ones that its hypervisor's unit says, or systemd of it, in another
// invocation (systemd.exec(5), INVOCATION_ID).
func (p *Pane) Starts() []int64 {
	var starts []int64
	units, runs := map[model.Raw]bool{}, map[string]bool{}
	// Where the log begins, the first run of a unit begins, too.
	whole := p.Complete && p.Filter.since.IsZero()
	for number := p.View.Window.First; number < p.View.Window.End(); number++ {
		line := p.View.Window.At(number)
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
func (p *Pane) startBefore(number int64) (found int64, ok bool) {
	for _, start := range p.Starts() {
		if start < number {
			found, ok = start, true
		}
	}
	return found, ok
}

func (p *Pane) startAfter(number int64) (found int64, ok bool) {
	for _, start := range p.Starts() {
		if start > number {
			return start, true
		}
	}
	return 0, false
}

// here is the line from which starts are looked for: the one gone to last
// where it is in sight.
func (p *Pane) here() int64 {
	v := &p.View
	switch {
	case !v.Follow && p.Started >= v.Window.First && p.Started < v.Window.End() && v.Sees(p.Started):
		return p.Started
	case v.Follow:
		return v.Window.End()
	}
	return v.Top.Line
}

// WhyNoStarts says why there are none to go to; empty: there may be.
func (p *Pane) WhyNoStarts() text.SafeText {
	role := p.Filter.Unit.role
	switch {
	case p.Why != "":
		return p.Why
	case role != "" && role != model.RoleVM:
		return "only lines of " + wording.Role(role) + " are shown" + p.keys.Mention("; ", "unit", " for others")
	case len(p.View.Window.Lines) == 0:
		return wording.NoLines
	}
	return ""
}

// FindStart goes to the start before or after what is in sight: one that is
// held, else one that the journal knows.
func (p *Pane) FindStart(back bool) intent.Intent {
	if why := p.WhyNoStarts(); why != "" {
		return intent.Warn("Start: " + why)
	}
	here := p.here()
	at, ok := p.startAfter(here)
	if back {
		at, ok = p.startBefore(here)
	}
	switch {
	case ok:
		return p.showStart(at, p.View.Window.At(at).LogEntry)
	case back && p.Complete, !back && !p.View.Cut:
		return p.noStart(back)
	}
	p.View.pause()
	p.lastSeek++
	p.Seeks, p.seeksBack = p.lastSeek, back
	if back {
		return p.seekBack(here)
	}
	return p.seekOn()
}

func (p *Pane) noStart(back bool) intent.Intent {
	if back {
		return intent.Warn("Start: no earlier one in the journal")
	}
	return intent.Warn("Start: no later one" + p.keys.Mention("; ", "last", " goes to the end"))
}

// seekBack looks in the journal for the last start before a line.
func (p *Pane) seekBack(here int64) intent.Intent {
	query := p.startQuery()
	query.Last = 4 * len(p.VMs) // each start has two lines, and they may be mixed
	known := ""
	if here < p.View.Window.End() {
		query.Before = p.View.Window.At(here).Cursor
		if here == p.Started {
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
func (p *Pane) seekOn() intent.Intent {
	w := &p.View.Window
	query := p.startQuery()
	query.Last, query.Since = -1, w.At(w.End()-1).At
	held := map[string]bool{}
	for i := range w.Lines {
		held[w.Lines[i].Invocation] = true
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
func (p *Pane) startQuery() model.LogQuery {
	query := p.Query()
	query.Starts, query.Follow, query.Priority = true, false, model.NoPriority
	return query
}

func (p *Pane) seekStart(query model.LogQuery, choose func([]model.LogEntry) *model.LogEntry) intent.Intent {
	lines := p.Query()
	lines.Follow, lines.Last = false, -1
	return intent.SeekStart{Seek: p.Seeks, Query: query, Most: 4 * len(p.VMs), Choose: choose, Lines: lines}
}

// TakeStart shows the start that was looked for, with the lines after it in
// place of those that were held.
func (p *Pane) TakeStart(found StartFound) intent.Intent {
	if p.Seeks == 0 || p.Seeks != found.Seek {
		return nil // a key was pressed meanwhile
	}
	p.Seeks = 0
	switch {
	case found.Fault != "":
		return intent.Warn("Start: " + found.Fault)
	case found.Start == nil || len(found.Lines) == 0:
		return p.noStart(p.seeksBack)
	}
	v := &p.View
	isStart := func(l Line) bool { return l.Cursor == found.Start.Cursor }
	at := slices.IndexFunc(v.Window.Lines, isStart)
	if at < 0 {
		v.Window, v.Cut, v.found = Window{}, true, nowhere
		v.Window.add(found.Lines, false, 0)
		p.Complete = false
		p.meet(found.Lines)
		at = max(0, slices.IndexFunc(v.Window.Lines, isStart))
	}
	return p.showStart(v.Window.First+int64(at), *found.Start)
}

// showStart brings a start to the top of what is in sight.
func (p *Pane) showStart(number int64, start model.LogEntry) intent.Intent {
	v := &p.View
	v.pause()
	v.Top = Spot{number, 0}
	if bottom := v.bottom(); bottom.before(v.Top) {
		v.Top = bottom
	}
	p.Started, p.startedRun = number, start.Invocation
	_, vm, _ := model.ParseUnitName(start.Unit)
	at := text.Safe(start.At.Local().Format(time.DateTime))
	return intent.All(p.backfill(), intent.Tell{Message: intent.Message{Role: styles.Good, Text: text.Safe(vm) + ": it was started " + at}})
}
