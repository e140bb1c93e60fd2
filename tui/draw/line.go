package draw

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"microtui/model"
	"microtui/styles"
)

// Run is a piece of text and what it means.
type Run struct {
	Role styles.Role
	Text model.SafeText
}

// Line is one line of the screen. It cannot grow wider than its limit: what
// does not fit is cut, with a sign that it was.
type Line struct {
	Sheet    *styles.Sheet
	Ellipsis styles.Glyph
	Limit    int
	Width    int
	built    strings.Builder
}

// Showable is a text as the terminal can show it. Whoever measures a text from
// outside measures this one.
func Showable(sheet *styles.Sheet, text model.SafeText) model.SafeText {
	if sheet.ASCII() {
		return text.ASCII()
	}
	return text
}

// Put adds text, as much of it as fits.
func (l *Line) Put(role styles.Role, text model.SafeText) {
	text = Showable(l.Sheet, text)
	room := l.Limit - l.Width
	if room <= 0 || text == "" {
		return
	}
	w := Width(text)
	if w <= room {
		l.write(role, string(text), w)
		return
	}
	head := Cut(text, room-1)
	l.write(role, string(head), Width(head))
	l.write(role, string(l.Ellipsis), 1)
}

// Column adds text in a column of a width, to its right or left edge.
func (l *Line) Column(role styles.Role, text model.SafeText, columnWidth int, right bool) {
	text = Showable(l.Sheet, text)
	end := min(l.Limit, l.Width+columnWidth)
	cell := Line{Sheet: l.Sheet, Ellipsis: l.Ellipsis, Limit: end - l.Width}
	if free := columnWidth - Width(text); right && free > 0 {
		cell.Space(free)
	}
	cell.Put(role, text)
	l.built.WriteString(cell.built.String())
	l.Width += cell.Width
	l.Space(end - l.Width)
}

// Glyph adds a sign of one cell.
func (l *Line) Glyph(role styles.Role, g styles.Glyph) {
	if l.Width < l.Limit {
		l.write(role, string(g), 1)
	}
}

// Rule fills the line up to a column with the rule's glyph.
func (l *Line) Rule(g styles.Glyph, column int) {
	if n := min(l.Limit, column) - l.Width; n > 0 {
		l.write(styles.Rule, strings.Repeat(string(g), n), n)
	}
}

const blanks = "                                                                                                    "

// Space adds so many blanks.
func (l *Line) Space(n int) {
	n = min(n, l.Limit-l.Width)
	for n > 0 {
		part := min(n, len(blanks))
		l.write(styles.Text, blanks[:part], part)
		n -= part
	}
}

// Add adds what another line holds.
func (l *Line) Add(other *Line) {
	l.built.WriteString(other.built.String())
	l.Width += other.Width
}

// PutInk adds text in an ink of its own, as much of it as fits.
func (l *Line) PutInk(ink styles.Ink, text model.SafeText) {
	head, w := Fits(Showable(l.Sheet, text), l.Limit-l.Width)
	l.writeInk(ink, string(head), w)
}

func (l *Line) write(role styles.Role, text string, w int) { l.writeInk(l.Sheet.Ink(role), text, w) }

func (l *Line) writeInk(ink styles.Ink, text string, w int) {
	if text == "" {
		return
	}
	l.built.WriteString(ink.Open)
	l.built.WriteString(text)
	l.built.WriteString(ink.Close)
	l.Width += w
}

// String is the line with its inks, as a terminal takes it.
func (l *Line) String() string { return l.built.String() }

// Width is the number of cells a text takes. Characters count as wcwidth(3)
// says, one by one, which is how most terminals place them.
func Width(text model.SafeText) int {
	for i := 0; i < len(text); i++ {
		if text[i] >= 0x80 {
			return ansi.StringWidthWc(string(text))
		}
	}
	return len(text)
}

// Cut gives the beginning of a text that fits into so many cells.
func Cut(text model.SafeText, cells int) model.SafeText {
	return text[:len(ansi.TruncateWc(string(text), max(0, cells), ""))]
}

// Fits gives the beginning of a text that fits, and its width. It looks at no
// more of the text than that.
func Fits(text model.SafeText, cells int) (head model.SafeText, taken int) {
	for i, r := range text {
		w := 1
		if r >= 0x80 {
			w = ansi.StringWidthWc(string(r))
		}
		if taken+w > cells {
			return text[:i], taken
		}
		taken += w
	}
	return text, taken
}
