package tui

import (
	"microtui/model"
	"microtui/styles"
)

// document is text to read, wrapped to a width.
type document struct {
	cells  int
	sheet  *styles.Sheet
	glyphs styles.Glyphs
	keys   keyring
	lines  []string
}

// labelCells is the width of a field's label; on a narrow screen the label
// gets a line of its own.
const (
	labelCells  = 15
	narrowCells = 44
)

func (d *document) line() *line {
	return &line{sheet: d.sheet, ellipsis: d.glyphs.Ellipsis, limit: d.cells}
}

// wrap breaks a text, as it is shown, into lines of so many cells.
func (d *document) wrap(text model.SafeText, cells int) []model.SafeText {
	return wrap(showable(d.sheet, text), cells)
}

func (d *document) blank() {
	if len(d.lines) > 0 {
		d.lines = append(d.lines, "")
	}
}

func (d *document) heading(text model.SafeText) {
	d.blank()
	d.paragraph(styles.Strong, text, 1)
}

// paragraph adds text with an indent.
func (d *document) paragraph(role styles.Role, text model.SafeText, indent int) {
	for _, part := range d.wrap(text, d.cells-indent) {
		l := d.line()
		l.space(indent)
		l.put(role, part)
		d.lines = append(d.lines, l.String())
	}
}

// item adds text behind a sign, its lines aligned.
func (d *document) item(role styles.Role, sign styles.Glyph, text model.SafeText) {
	const indent = 3
	for i, part := range d.wrap(text, d.cells-indent) {
		l := d.line()
		if i == 0 {
			l.space(1)
			l.glyph(role, sign)
		}
		l.space(indent - l.width)
		l.put(role, part)
		d.lines = append(d.lines, l.String())
	}
}

// hanging adds text behind a mark, its lines aligned, with an indent.
func (d *document) hanging(role styles.Role, indent int, mark, text model.SafeText) {
	for i, part := range d.wrap(text, d.cells-indent-width(mark)) {
		l := d.line()
		l.space(indent)
		if i == 0 {
			l.put(role, mark)
		}
		l.space(indent + width(mark) - l.width)
		l.put(role, part)
		d.lines = append(d.lines, l.String())
	}
}

// stateCells is the width of the state of a step.
const stateCells = 10

// step adds a step, behind how far it is.
func (d *document) step(role styles.Role, state, text model.SafeText) {
	if d.cells < narrowCells {
		d.paragraph(role, state+": "+text, 0)
		return
	}
	for i, part := range d.wrap(text, d.cells-stateCells-1) {
		l := d.line()
		l.space(1)
		if i == 0 {
			l.column(role, state, stateCells, false)
		}
		l.space(1 + stateCells - l.width)
		l.put(styles.Text, part)
		d.lines = append(d.lines, l.String())
	}
}

// field adds a fact with its label. What is not known is left out.
func (d *document) field(label model.SafeText, role styles.Role, text model.SafeText) {
	d.signed(label, role, "", text)
}

// fact adds one of the facts below a field, behind a bullet.
func (d *document) fact(role styles.Role, text model.SafeText) {
	d.signed("", role, d.glyphs.Bullet, text)
}

// signed adds a fact with its label behind a sign, its lines aligned. What is
// not known is left out.
func (d *document) signed(label model.SafeText, role styles.Role, sign styles.Glyph, text model.SafeText) {
	if text == "" {
		return
	}
	mark := model.Safe(model.Raw(sign))
	if mark != "" {
		mark += " "
	}
	if d.cells < narrowCells {
		if label != "" {
			d.paragraph(styles.Dim, label, 1)
		}
		d.hanging(role, 3, mark, text)
		return
	}
	const indent = 1 + labelCells
	hang := indent + width(mark)
	for i, part := range d.wrap(text, d.cells-hang) {
		l := d.line()
		if i == 0 {
			l.space(1)
			l.column(styles.Dim, label, labelCells-1, false)
			l.space(indent - l.width)
			l.put(role, mark)
		}
		l.space(hang - l.width)
		l.put(role, part)
		d.lines = append(d.lines, l.String())
	}
}
