package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/styles"
)

// The starts of VMs in a log.

// seek looks for a start before a line, further back than what is held.
type seek struct {
	before int64 // the line's number
	from   spot  // what was in sight
	left   int   // how many lines may still be read
}

// The most that is read for a start, and at a time. Whoever presses the key
// again goes on from there.
const (
	seekLines  = 100_000
	seekAtOnce = 4000
)

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
		return "only lines of " + roleLabels[role] + " are shown; U for others"
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

// findStart goes to the start before or after what is in sight.
func (a *App) findStart(back bool) tea.Cmd {
	p := &a.log
	if why := a.whyNoStarts(); why != "" {
		return a.warn("Start: " + why)
	}
	here := p.here()
	if !back {
		if at, ok := p.startAfter(here); ok {
			return a.showStart(at)
		}
		return a.warn("Start: no later one in what is loaded; G goes to the end")
	}
	p.view.pause()
	p.seeks = &seek{before: here, from: p.view.top, left: seekLines}
	return a.seekOn()
}

// seekOn goes to the start that is looked for, or reads on.
func (a *App) seekOn() tea.Cmd {
	p := &a.log
	s := p.seeks
	if at, ok := p.startBefore(s.before); ok {
		p.seeks = nil
		return a.showStart(at)
	}
	var why model.SafeText
	switch {
	case p.complete:
		why = "no earlier one in the journal"
	case s.left <= 0:
		why = model.Safef("none in the last %d lines; again to look further back", seekLines)
	case p.fault != "":
		why = "older lines cannot be read"
	}
	if why == "" {
		return a.readSeeking()
	}
	p.seeks = nil
	if p.complete && s.from.line < p.view.window.end() {
		p.view.top = s.from
	}
	return a.warn("Start: " + why)
}

// readSeeking reads older lines. What is in sight goes along where there is
// no room for both.
func (a *App) readSeeking() tea.Cmd {
	p := &a.log
	v := &p.view
	if len(v.window.lines)+seekAtOnce > maxLogLines {
		v.top = spot{v.window.first, 0}
	}
	if p.older {
		return nil // they are being read already
	}
	p.seeks.left -= seekAtOnce
	return a.readBefore(seekAtOnce)
}

// showStart brings a start to the top of what is in sight.
func (a *App) showStart(number int64) tea.Cmd {
	p := &a.log
	v := &p.view
	v.pause()
	v.top = spot{number, 0}
	if bottom := v.bottom(); bottom.before(v.top) {
		v.top = bottom
	}
	p.started = number
	line := v.window.at(number)
	_, vm, _ := model.ParseUnitName(line.Unit)
	at := model.Safe(model.Raw(line.At.Local().Format(time.DateTime)))
	return tea.Batch(a.backfill(), a.tell(message{role: styles.Good, text: model.Safe(vm) + ": it was started " + at}))
}
