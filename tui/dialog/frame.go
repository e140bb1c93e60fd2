package dialog

import (
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/tui/scene"
)

// The widest dialog, and the smallest screen on which it has a frame.
const (
	dialogWidth    = 76
	framedWidth    = 50
	framedHeight   = 12
	frameCells     = 4 // of its sides, with a blank each
	frameTitle     = 6 // of the frame's first line, that the title leaves to it
	frameLines     = 2
	dialogQuestion = 2 // the answers, and the blank line above them
)

// Room is the screen that a dialog lies over.
type Room struct {
	Width, Height int
	Styles        styles.Styles
	Glyphs        styles.Glyphs
	Keys          Keys
	// Hints writes which keys do something, where nothing is asked.
	Hints func(l *draw.Line, cells int)
}

// Keys tell which keys a command has.
type Keys interface {
	draw.Keys
	// First are so many keys of a command at most; empty: it has none.
	First(command string, most int) text.SafeText
}

func (r Room) isFramed() bool { return r.Width >= framedWidth && r.Height >= framedHeight }

// cells is the width of a dialog's text.
func (r Room) cells() int {
	if r.isFramed() {
		return min(r.Width, dialogWidth) - frameCells
	}
	return r.Width
}

// titleCells is the room for a title. One that is longer is told in full in the
// dialog's text.
func (r Room) titleCells() int {
	if r.isFramed() {
		return r.cells() + frameCells - frameTitle
	}
	return r.Width - len("99/99 ")
}

func (r Room) line(limit int) *draw.Line {
	return &draw.Line{Sheet: r.Styles.Plain, Ellipsis: r.Glyphs.Ellipsis, Limit: limit}
}

// Fit gives the dialog its room. Its text is as high as it has to be.
func (l *Layer) Fit(s *scene.Scene, r Room) {
	if !l.IsOpen() {
		return
	}
	height := r.Height - 2 // title and answers fill the screen's first and last line
	if r.isFramed() {
		height = r.Height - 2 - frameLines - dialogQuestion
	}
	l.Scroll.Height = max(1, height)
	l.Scroll.Fill(len(l.text(s, r)))
	l.Dialog.Bring(&l.Scroll)
}

// title is the dialog's title, as it is shown.
func (l *Layer) title(s *scene.Scene, r Room) text.SafeText {
	title := l.Dialog.Title(s)
	if l.Dialog.Mode() == Finds {
		title += text.Safe(r.Glyphs.Caret)
	}
	return draw.Showable(r.Styles.Plain, title)
}

func (l *Layer) text(s *scene.Scene, r Room) []string {
	d := draw.Document{Cells: r.cells(), Sheet: r.Styles.Plain, Selected: r.Styles.Selected, Glyphs: r.Glyphs, Keys: r.Keys}
	if title := l.title(s, r); draw.Width(title) > r.titleCells() {
		d.Paragraph(styles.Strong, title, 0)
	}
	l.Dialog.Write(s, &d)
	return d.Lines
}

// place says how much there is to read; empty: all is in sight.
func (l *Layer) place() text.SafeText {
	if !l.Scroll.Scrolls() {
		return ""
	}
	_, to := l.Scroll.Window()
	return text.Safef("%d/%d", to, l.Scroll.Length)
}

// Over lays the dialog over a page.
func (l *Layer) Over(page []string, s *scene.Scene, r Room) []string {
	body := l.inSight(l.text(s, r))
	if r.isFramed() {
		return l.framed(page, body, s, r)
	}
	lines := append([]string{l.head(s, r)}, body...)
	for len(lines) < r.Height-1 {
		lines = append(lines, "")
	}
	if l.remark != "" {
		lines[len(lines)-1] = l.remarkLine(r, r.Width)
	}
	return append(lines, l.answers(r, r.Width))
}

// remarkLine says why the last key did nothing.
func (l *Layer) remarkLine(r Room, cells int) string {
	line := r.line(cells)
	line.Put(styles.Warn, l.remark)
	return line.String()
}

// inSight is the part of the text in sight, with the line that always is.
func (l *Layer) inSight(text []string) []string {
	l.Scroll.Fill(len(text))
	from, to := l.Scroll.Window()
	body := text[from:to:to]
	switch pinned := l.Dialog.Pinned(); {
	case pinned < 0 || pinned >= len(text) || len(body) == 0:
	case pinned < from:
		body = append([]string{text[pinned]}, body[1:]...)
	case pinned >= to:
		body = append(body[:len(body)-1:len(body)-1], text[pinned])
	}
	return body
}

// head is the title of a dialog without a frame, and how much there is to read.
func (l *Layer) head(s *scene.Scene, r Room) string {
	line, more := r.line(r.Width), l.place()
	room := r.Width
	if more != "" {
		room -= draw.Width(more) + 1
	}
	title := r.line(room)
	title.Put(styles.Strong, l.title(s, r))
	line.Add(title)
	if more != "" {
		line.Space(r.Width - draw.Width(more) - line.Width)
		line.Put(styles.Dim, more)
	}
	return line.String()
}

// framed draws the dialog with a frame in the middle of a page.
func (l *Layer) framed(page, body []string, s *scene.Scene, r Room) []string {
	cells := r.cells()
	outer := cells + frameCells
	box := []string{r.top(outer, l.title(s, r))}
	for _, line := range append(body[:len(body):len(body)], l.remarkLine(r, cells), l.answers(r, cells)) {
		box = append(box, r.side(line, cells))
	}
	box = append(box, r.bottom(outer, l.place()))
	x, y := (r.Width-outer)/2, max(1, (r.Height-len(box))/2)
	for len(page) < r.Height {
		page = append(page, "")
	}
	for i, line := range box {
		page[y+i] = draw.Overlaid(page[y+i], line, x, outer)
	}
	return page
}

func (r Room) top(outer int, title text.SafeText) string {
	l := r.line(outer - 1)
	l.Glyph(styles.Accent, r.Glyphs.TopLeft)
	l.Glyph(styles.Accent, r.Glyphs.Rule)
	l.Space(1)
	cut := r.line(r.titleCells())
	cut.Put(styles.Strong, title)
	l.Add(cut)
	l.Space(1)
	for l.Width < l.Limit {
		l.Glyph(styles.Accent, r.Glyphs.Rule)
	}
	l.Limit++
	l.Glyph(styles.Accent, r.Glyphs.TopRight)
	return l.String()
}

func (r Room) side(s string, cells int) string {
	side := r.line(1)
	side.Glyph(styles.Accent, r.Glyphs.Side)
	return side.String() + " " + draw.Padded(s, cells) + " " + side.String()
}

func (r Room) bottom(outer int, more text.SafeText) string {
	l := r.line(outer)
	l.Glyph(styles.Accent, r.Glyphs.BottomLeft)
	end := outer - 1
	if more != "" {
		end -= draw.Width(more) + 3
	}
	for l.Width < end {
		l.Glyph(styles.Accent, r.Glyphs.Rule)
	}
	if more != "" {
		l.Space(1)
		l.Put(styles.Dim, more)
		l.Space(1)
		l.Glyph(styles.Accent, r.Glyphs.Rule)
	}
	l.Glyph(styles.Accent, r.Glyphs.BottomRight)
	return l.String()
}
