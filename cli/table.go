package cli

import (
	"strings"

	"microtui/model/text"
	"microtui/styles"
)

// table is text in columns, as wide as they need to be.
type table struct {
	style OutputStyle
	rows  []row
}

// row is a line of a table. One without cells is an empty line.
type row struct {
	role  styles.Role
	cells []text.SafeText
}

func (t *table) add(role styles.Role, cells ...text.SafeText) {
	t.rows = append(t.rows, row{role, convert(cells, t.style.text)})
}

// write writes the table. The last column is as long as it is: it is never
// padded, nor cut to a width that a pipe does not have.
func (t *table) write(out *strings.Builder) {
	widths := t.widths()
	for _, r := range t.rows {
		var line strings.Builder
		for i, cell := range r.cells {
			if i == len(r.cells)-1 {
				line.WriteString(string(cell))
				break
			}
			line.WriteString(padded(cell, widths[i]))
			line.WriteString("  ")
		}
		out.WriteString(t.style.inked(r.role, strings.TrimRight(line.String(), " ")))
		out.WriteByte('\n')
	}
}

func (t *table) widths() []int {
	var widths []int
	for _, r := range t.rows {
		for i, cell := range r.cells {
			if i == len(r.cells)-1 {
				break // never padded
			}
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], cells(cell))
		}
	}
	return widths
}

// answerTable answers with a table.
func (s *session) answerTable(t table) {
	var out strings.Builder
	t.write(&out)
	s.answer.WriteString(out.String())
}
