package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/tui/intent"
)

// notice is the message on the last line: until a key, or for a while.
type notice struct {
	shown  *intent.Message
	number int
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
func stays(m intent.Message) time.Duration {
	if m.Role == styles.Warn || m.Role == styles.Bad {
		return troubleTime
	}
	return newsTime
}

// noticeOverMsg says that a message was on the screen long enough.
type noticeOverMsg struct{ number int }

// remember keeps a message, to be looked up.
func (a *App) remember(m intent.Message) {
	if len(a.Said) >= maxMessages {
		a.Said = append(a.Said[:0], a.Said[len(a.Said)-maxMessages+1:]...)
	}
	a.Said = append(a.Said, a.withKey(m))
}

// withKey says at the end of a message which key leads on.
func (a *App) withKey(m intent.Message) intent.Message {
	if m.Key.Command != "" {
		m.Text += a.commands.Mention(m.Key.Before, m.Key.Command, m.Key.After)
		m.Key = intent.Mention{}
	}
	return m
}

// say tells what a part wants told.
func (a *App) say(t intent.Tell) tea.Cmd {
	if t.Keep {
		a.remember(t.Message)
	}
	return a.tell(t.Message)
}

// tell shows a message on the last line.
func (a *App) tell(m intent.Message) tea.Cmd {
	m = a.withKey(m)
	a.notice.number++
	a.notice.shown = &m
	number := a.notice.number
	return a.after(stays(m), func(time.Time) tea.Msg { return noticeOverMsg{number} })
}

// warn tells why something cannot be done.
func (a *App) warn(line text.SafeText) tea.Cmd {
	return a.tell(intent.Message{Role: styles.Warn, Text: line})
}

func (a *App) noticeOver(number int) {
	if number == a.notice.number {
		a.notice.shown = nil
	}
}

// noticeLine is the last line while a message stands there. Where both have
// room, the hint that leads to all keys stays in sight.
func (a *App) noticeLine(m intent.Message) string {
	l := a.newLine()
	l.Space(1)
	var tail text.SafeText
	if m.More {
		tail = a.commands.Mention(" (", "results", " for all)")
	}
	line, room := draw.Showable(l.Sheet, m.Text), a.width-l.Width-draw.Width(tail)
	if room >= 12 && draw.Width(line) > room {
		l.Put(m.Role, draw.Cut(line, room-1))
		l.Glyph(m.Role, a.glyphs.Ellipsis)
	} else {
		l.Put(m.Role, line)
	}
	l.Put(styles.Dim, tail)
	a.hints().PutLast(l)
	return l.String()
}
