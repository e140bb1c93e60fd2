package dialog

import (
	"time"

	"microtui/model/text"
	"microtui/tui/draw"
	"microtui/tui/intent"
	"microtui/tui/scene"
)

// Layer is the place over the page. The zero value is empty.
type Layer struct {
	Dialog Dialog // nil: none is open
	Scroll draw.Scroll
	// Number is another one for each dialog that was opened: answers come back
	// to the one that asked.
	Number int
	quiet  time.Time // until when keys are ignored
	// Deaf is set while keys are ignored: what it offers is dimmed.
	Deaf bool
	// remark says why the last key did nothing.
	remark text.SafeText
}

// Settling is how long a dialog ignores keys after it opened or changed what
// it asks: they were meant for what was there before, or are the rest of a
// terminal's late answer. Each such key begins the time anew.
const Settling = 300 * time.Millisecond

// Open opens a dialog.
func (l *Layer) Open(d Dialog, now time.Time) {
	l.OpenAtOnce(d)
	l.Hush(now)
}

// OpenAtOnce opens one that asks nothing: what is typed ahead counts.
func (l *Layer) OpenAtOnce(d Dialog) { *l = Layer{Dialog: d, Number: l.Number + 1} }

// Close closes it.
func (l *Layer) Close() { *l = Layer{Number: l.Number} }

// IsOpen reports whether a dialog is open.
func (l *Layer) IsOpen() bool { return l.Dialog != nil }

// Hush ignores keys for a moment.
func (l *Layer) Hush(now time.Time) {
	if quiet := now.Add(Settling); quiet.After(l.quiet) {
		l.quiet, l.Deaf = quiet, true
	}
}

// Listen takes keys again when it is time, and gives how long that is until
// then; 0: it does.
func (l *Layer) Listen(now time.Time) time.Duration {
	wait := l.quiet.Sub(now)
	l.Deaf = l.IsOpen() && wait > 0
	if !l.Deaf {
		return 0
	}
	return wait
}

// Ignores reports whether a key comes too early, and says so then.
func (l *Layer) Ignores(at time.Time) bool {
	l.remark = ""
	if l.Dialog == nil || !at.Before(l.quiet) {
		return false
	}
	l.quiet, l.Deaf = at.Add(Settling), true
	l.remark = "Too early: that key was not taken. Type it again."
	return true
}

// Press gives a key to the dialog. Enter leaves one that asks, and says that
// this did nothing.
func (l *Layer) Press(key Key, s *scene.Scene, keys Keys) Change {
	if key != Enter {
		return l.Dialog.Press(key, s)
	}
	asked := l.Dialog.Question().Yes
	c := l.Dialog.Press(Leave, s)
	if c.Closed && asked != "" {
		c.Then = intent.All(c.Then, intent.Warn("Cancelled; nothing was done"+keys.Mention(": ", "confirm", " is what confirms")))
	}
	return c
}

// Become makes of the dialog what a change says, and gives what is to be done
// then.
func (l *Layer) Become(c Change, now time.Time) intent.Intent {
	switch {
	case c.Closed:
		l.Close()
	case c.Next != nil:
		l.Dialog = c.Next
		l.Number++
	}
	l.remark = c.Why
	if c.Top {
		l.Scroll.Top = 0
	}
	if c.Anew {
		l.Hush(now)
	}
	return c.Then
}

// Renew gives new data to the dialog.
func (l *Layer) Renew(s *scene.Scene, now time.Time) intent.Intent {
	if l.Dialog == nil {
		return nil
	}
	return l.Become(l.Dialog.Renew(s), now)
}

// Move moves the dialog's cursor, or scrolls it where it has none.
func (l *Layer) Move(by int) {
	if !l.Dialog.Move(by) {
		l.Scroll.Move(by)
	}
}

// farthest is more than any dialog has lines.
const farthest = 1 << 20

// Jump goes to the first line, or to the last.
func (l *Layer) Jump(last bool) {
	by := -farthest
	if last {
		by = farthest
	}
	if !l.Dialog.Move(by) {
		l.Scroll.Jump(last)
	}
}

// Is reports whether the dialog of a number is still open.
func (l *Layer) Is(number int) bool { return l.IsOpen() && l.Number == number }

// Shows is the operation that the dialog shows; empty: none.
func (l *Layer) Shows() string {
	if l.Dialog == nil {
		return ""
	}
	return l.Dialog.Shows()
}
