package tui

import (
	"strings"

	"microtui/model"
	"microtui/styles"
)

// widest measures the texts of each column. Among VMs a leftover does not
// count: it has most columns empty and may run over into them.
func widest(rows []row) (cells [columnCount]int) {
	mixed := len(rows) > 0 && rows[0].ref.Kind == model.KindVM
	for i := range rows {
		for id := range rows[i].cells {
			if mixed && columnID(id) == columnName && rows[i].ref.Kind != model.KindVM {
				continue
			}
			cells[id] = max(cells[id], width(rows[i].cells[id].text))
		}
	}
	return cells
}

// draw makes a row's line.
func (r *row) draw(places []place, l *line, g styles.Glyphs, selected bool) string {
	if !r.selectable() {
		return r.drawHeading(l, g)
	}
	if selected {
		l.glyph(styles.Accent, g.Cursor)
	} else {
		l.space(1)
	}
	l.glyph(verdictRoles[r.verdict], verdictGlyph(r.verdict, g))
	l.space(1)
	if r.ref.Kind == model.KindVM || places[len(places)-1].id != columnNotes {
		r.drawCells(places, l)
	} else {
		r.drawLoose(places, l)
	}
	if selected {
		l.space(l.limit - l.width)
	}
	return strings.TrimRight(l.String(), " ")
}

func (r *row) drawHeading(l *line, g styles.Glyphs) string {
	l.glyph(styles.Rule, g.Rule)
	l.space(1)
	l.put(styles.Heading, r.heading)
	l.space(1)
	l.rule(g.Rule, l.limit)
	return l.String()
}

func (r *row) drawCells(places []place, l *line) {
	for i, p := range places {
		if i > 0 {
			l.space(gap)
		}
		cell := r.cells[p.id]
		l.column(cell.role, cell.text, p.cells, p.right)
	}
}

// drawLoose draws a leftover: its name takes the room of the columns that it
// has nothing for.
func (r *row) drawLoose(places []place, l *line) {
	first, last := places[0], places[len(places)-1]
	before := places[:len(places)-1]
	end := gutter
	for _, p := range before {
		end += p.cells + gap
	}
	if before[len(before)-1].id == columnSize { // its own view: all columns are for it
		r.drawCells(places, l)
		return
	}
	name, kind := r.cells[columnName], r.cells[columnState]
	room := end - gap - l.width
	if len(before) > 1 {
		room -= width(kind.text) + gap
	}
	l.column(name.role, name.text, max(min(width(name.text), room), min(first.cells, room)), false)
	if len(before) > 1 {
		l.space(gap)
		l.put(kind.role, kind.text)
	}
	l.space(end - l.width)
	notes := r.cells[columnNotes]
	l.column(notes.role, notes.text, last.cells, false)
}
