package logview

import (
	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/tui/intent"
	"microtui/tui/prompt"
	"microtui/wording"
)

// Pane shows the log of VMs. It stays with those that it was opened for.
type Pane struct {
	VMs    []model.Raw // none: it is not open
	Reader int         // the number of the open log; 0: none
	View   View
	state

	Filter    Filter        // what is to be shown of it
	Read      Filter        // what the reader was asked for
	older     bool          // older lines are being read
	newer     bool          // lines after those held are being read
	Complete  bool          // there are none older than those held
	Search    prompt.Prompt // what is looked for
	searched  []string      // what was looked for before, the newest last
	recalled  int           // which of it is in the prompt
	hunts     bool          // older lines are read until one matches
	hits      hits
	Times     prompt.Prompt // the times as they were typed
	TimesWhy  text.SafeText
	sources   map[model.Raw]bool // the units that lines came from
	Seeks     int                // the look for a start that goes on; 0: none
	seeksBack bool               // it looks for an earlier one
	lastSeek  int
	// The line of the start that was gone to last, and its run.
	Started    int64
	startedRun string
	Exports    int           // how many exports are being written
	Why        text.SafeText // there is no log to read at all; empty: there is
	keys       draw.Keys
}

// state is what the journal says about the log.
type state struct {
	heard    bool // a first batch came
	Counters model.LogCounters
	fault    text.SafeText
	empty    text.SafeText
	ended    bool // nothing more will come
}

// The lines that are read at first, and at a time when one scrolls back or on.
const (
	FirstLines = 1000
	OlderLines = 1000
	newerLines = 1000
)

// Query asks for the last lines and those that come.
func (p *Pane) Query() model.LogQuery {
	f := &p.Read
	return model.LogQuery{
		Units: f.Unit.units(p.VMs), Last: FirstLines, Since: f.since, Until: f.until,
		Priority: f.priority, Follow: f.until.IsZero(),
	}
}

// New is a pane without a log. why says why there is none to read;
// empty: there is.
func New(o Options, s styles.Styles, g styles.Glyphs, keys draw.Keys, why text.SafeText) Pane {
	return Pane{Filter: Filter{priority: model.NoPriority}, View: View{Layout: o.Layout(s, g)}, keys: keys, Why: why}
}

// Drop forgets the log. Of what it was narrowed to, only the priority is as
// good for another one.
func (p *Pane) Drop() {
	*p = Pane{
		View:     View{Layout: p.View.Layout, Height: p.View.Height},
		Filter:   Filter{priority: p.Filter.priority},
		searched: p.searched, Exports: p.Exports, lastSeek: p.lastSeek, keys: p.keys, Why: p.Why,
	}
	p.SearchChanged()
}

// Begin takes the log of VMs, whose lines come from a reader.
func (p *Pane) Begin(vms []model.Raw, reader int) {
	p.VMs, p.Read, p.Reader = vms, p.Filter, reader
	p.View.Follow, p.View.found, p.Started = true, nowhere, nowhere
	p.View.Layout.names = Names(vms, p.View.Layout.styles, p.View.Layout.glyphs)
	if p.Why != "" {
		p.heard, p.ended, p.empty, p.Complete = true, true, wording.Capital(p.Why)+".", true
	}
}

// Again is the pane for the same log, read anew.
func (p *Pane) Again() {
	before := *p
	p.Drop()
	p.Filter, p.Search, p.Times, p.sources = before.Filter, before.Search, before.Times, before.sources
	p.SearchChanged()
}

// Stale reports whether something else is to be shown of the log than was
// asked for: what was hidden was never read.
func (p *Pane) Stale() bool { return p.Filter != p.Read }

// End notes that no line comes any more; a fault says why.
func (p *Pane) End(fault text.SafeText) {
	p.heard = true
	if p.ended = fault == ""; !p.ended {
		p.fault = fault
	}
}

// Take takes what the journal gave.
func (p *Pane) Take(batch model.LogBatch) {
	p.heard, p.Counters, p.ended = true, batch.Counters, batch.Done
	p.fault, p.empty = text.Safe(batch.Fault), text.Safe(batch.Empty)
	p.meet(batch.Entries)
	v := &p.View
	if !v.Follow {
		v.newer += len(batch.Entries)
	}
	if v.Cut {
		return // it is read again when somebody goes there
	}
	keep := v.Window.End() + MaxLines
	if !v.Follow {
		keep = v.Top.Line
	}
	first := v.Window.First
	if taken := v.Window.add(batch.Entries, batch.Gap, keep); taken < len(batch.Entries) {
		v.Cut = true
	}
	p.Complete = p.Complete && v.Window.First == first
}

// maxSources bounds the units that are remembered: no log asks for more.
const maxSources = 16 * MaxVMs

// meet notes the units of lines. Many in a row are of one unit.
func (p *Pane) meet(entries []model.LogEntry) {
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

// TakeOlder takes lines from before those that are held, and reads on where
// they come too late: from before lines that are not held any more.
func (p *Pane) TakeOlder(news Older) intent.Intent {
	if p.Reader == 0 || p.Reader != news.Reader {
		return nil
	}
	p.older = false
	v := &p.View
	if len(v.Window.Lines) == 0 || v.Window.Lines[0].Cursor != news.Before {
		if p.hunts {
			return p.hunt()
		}
		return p.backfill()
	}
	if news.Fault != "" {
		p.fault, p.hunts = news.Fault, false
		return nil
	}
	p.meet(news.Entries)
	first := v.Window.First
	if len(news.Entries) == 0 {
		p.Complete = true
		return p.huntOn(first)
	}
	keep := v.Window.End()
	if !v.Follow {
		keep = v.forth(v.Top, v.Height).Line
	}
	if p.hunts && !v.Follow {
		keep = first // what is looked for is older than what is in sight
	}
	if v.Window.prepend(news.Entries, keep) {
		v.Cut = true
		if last := v.Window.End() - 1; v.Top.Line > last {
			v.Top = Spot{last, 0}
		}
	}
	return p.huntOn(first)
}

// Lines draws the pane's rows.
func (p *Pane) Lines() []string {
	v := &p.View
	height := v.Height
	var tail []string
	if p.fault != "" && height > 1 {
		l := draw.Line{Sheet: v.Layout.styles.Plain, Ellipsis: v.Layout.glyphs.Ellipsis, Limit: v.Layout.Cells}
		l.Space(1)
		l.Glyph(styles.Fault, v.Layout.glyphs.Attention)
		l.Space(1)
		l.Put(styles.Fault, "journal: "+p.fault)
		tail = []string{l.String()}
		height--
	}
	rows := p.emptyLines()
	if len(v.Window.Lines) > 0 {
		rows = v.Drawn()
	}
	if len(rows) > height {
		if v.Follow {
			rows = rows[len(rows)-height:]
		} else {
			rows = rows[:height]
		}
	}
	return append(rows, tail...)
}

// emptyLines say why there is no line.
func (p *Pane) emptyLines() []string {
	d := draw.Document{Cells: p.View.Layout.Cells, Sheet: p.View.Layout.styles.Plain, Glyphs: p.View.Layout.glyphs}
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
