package tui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"microtui/model"
	"microtui/styles"
)

// run is a piece of text and what it means.
type run struct {
	role styles.Role
	text model.SafeText
}

// line is one line of the screen. It cannot grow wider than its limit: what
// does not fit is cut, with a sign that it was.
type line struct {
	sheet    *styles.Sheet
	ellipsis styles.Glyph
	limit    int
	width    int
	built    strings.Builder
}

// showable is a text as the terminal can show it. Whoever measures a text from
// outside measures this one.
func showable(sheet *styles.Sheet, text model.SafeText) model.SafeText {
	if sheet.ASCII() {
		return text.ASCII()
	}
	return text
}

// put adds text, as much of it as fits.
func (l *line) put(role styles.Role, text model.SafeText) {
	text = showable(l.sheet, text)
	room := l.limit - l.width
	if room <= 0 || text == "" {
		return
	}
	w := width(text)
	if w <= room {
		l.write(role, string(text), w)
		return
	}
	head := cut(text, room-1)
	l.write(role, string(head), width(head))
	l.write(role, string(l.ellipsis), 1)
}

// column adds text in a column of a width, to its right or left edge.
func (l *line) column(role styles.Role, text model.SafeText, columnWidth int, right bool) {
	text = showable(l.sheet, text)
	end := min(l.limit, l.width+columnWidth)
	cell := line{sheet: l.sheet, ellipsis: l.ellipsis, limit: end - l.width}
	if free := columnWidth - width(text); right && free > 0 {
		cell.space(free)
	}
	cell.put(role, text)
	l.built.WriteString(cell.built.String())
	l.width += cell.width
	l.space(end - l.width)
}

func (l *line) glyph(role styles.Role, g styles.Glyph) {
	if l.width < l.limit {
		l.write(role, string(g), 1)
	}
}

// rule fills the line up to a column with the rule's glyph.
func (l *line) rule(g styles.Glyph, column int) {
	if n := min(l.limit, column) - l.width; n > 0 {
		l.write(styles.Rule, strings.Repeat(string(g), n), n)
	}
}

const blanks = "                                                                                                    "

func (l *line) space(n int) {
	n = min(n, l.limit-l.width)
	for n > 0 {
		part := min(n, len(blanks))
		l.write(styles.Text, blanks[:part], part)
		n -= part
	}
}

// add adds what another line holds.
func (l *line) add(other *line) {
	l.built.WriteString(other.built.String())
	l.width += other.width
}

// putInk adds text in an ink of its own, as much of it as fits.
func (l *line) putInk(ink styles.Ink, text model.SafeText) {
	head, w := fits(showable(l.sheet, text), l.limit-l.width)
	l.writeInk(ink, string(head), w)
}

func (l *line) write(role styles.Role, text string, w int) { l.writeInk(l.sheet.Ink(role), text, w) }

func (l *line) writeInk(ink styles.Ink, text string, w int) {
	if text == "" {
		return
	}
	l.built.WriteString(ink.Open)
	l.built.WriteString(text)
	l.built.WriteString(ink.Close)
	l.width += w
}

func (l *line) String() string { return l.built.String() }

// width is the number of cells a text takes. Characters count as wcwidth(3)
// says, one by one, which is how most terminals place them.
func width(text model.SafeText) int {
	for i := 0; i < len(text); i++ {
		if text[i] >= 0x80 {
			return ansi.StringWidthWc(string(text))
		}
	}
	return len(text)
}

// cut gives the beginning of a text that fits into so many cells.
func cut(text model.SafeText, cells int) model.SafeText {
	return text[:len(ansi.TruncateWc(string(text), max(0, cells), ""))]
}
