package table

import (
	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tone"
	"microtui/tui/draw"
)

// Row is a row of the table: a thing with its cells, or a heading between
// things.
type Row struct {
	Ref     model.Ref // zero for a heading
	Set     Set
	Verdict model.Verdict
	// Severity is that of a finding, which stands where a thing has its verdict.
	Severity model.Severity
	// Wrong is set where something is badly wrong with a thing that is wanted.
	Wrong   bool
	Heading text.SafeText
	Cells   [ColumnCount]draw.Run
	Marked  bool

	drawn    string // the line, good while drawnFor is the table's layout
	drawnFor int
}

// Selectable reports whether the row is a thing, no heading.
func (r *Row) Selectable() bool { return r.Ref != model.Ref{} }

// same reports whether two rows look alike.
func (r *Row) same(other *Row) bool {
	return r.Ref == other.Ref && r.Verdict == other.Verdict && r.Severity == other.Severity && r.Wrong == other.Wrong && r.Heading == other.Heading && r.Marked == other.Marked && r.Cells == other.Cells
}

// toASCII makes the row one for a terminal that shows nothing else.
func (r *Row) toASCII() {
	for i := range r.Cells {
		r.Cells[i].Text = r.Cells[i].Text.ASCII()
	}
}

// Tint gives a row that is not wanted the colour of its verdict.
func (r *Row) Tint() {
	role := tone.Verdict(r.Verdict)
	if role == styles.Text {
		return
	}
	for i := range r.Cells {
		r.Cells[i].Role = role
	}
}
