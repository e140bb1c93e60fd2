package tui

import (
	"strings"

	"microtui/model"
	"microtui/styles"
)

// widths are the widest texts of each column, titles included. VMs and
// leftovers have columns of their own.
type widths struct {
	vms, leftovers [columnCount]int
}

// measure gives the widths of rows. Columns of figures never become narrower:
// a table that moves because a number lost a digit cannot be read.
func (w widths) measure(rows []row) widths {
	next := widths{titles(vmColumns), titles(leftoverColumns)}
	for _, c := range vmColumns {
		if c.right {
			next.vms[c.id] = max(next.vms[c.id], w.vms[c.id])
		}
	}
	for i := range rows {
		cells := next.of(&rows[i])
		for id := range rows[i].cells {
			cells[id] = max(cells[id], width(rows[i].cells[id].text))
		}
	}
	return next
}

func (w *widths) of(r *row) *[columnCount]int {
	if r.ref.Kind == model.KindVM {
		return &w.vms
	}
	return &w.leftovers
}

// titles are the widths of the columns' titles, with room for the mark of the
// one that is sorted by.
func titles(columns []column) (cells [columnCount]int) {
	for _, c := range columns {
		cells[c.id] = width(c.title)
		if c.sort != "" {
			cells[c.id]++
		}
		if c.id == columnNet {
			cells[c.id] += len(" v/^")
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
	if r.marked {
		l.glyph(styles.Accent, g.Mark)
	} else {
		l.space(1)
	}
	for i, p := range places {
		if i > 0 {
			l.space(gap)
		}
		cell := r.cells[p.id]
		l.column(cell.role, cell.text, p.cells, p.right)
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
