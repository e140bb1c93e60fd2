package table

import (
	"strings"

	"microtui/styles"
	"microtui/tone"
	"microtui/tui/draw"
)

// widths are the widest texts of each column of each set, titles included.
type widths [columnSets][ColumnCount]int

// measure gives the widths of rows. Columns of figures never become narrower:
// a table that moves because a number lost a digit cannot be read.
func (w widths) measure(rows []Row) widths {
	var next widths
	for set, columns := range columnsOf {
		next[set] = titles(columns)
		for _, c := range columns {
			if c.right {
				next[set][c.id] = max(next[set][c.id], w[set][c.id])
			}
		}
	}
	for i := range rows {
		set := rows[i].Set
		for at := range columnsOf[set] {
			id := columnsOf[set][at].id
			next[set][id] = max(next[set][id], draw.Width(rows[i].Cells[id].Text))
		}
	}
	return next
}

// titles are the widths of the columns' titles, with room for the mark of the
// one that is sorted by.
func titles(columns []column) (cells [ColumnCount]int) {
	for _, c := range columns {
		cells[c.id] = draw.Width(c.title)
		if c.sort != "" {
			cells[c.id]++
		}
		if c.id == Net {
			cells[c.id] += len(" v/^")
		}
	}
	return cells
}

// draw makes a row's line.
func (r *Row) draw(places []place, l *draw.Line, g styles.Glyphs, selected bool) string {
	if !r.Selectable() {
		return r.drawHeading(l, g)
	}
	if selected {
		l.Glyph(styles.Accent, g.Cursor)
	} else {
		l.Space(1)
	}
	switch {
	case r.Severity != "":
		l.Glyph(tone.Severity(r.Severity), tone.SeveritySign(r.Severity, g))
	case r.Wrong && tone.VerdictSign(r.Verdict, g) == " ":
		l.Glyph(styles.Bad, g.Attention)
	default:
		l.Glyph(tone.Verdict(r.Verdict), tone.VerdictSign(r.Verdict, g))
	}
	if r.Marked {
		l.Glyph(styles.Accent, g.Mark)
	} else {
		l.Space(1)
	}
	for i, p := range places {
		if i > 0 {
			l.Space(gap)
		}
		cell := r.Cells[p.id]
		l.Column(cell.Role, cell.Text, p.cells, p.right)
	}
	if selected {
		l.Space(l.Limit - l.Width)
	}
	return strings.TrimRight(l.String(), " ")
}

func (r *Row) drawHeading(l *draw.Line, g styles.Glyphs) string {
	l.Glyph(styles.Rule, g.Rule)
	l.Space(1)
	l.Put(styles.Heading, r.Heading)
	l.Space(1)
	l.Rule(g.Rule, l.Limit)
	return l.String()
}
