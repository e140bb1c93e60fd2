package tui

import (
	"slices"

	"microtui/model"
	"microtui/styles"
)

// logPane shows the log of one VM. It stays with the VM that it was opened
// for.
type logPane struct {
	vm     model.Raw // empty: none is open
	reader *logReader
	view   logView
	logState

	priority model.Priority
	older    bool        // older lines are being read
	complete bool        // there are none older than those held
	search   prompt      // what is looked for
	sources  []model.Raw // the units that lines came from
}

// logState is what the journal says about the log.
type logState struct {
	heard    bool // a first batch came
	counters model.LogCounters
	fault    model.SafeText
	empty    model.SafeText
	ended    bool // nothing more will come
}

// The lines that are read at first, and at a time when one scrolls back.
const (
	firstLines = 1000
	olderLines = 1000
)

// priorities are what p goes through: everything, then the worse only.
var priorities = []struct {
	most model.Priority
	name model.SafeText
}{{model.NoPriority, ""}, {6, "info"}, {5, "notice"}, {4, "warning"}, {3, "error"}}

// logUnits are the units whose lines make up the log of a VM.
func logUnits(vm model.Raw) []model.Raw {
	units := []model.Raw{model.UnitName(model.RoleInstall, vm)}
	for _, role := range model.Roles {
		units = append(units, model.UnitName(role, vm))
	}
	return units
}

// query asks for the last lines and those that come.
func (p *logPane) query() model.LogQuery {
	return model.LogQuery{Units: logUnits(p.vm), Last: firstLines, Priority: p.priority, Follow: true}
}

// take takes what the journal gave.
func (p *logPane) take(batch model.LogBatch) {
	p.heard, p.counters, p.ended = true, batch.Counters, batch.Done
	p.fault, p.empty = model.Safe(batch.Fault), model.Safe(batch.Empty)
	for i := range batch.Entries {
		p.meet(batch.Entries[i].Unit)
	}
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

// meet notes the unit of a line.
func (p *logPane) meet(unit model.Raw) {
	if unit != "" && !slices.Contains(p.sources, unit) && len(p.sources) < 16 {
		p.sources = append(p.sources, unit)
	}
}

// takeOlder takes lines from before those that are held.
func (p *logPane) takeOlder(msg olderMsg) {
	p.older = false
	if msg.fault != "" {
		p.fault = msg.fault
		return
	}
	for i := range msg.entries {
		p.meet(msg.entries[i].Unit)
	}
	if len(msg.entries) == 0 {
		p.complete = true
		return
	}
	v := &p.view
	keep := v.window.end()
	if !v.follow {
		keep = v.forth(v.top, v.height).line
	}
	if v.window.prepend(msg.entries, keep) {
		v.cut = true
	}
}

// lines draws the pane's rows.
func (p *logPane) lines() []string {
	v := &p.view
	height := v.height
	var tail []string
	if p.fault != "" && height > 1 {
		l := line{sheet: v.look.styles.Plain, ellipsis: v.look.glyphs.Ellipsis, limit: v.look.cells}
		l.space(1)
		l.glyph(styles.Fault, v.look.glyphs.Attention)
		l.space(1)
		l.put(styles.Fault, "journal: "+p.fault)
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
	d := document{cells: p.view.look.cells, sheet: p.view.look.styles.Plain, glyphs: p.view.look.glyphs}
	switch {
	case p.empty != "":
		d.paragraph(styles.Dim, capitalFirst(p.empty), 1)
	case !p.heard:
		d.paragraph(styles.Dim, "Reading the journal ...", 1)
	case p.ended:
		d.paragraph(styles.Dim, "No lines.", 1)
	default:
		d.paragraph(styles.Dim, "No lines yet.", 1)
	}
	return d.lines
}

// priorityName is the name of what is shown at most; empty: everything.
func (p *logPane) priorityName() model.SafeText {
	for _, step := range priorities {
		if step.most == p.priority {
			return step.name
		}
	}
	return ""
}
