package tui

import (
	"runtime/debug"

	tea "charm.land/bubbletea/v2"

	"microtui/model/text"
)

// PanicError is a defect that ended the screen. Its text is one line, safe to
// print; the stack is for a log file.
type PanicError struct {
	Value text.SafeText
	Stack []byte
}

func (e *PanicError) Error() string { return string("internal error: " + e.Value) }

func newPanicError(value any, stack []byte) *PanicError {
	return &PanicError{text.Safef("%v", value), stack}
}

// guarded is the only way to make a command: a panic in one, on a goroutine
// of Bubble Tea's, would leave the terminal raw.
func guarded(f func() tea.Msg) tea.Cmd {
	return func() (msg tea.Msg) {
		defer func() {
			if value := recover(); value != nil {
				msg = crashMsg{newPanicError(value, debug.Stack())}
			}
		}()
		return f()
	}
}
