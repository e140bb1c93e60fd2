package tui

import (
	"microtui/model"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/tui/intent"
	"microtui/tui/prompt"
	"microtui/wording"
)

// logPane shows the log of VMs. It stays with those that it was opened for.
type logPane struct {
	vms    []model.Raw // none: it is not open
	reader int         // the number of the open log; 0: none
	view   logView
	logState

	filter    logFilter     // what is to be shown of it
	read      logFilter     // what the reader was asked for
	older     bool          // older lines are being read
	newer     bool          // lines after those held are being read
	complete  bool          // there are none older than those held
	search    prompt.Prompt // what is looked for
	times     prompt.Prompt // the times as they were typed
	timesWhy  model.SafeText
	sources   map[model.Raw]bool // the units that lines came from
	seeks     int                // the look for a start that goes on; 0: none
	seeksBack bool               // it looks for an earlier one
	lastSeek  int
	// The line of the start that was gone to last, and its run.
	started    int64
	startedRun string
	exports    int            // how many exports are being written
	why        model.SafeText // there is no log to read at all; empty: there is
	keys       draw.Keys
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

// newLogPane is a pane without a log. why says why there is none to read;
// empty: there is.
func newLogPane(o LogOptions, s styles.Styles, g styles.Glyphs, keys draw.Keys, why model.SafeText) logPane {
	return logPane{filter: logFilter{priority: model.NoPriority}, view: logView{look: o.look(s, g)}, keys: keys, why: why}
}

// drop forgets the log. Of what it was narrowed to, only the priority is as
// good for another one.
func (p *logPane) drop() {
	*p = logPane{
		view:    logView{look: p.view.look, height: p.view.height},
		filter:  logFilter{priority: p.filter.priority},
		exports: p.exports, lastSeek: p.lastSeek, keys: p.keys, why: p.why,
	}
	p.searchChanged()
}

// begin takes the log of VMs, whose lines come from a reader.
func (p *logPane) begin(vms []model.Raw, reader int) {
	p.vms, p.read, p.reader = vms, p.filter, reader
	p.view.follow, p.view.found, p.started = true, nowhere, nowhere
	p.view.look.names = logNames(vms, p.view.look.styles, p.view.look.glyphs)
	if p.why != "" {
		p.heard, p.ended, p.empty, p.complete = true, true, wording.Capital(p.why)+".", true
	}
}

// again is the pane for the same log, read anew.
func (p *logPane) again() {
	before := *p
	p.drop()
	p.filter, p.search, p.times, p.sources = before.filter, before.search, before.times, before.sources
	p.searchChanged()
}

// stale reports whether something else is to be shown of the log than was
// asked for: what was hidden was never read.
func (p *logPane) stale() bool { return p.filter != p.read }

// end notes that no line comes any more; a fault says why.
func (p *logPane) end(fault model.SafeText) {
	p.heard = true
	if p.ended = fault == ""; !p.ended {
		p.fault = fault
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

// takeOlder takes lines from before those that are held, and reads on where
// they come too late: from before lines that are not held any more.
func (p *logPane) takeOlder(news olderLinesRead) intent.Intent {
	if p.reader == 0 || p.reader != news.reader {
		return nil
	}
	p.older = false
	v := &p.view
	if len(v.window.lines) == 0 || v.window.lines[0].Cursor != news.before {
		return p.backfill()
	}
	if news.fault != "" {
		p.fault = news.fault
		return nil
	}
	p.meet(news.entries)
	if len(news.entries) == 0 {
		p.complete = true
		return nil
	}
	keep := v.window.end()
	if !v.follow {
		keep = v.forth(v.top, v.height).line
	}
	if v.window.prepend(news.entries, keep) {
		v.cut = true
	}
	return nil
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
