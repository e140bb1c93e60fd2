package tui

import (
	"microtui/model"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/tui/prompt"
	"microtui/wording"
)

// logPane shows the log of VMs. It stays with those that it was opened for.
type logPane struct {
	vms    []model.Raw // none: it is not open
	reader *logReader
	view   logView
	logState

	filter   logFilter     // what is to be shown of it
	read     logFilter     // what the reader was asked for
	older    bool          // older lines are being read
	newer    bool          // lines after those held are being read
	complete bool          // there are none older than those held
	search   prompt.Prompt // what is looked for
	times    prompt.Prompt // the times as they were typed
	timesWhy model.SafeText
	sources  map[model.Raw]bool // the units that lines came from
	seeks    *seek              // nil: no start is looked for in the journal
	// The line of the start that was gone to last, and its run.
	started    int64
	startedRun string
	exports    int // how many exports are being written
}

// logState is what the journal says about the log.
type logState struct {
	heard    bool // a first batch came
	counters model.LogCounters
	fault    model.SafeText
	empty    model.SafeText
	ended    bool // nothing more will come
}

// The lines that are read at first, and at a time when one scrolls back or on.
const (
	firstLines = 1000
	olderLines = 1000
	newerLines = 1000
)

// query asks for the last lines and those that come.
func (p *logPane) query() model.LogQuery {
	f := &p.read
	return model.LogQuery{
		Units: f.unit.units(p.vms), Last: firstLines, Since: f.since, Until: f.until,
		Priority: f.priority, Follow: f.until.IsZero(),
	}
}

// take takes what the journal gave.
func (p *logPane) take(batch model.LogBatch) {
	p.heard, p.counters, p.ended = true, batch.Counters, batch.Done
	p.fault, p.empty = model.Safe(batch.Fault), model.Safe(batch.Empty)
	p.meet(batch.Entries)
	v := &p.view
	if !v.follow {
		v.newer += len(batch.Entries)
	}
	if v.cut {
		return // it is read again when somebody goes there
	}
	keep := v.window.end() + maxLogLines
	if !v.follow {
		keep = v.top.line
	}
	first := v.window.first
	if taken := v.window.add(batch.Entries, batch.Gap, keep); taken < len(batch.Entries) {
		v.cut = true
	}
	p.complete = p.complete && v.window.first == first
}

// maxSources bounds the units that are remembered: no log asks for more.
const maxSources = 16 * maxLogVMs

// meet notes the units of lines. Many in a row are of one unit.
func (p *logPane) meet(entries []model.LogEntry) {
	var last model.Raw
	for i := range entries {
		unit := entries[i].Unit
		if unit == last || p.sources[unit] || len(p.sources) >= maxSources {
			continue
		}
		if p.sources == nil {
			p.sources = map[model.Raw]bool{}
		}
		p.sources[unit] = true
		last = unit
	}
}

// takeOlder takes lines from before those that are held, and reports whether
// they are: others may be held by now.
func (p *logPane) takeOlder(msg olderMsg) bool {
	p.older = false
	if len(p.view.window.lines) == 0 || p.view.window.lines[0].Cursor != msg.before {
		return false
	}
	if msg.fault != "" {
		p.fault = msg.fault
		return true
	}
	p.meet(msg.entries)
	if len(msg.entries) == 0 {
		p.complete = true
		return true
	}
	v := &p.view
	keep := v.window.end()
	if !v.follow {
		keep = v.forth(v.top, v.height).line
	}
	if v.window.prepend(msg.entries, keep) {
		v.cut = true
	}
	return true
}

// lines draws the pane's rows.
func (p *logPane) lines() []string {
	v := &p.view
	height := v.height
	var tail []string
	if p.fault != "" && height > 1 {
		l := draw.Line{Sheet: v.look.styles.Plain, Ellipsis: v.look.glyphs.Ellipsis, Limit: v.look.cells}
		l.Space(1)
		l.Glyph(styles.Fault, v.look.glyphs.Attention)
		l.Space(1)
		l.Put(styles.Fault, "journal: "+p.fault)
		tail = []string{l.String()}
		height--
	}
	rows := p.emptyLines()
	if len(v.window.lines) > 0 {
		rows = v.drawn()
	}
	if len(rows) > height {
		if v.follow {
			rows = rows[len(rows)-height:]
		} else {
			rows = rows[:height]
		}
	}
	return append(rows, tail...)
}

// drawn are the rows in sight.
func (v *logView) drawn() []string {
	var rows []string
	start := v.start()
	for number := start.line; number < v.window.end() && len(rows) < v.height; number++ {
		drawn := v.look.draw(&v.window, number)
		if number == start.line {
			drawn = drawn[min(start.row, len(drawn)):]
		}
		rows = append(rows, drawn[:min(len(drawn), v.height-len(rows))]...)
	}
	return rows
}

// emptyLines say why there is no line.
func (p *logPane) emptyLines() []string {
	d := draw.Document{Cells: p.view.look.cells, Sheet: p.view.look.styles.Plain, Glyphs: p.view.look.glyphs}
	switch {
	case p.empty != "":
		d.Paragraph(styles.Dim, wording.Capital(p.empty), 1)
	case !p.heard:
		d.Paragraph(styles.Dim, "Reading the journal ...", 1)
	case p.ended:
		d.Paragraph(styles.Dim, "No lines.", 1)
	default:
		d.Paragraph(styles.Dim, "No lines yet.", 1)
	}
	return d.Lines
}
