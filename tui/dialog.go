package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/tui/prompt"
)

// content is what a dialog says and asks.
type content interface {
	title(*App) model.SafeText
	write(*App, *draw.Document)
	// layer is where its keys are.
	layer() layers
	// answer is what y does, in words; open is false where there is nothing to
	// confirm.
	answer() (yes model.SafeText, open bool)
	// renew takes new data, and reports whether what the dialog asks changed.
	renew(*App) bool
}

// typed is a content that may ask for a word.
type typed interface {
	content
	// typing reports whether it does.
	typing() bool
	// word is what has to be typed.
	word() model.Raw
	// entry is what was typed, and whether that is another word.
	entry() (field *prompt.Prompt, wrong *bool)
	// submit is Enter after something was typed.
	submit(*App) tea.Cmd
}

// worker is a content that has something done in the background.
type worker interface {
	content
	// due begins what has to be done next; nil: nothing.
	due(*App) tea.Cmd
}

// leaver is a content that has something to give up when it is left.
type leaver interface {
	content
	left(*App) tea.Cmd
}

// dialog lies over the page and takes all keys.
type dialog struct {
	content content // nil: none is open
	scroll  draw.Scroll
	// quiet is until when keys are ignored.
	quiet time.Time
}

// settling is how long a dialog ignores keys after it opened or changed what
// it asks: they were meant for what was there before, or are the rest of a
// terminal's late answer. Each such key begins the time anew.
const settling = 300 * time.Millisecond

func (a *App) openDialog(c content) {
	a.dialog = dialog{content: c, quiet: a.keyTime.Add(settling)}
}

func (a *App) closeDialog() { a.dialog = dialog{} }

// leaveDialog peels the dialog off: a word that is asked for first, then all
// of it.
func (a *App) leaveDialog() tea.Cmd {
	if p, ok := a.dialog.content.(*proposal); ok && p.list != nil && p.list.agreed {
		p.list.agreed, p.field, p.wrong = false, prompt.Prompt{}, false
		return nil
	}
	var cmd tea.Cmd
	if l, ok := a.dialog.content.(leaver); ok {
		cmd = l.left(a)
	}
	a.closeDialog()
	return cmd
}

// due begins what the dialog has to have done.
func (a *App) due() tea.Cmd {
	if w, ok := a.dialog.content.(worker); ok {
		return w.due(a)
	}
	return nil
}

// ignores reports whether a key comes too early.
func (d *dialog) ignores(at time.Time) bool {
	if d.content == nil || !at.Before(d.quiet) {
		return false
	}
	d.quiet = at.Add(settling)
	return true
}

// renewDialog gives new data to an open dialog. What asks something else now
// asks anew.
func (a *App) renewDialog(now time.Time) {
	if a.dialog.content == nil || !a.dialog.content.renew(a) {
		return
	}
	if quiet := now.Add(settling); quiet.After(a.dialog.quiet) {
		a.dialog.quiet = quiet
	}
}

// The widest dialog, and the smallest screen on which it has a frame.
const (
	dialogWidth    = 76
	framedWidth    = 50
	framedHeight   = 12
	frameCells     = 4 // of its sides, with a blank each
	frameTitle     = 6 // of the frame's first line, that the title leaves to it
	frameLines     = 2
	dialogTitle    = 1
	dialogQuestion = 2 // the answers, and the blank line above them
)

func (a *App) dialogFramed() bool { return a.width >= framedWidth && a.height >= framedHeight }

// fitDialog gives the dialog its room. Its text is as high as it has to be.
func (a *App) fitDialog() {
	if a.dialog.content == nil {
		return
	}
	room := a.height - 2 // title and answers fill the screen's first and last line
	if a.dialogFramed() {
		room = a.height - 2 - frameLines - dialogQuestion
	}
	a.dialog.scroll.Height = max(1, room)
	a.dialog.scroll.Fill(len(a.dialogText()))
	a.showCursor()
	a.showRunning()
}

func (a *App) dialogCells() int {
	if a.dialogFramed() {
		return min(a.width, dialogWidth) - frameCells
	}
	return a.width
}

func (a *App) dialogText() []string {
	d := a.newDocument()
	d.Cells = a.dialogCells()
	if title := draw.Showable(d.Sheet, a.dialog.content.title(a)); draw.Width(title) > a.titleCells() {
		d.Paragraph(styles.Strong, title, 0)
	}
	a.dialog.content.write(a, &d)
	return d.Lines
}

// titleCells is the room for a title. One that is longer is told in full in the
// dialog's text.
func (a *App) titleCells() int {
	if a.dialogFramed() {
		return a.dialogCells() + frameCells - frameTitle
	}
	return a.width - len("99/99 ")
}

// withDialog lays the dialog over a page.
func (a *App) withDialog(page []string) []string {
	text := window(&a.dialog.scroll, a.dialogText())
	if a.dialogFramed() {
		return a.framed(page, text)
	}
	lines := []string{a.dialogHead()}
	lines = append(lines, text...)
	for len(lines) < a.height-1 {
		lines = append(lines, "")
	}
	return append(lines, a.answers(a.width))
}

