package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/tui/intent"
)

// message is something to tell, as parts of the screen hand it on.
type message = intent.Message

// record is what was said, the newest last.
type record struct {
	list []message
	// shown is the message on the last line: until a key, or for a while.
	shown  *message
	number int // of the message shown
}

const (
	// maxMessages is how many are kept to be looked up.
	maxMessages = 200
	// newsTime is how long mere news stay on the last line, and troubleTime how
	// long what went wrong does; a key press ends both.
	newsTime    = 5 * time.Second
	troubleTime = 10 * time.Second
)

// stays is how long a message is shown.
func stays(m message) time.Duration {
	if m.Role == styles.Warn || m.Role == styles.Bad {
		return troubleTime
	}
	return newsTime
}

// noticeOverMsg says that a message was on the screen long enough.
type noticeOverMsg struct{ number int }

func (r *record) add(m message) {
	if len(r.list) >= maxMessages {
		r.list = append(r.list[:0], r.list[len(r.list)-maxMessages+1:]...)
	}
	r.list = append(r.list, m)
}

// say tells what a part wants told.
func (a *App) say(t intent.Tell) tea.Cmd {
	if t.Keep {
		a.record.add(t.Message)
	}
	return a.tell(t.Message)
}

// tell shows a message on the last line.
func (a *App) tell(m message) tea.Cmd {
	a.record.number++
	a.record.shown = &m
	number := a.record.number
	return a.after(stays(m), func(time.Time) tea.Msg { return noticeOverMsg{number} })
}

// warn tells why something cannot be done.
func (a *App) warn(text model.SafeText) tea.Cmd {
	return a.tell(message{Role: styles.Warn, Text: text})
}

func (a *App) noticeOver(number int) {
	if number == a.record.number {
		a.record.shown = nil
	}
}

// notice is the last line while a message stands there. Where both have room,
// the hint that leads to all keys stays in sight.
func (a *App) notice(m message) string {
	l := a.newLine()
	l.Space(1)
	var tail model.SafeText
	if m.More {
		tail = a.commands.Mention(" (", "results", " for all)")
	}
	text, room := draw.Showable(l.Sheet, m.Text), a.width-l.Width-draw.Width(tail)
	if room >= 12 && draw.Width(text) > room {
		l.Put(m.Role, draw.Cut(text, room-1))
		l.Glyph(m.Role, a.glyphs.Ellipsis)
	} else {
		l.Put(m.Role, text)
	}
	l.Put(styles.Dim, tail)
	a.putLastHint(l)
	return l.String()
}

// putLastHint adds the last hint, which leads to all keys, at the right end of a
// line that has room for it.
func (a *App) putLastHint(l *draw.Line) {
	hints := a.hinted()
	if len(hints) == 0 {
		return
	}
	last := hints[len(hints)-1]
	const before, behind = 2, 1
	if free := a.width - l.Width - a.hintCells(last) - behind; free >= before {
		l.Space(free)
		a.putHint(l, last)
	}
}

// messagesReport is the dialog that lists what was said.
type messagesReport struct{}

func (messagesReport) title(*App) model.SafeText { return "Results" }

func (messagesReport) write(a *App, d *draw.Document) {
	if len(a.record.list) == 0 {
		d.Paragraph(styles.Dim, "Nothing was asked for yet.", 0)
	}
	for i := len(a.record.list) - 1; i >= 0; i-- {
		m := a.record.list[i]
		d.Paragraph(m.Role, model.Safe(model.Raw(m.At.Local().Format("15:04:05")))+"  "+m.Text, 0)
	}
}

func (messagesReport) layer() layers                           { return onReport }
func (messagesReport) answer() (yes model.SafeText, open bool) { return "", false }
func (messagesReport) renew(*App) bool                         { return false }

func (a *App) openMessages() { a.openDialog(messagesReport{}) }
