package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/intent"
)

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