// dialogHead is the title of a dialog without a frame, and how much there is
// to read.
func (a *App) dialogHead() string {
	l := a.newLine()
	more := a.place()
	room := a.width
	if more != "" {
		room -= draw.Width(more) + 1
	}
	title := draw.Line{Sheet: l.Sheet, Ellipsis: l.Ellipsis, Limit: room}
	title.Put(styles.Strong, a.dialog.content.title(a))
	l.Add(&title)
	if more != "" {
		l.Space(a.width - draw.Width(more) - l.Width)
		l.Put(styles.Dim, more)
	}
	return l.String()
}

// framed draws the dialog with a frame in the middle of a page.
func (a *App) framed(page, text []string) []string {
	cells := a.dialogCells()
	outer := cells + frameCells
	box := []string{a.frameTop(outer)}
	for _, line := range append(append(text, ""), a.answers(cells)) {
		box = append(box, a.frameSide(line, cells))
	}
	box = append(box, a.frameBottom(outer))
	x, y := (a.width-outer)/2, max(1, (a.height-len(box))/2)
	for len(page) < a.height {
		page = append(page, "")
	}
	for i, line := range box {
		page[y+i] = draw.Overlaid(page[y+i], line, x, outer)
	}
	return page
}

func (a *App) frameTop(outer int) string {
	l := draw.Line{Sheet: a.styles.Plain, Ellipsis: a.glyphs.Ellipsis, Limit: outer - 1}
	l.Glyph(styles.Accent, a.glyphs.TopLeft)
	l.Glyph(styles.Accent, a.glyphs.Rule)
	l.Space(1)
	title := draw.Line{Sheet: l.Sheet, Ellipsis: l.Ellipsis, Limit: a.titleCells()}
	title.Put(styles.Strong, a.dialog.content.title(a))
	l.Add(&title)
	l.Space(1)
	for l.Width < l.Limit {
		l.Glyph(styles.Accent, a.glyphs.Rule)
	}
	l.Limit++
	l.Glyph(styles.Accent, a.glyphs.TopRight)
	return l.String()
}

func (a *App) frameSide(text string, cells int) string {
	side := draw.Line{Sheet: a.styles.Plain, Limit: 1}
	side.Glyph(styles.Accent, a.glyphs.Side)
	return side.String() + " " + draw.Padded(text, cells) + " " + side.String()
}

func (a *App) frameBottom(outer int) string {
	l := draw.Line{Sheet: a.styles.Plain, Ellipsis: a.glyphs.Ellipsis, Limit: outer}
	l.Glyph(styles.Accent, a.glyphs.BottomLeft)
	more := a.place()
	end := outer - 1
	if more != "" {
		end -= draw.Width(more) + 3
	}
	for l.Width < end {
		l.Glyph(styles.Accent, a.glyphs.Rule)
	}
	if more != "" {
		l.Space(1)
		l.Put(styles.Dim, more)
		l.Space(1)
		l.Glyph(styles.Accent, a.glyphs.Rule)
	}
	l.Glyph(styles.Accent, a.glyphs.BottomRight)
	return l.String()
}

// shortAnswers is the width below which what cancels is named by one word.
const shortAnswers = 60

// answers is the line of what can be answered. What Enter does stands first
// and is marked: it is never the deed.
func (a *App) answers(cells int) string {
	l := draw.Line{Sheet: a.styles.Plain, Ellipsis: a.glyphs.Ellipsis, Limit: cells}
	button := func(text model.SafeText) {
		sheet := l.Sheet
		l.Sheet = a.styles.Selected
		l.Put(styles.Strong, text)
		l.Sheet = sheet
		l.Space(2)
	}
	if t, ok := a.dialog.content.(typed); ok && t.typing() {
		a.askWord(&l, t)
		return l.String()
	}
	yes, open := a.dialog.content.answer()
	switch {
	case open && cells < shortAnswers:
		button(a.commands.of("cancel") + " cancel")
	case open:
		button(" Cancel ")
		l.Put(styles.Key, a.commands.first("cancel", 2))
		l.Space(3)
	case a.dialog.content.layer()&(onConfirm|onChecks) != 0:
		button(" Close ")
		l.Put(styles.Key, a.commands.first("cancel", 2))
		a.moreAnswers(&l)
		return l.String()
	default:
		a.hints(&l, cells)
		return l.String()
	}
	l.Put(styles.Key, a.commands.of("confirm"))
	l.Space(1)
	l.Put(styles.Hint, yes)
	a.moreAnswers(&l)
	return l.String()
}

// moreAnswers adds the keys of a dialog that are neither yes nor no.
func (a *App) moreAnswers(l *draw.Line) {
	p, ok := a.dialog.content.(*proposal)
	if !ok {
		return
	}
	add := func(key, text model.SafeText) {
		if key != "" && l.Width+draw.Width(key)+draw.Width(text)+4 <= l.Limit {
			l.Space(3)
			l.Put(styles.Key, key)
			l.Space(1)
			l.Put(styles.Hint, text)
		}
	}
	add(p.offered())
	if p.list != nil {
		add(a.commands.of("tick"), "tick")
		add(a.commands.of("tick-all"), "all")
	}
}
