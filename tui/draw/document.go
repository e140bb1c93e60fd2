package draw

import (
	"strings"

	"microtui/model/text"
	"microtui/styles"
)

// Keys tell which key a command has, for texts that speak of it.
type Keys interface {
	// Mention is a text about the key of a command, by its name, between two
	// others; empty: it has no key.
	Mention(before text.SafeText, command string, after text.SafeText) text.SafeText
}

// Document is text to read, wrapped to a width.
type Document struct {
	Cells    int
	Sheet    *styles.Sheet
	Selected *styles.Sheet // of the line under a cursor
	Glyphs   styles.Glyphs
	Keys     Keys // nil: none are spoken of
	Lines    []string
}

// LabelCells is the width of a field's label; on a narrow screen the label
// gets a line of its own.
const (
	LabelCells  = 15
	NarrowCells = 44
)

// Line begins a line as wide as the document.
func (d *Document) Line() *Line {
	return &Line{Sheet: d.Sheet, Ellipsis: d.Glyphs.Ellipsis, Limit: d.Cells}
}

// Wrap breaks a text, as it is shown, into lines of so many cells.
func (d *Document) Wrap(s text.SafeText, cells int) []text.SafeText {
	return Wrap(Showable(d.Sheet, s), cells)
}

// Blank adds an empty line, but none before the first.
func (d *Document) Blank() {
	if len(d.Lines) > 0 {
		d.Lines = append(d.Lines, "")
	}
}

// Heading adds a title above what follows.
func (d *Document) Heading(s text.SafeText) {
	d.Blank()
	d.Paragraph(styles.Strong, s, 1)
}

// Paragraph adds text with an indent.
func (d *Document) Paragraph(role styles.Role, s text.SafeText, indent int) {
	for _, part := range d.Wrap(s, d.Cells-indent) {
		l := d.Line()
		l.Space(indent)
		l.Put(role, part)
		d.Lines = append(d.Lines, l.String())
	}
}

// Item adds text behind a sign, its lines aligned.
func (d *Document) Item(role styles.Role, sign styles.Glyph, s text.SafeText) {
	const indent = 3
	for i, part := range d.Wrap(s, d.Cells-indent) {
		l := d.Line()
		if i == 0 {
			l.Space(1)
			l.Glyph(role, sign)
		}
		l.Space(indent - l.Width)
		l.Put(role, part)
		d.Lines = append(d.Lines, l.String())
	}
}

// Hanging adds text behind a mark, its lines aligned, with an indent.
func (d *Document) Hanging(role styles.Role, indent int, mark, s text.SafeText) {
	for i, part := range d.Wrap(s, d.Cells-indent-Width(mark)) {
		l := d.Line()
		l.Space(indent)
		if i == 0 {
			l.Put(role, mark)
		}
		l.Space(indent + Width(mark) - l.Width)
		l.Put(role, part)
		d.Lines = append(d.Lines, l.String())
	}
}

// stateCells is the width of the state of a step.
const stateCells = 10

// Step adds a step, behind how far it is.
func (d *Document) Step(role styles.Role, state, s text.SafeText) {
	if d.Cells < NarrowCells {
		d.Paragraph(role, state+": "+s, 0)
		return
	}
	for i, part := range d.Wrap(s, d.Cells-stateCells-1) {
		l := d.Line()
		l.Space(1)
		if i == 0 {
			l.Column(role, state, stateCells, false)
		}
		l.Space(1 + stateCells - l.Width)
		l.Put(styles.Text, part)
		d.Lines = append(d.Lines, l.String())
	}
}

// Field adds a fact with its label. What is not known is left out.
func (d *Document) Field(label text.SafeText, role styles.Role, s text.SafeText) {
	d.Signed(label, role, "", s)
}

// Fact adds one of the facts below a field, behind a bullet.
func (d *Document) Fact(role styles.Role, s text.SafeText) {
	d.Signed("", role, d.Glyphs.Bullet, s)
}

// Signed adds a fact with its label behind a sign, its lines aligned. What is
// not known is left out.
func (d *Document) Signed(label text.SafeText, role styles.Role, sign styles.Glyph, value text.SafeText) {
	if value == "" {
		return
	}
	mark := text.Safe(sign)
	if mark != "" {
		mark += " "
	}
	if d.Cells < NarrowCells {
		if label != "" {
			d.Paragraph(styles.Dim, label, 1)
		}
		d.Hanging(role, 3, mark, value)
		return
	}
	const indent = 1 + LabelCells
	hang := indent + Width(mark)
	for i, part := range d.Wrap(value, d.Cells-hang) {
		l := d.Line()
		if i == 0 {
			l.Space(1)
			l.Column(styles.Dim, label, LabelCells-1, false)
			l.Space(indent - l.Width)
			l.Put(role, mark)
		}
		l.Space(hang - l.Width)
		l.Put(role, part)
		d.Lines = append(d.Lines, l.String())
	}
}

// OurSigns writes the arrow and the empty set of a difference in the glyphs of
// the terminal.
func (d *Document) OurSigns(s text.SafeText) text.SafeText {
	signs := strings.NewReplacer("→", string(d.Glyphs.Becomes), "∅", string(d.Glyphs.Unknown))
	return text.Safe(signs.Replace(string(s)))
}
