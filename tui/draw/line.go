package draw

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"microtui/model/text"
	"microtui/styles"
)

// Run is a piece of text and what it means.
type Run struct {
	Role styles.Role
	Text text.SafeText
}

// Line is one line of the screen. It cannot grow wider than its limit: what
// does not fit is cut, with a sign that it was.
type Line struct {
	Sheet    *styles.Sheet
	Ellipsis styles.Glyph
	Limit    int
	Width    int
	Muted    bool // all that is put on it is dim
	built    strings.Builder
}

// Showable is a text as the terminal can show it. Whoever measures a text from
// outside measures this one.
func Showable(sheet *styles.Sheet, s text.SafeText) text.SafeText {
	if sheet.ASCII() {
		return s.ASCII()
	}
	return s
}

// Put adds text, as much of it as fits.
func (l *Line) Put(role styles.Role, s text.SafeText) {
	s = Showable(l.Sheet, s)
	room := l.Limit - l.Width
	if room <= 0 || s == "" {
		return
	}
	w := Width(s)
	if w <= room {
		l.write(role, string(s), w)
		return
	}
	head := Cut(s, room-1)
	l.write(role, string(head), Width(head))
	l.write(role, string(l.Ellipsis), 1)
}

// Column adds text in a column of a width, to its right or left edge.
func (l *Line) Column(role styles.Role, s text.SafeText, columnWidth int, right bool) {
	s = Showable(l.Sheet, s)
	end := min(l.Limit, l.Width+columnWidth)
	cell := Line{Sheet: l.Sheet, Ellipsis: l.Ellipsis, Limit: end - l.Width}
	if free := columnWidth - Width(s); right && free > 0 {
		cell.Space(free)
	}
	cell.Put(role, s)
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
func (l *Line) PutInk(ink styles.Ink, s text.SafeText) {
	head, w := Fits(Showable(l.Sheet, s), l.Limit-l.Width)
	l.writeInk(ink, string(head), w)
}

func (l *Line) write(role styles.Role, s string, w int) {
	if l.Muted {
		role = styles.Dim
	}
	l.writeInk(l.Sheet.Ink(role), s, w)
}

func (l *Line) writeInk(ink styles.Ink, s string, w int) {
	if s == "" {
		return
	}
	l.built.WriteString(ink.Open)
	l.built.WriteString(s)
	l.built.WriteString(ink.Close)
	l.Width += w
}

// String is the line with its inks, as a terminal takes it.
func (l *Line) String() string { return l.built.String() }

// Width is the number of cells a text takes. Characters count as wcwidth(3)
// says, one by one, which is how most terminals place them.
func Width(s text.SafeText) int {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return ansi.StringWidthWc(string(s))
		}
	}
	return len(s)
}

// Cut gives the beginning of a text that fits into so many cells.
func Cut(s text.SafeText, cells int) text.SafeText {
	return s[:len(ansi.TruncateWc(string(s), max(0, cells), ""))]
}

// Fits gives the beginning of a text that fits, and its width. It looks at no
// more of the text than that.
func Fits(s text.SafeText, cells int) (head text.SafeText, taken int) {
	for i, r := range s {
		w := 1
		if r >= 0x80 {
			w = ansi.StringWidthWc(string(r))
		}
		if taken+w > cells {
			return s[:i], taken
		}
		taken += w
	}
	return s, taken
}
