package cli

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
)

// table is text in columns, as wide as they need to be.
type table struct {
	style OutputStyle
	width int // what does not fit into so many cells is cut; 0: nothing is
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

// write writes the table. The last column is never padded, nor cut to a width
// that a pipe does not have.
func (t *table) write(out *strings.Builder) {
	widths := t.widths()
	for _, r := range t.rows {
		var line strings.Builder
		for i, cell := range r.cells {
			if i == len(r.cells)-1 {
				line.WriteString(t.fitted(cell, cells(text.Safe(model.Raw(line.String())))))
				break
			}
			line.WriteString(padded(cell, widths[i]))
			line.WriteString("  ")
		}
		out.WriteString(t.style.inked(r.role, strings.TrimRight(line.String(), " ")))
		out.WriteByte('\n')
	}
}

// leastCut is the least that a cut cell says; where there is no room for it, a
// line is as long as it is.
const leastCut = 12

// fitted is as much of the last cell as there is room for behind so many cells.
func (t *table) fitted(cell text.SafeText, behind int) string {
	room := t.width - behind
	if t.width == 0 || room < leastCut || cells(cell) <= room {
		return string(cell)
	}
	return ansi.TruncateWc(string(cell), room, string(t.style.glyphs().Ellipsis))
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
