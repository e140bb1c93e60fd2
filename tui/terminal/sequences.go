package terminal

import "github.com/charmbracelet/x/ansi"

// title is the window's title. It is a constant: a title made of text from
// outside would be a way to send that text to the terminal.
const title = "microtui"

// XTWINOPS 22 and 23 keep the title that was there and bring it back.
const (
	saveTitle    = "\x1b[22;2t"
	restoreTitle = "\x1b[23;2t"
)

// cancel ends a control sequence that was cut off half-way.
const cancel = "\x18"

// copySequence is OSC 52: the text goes as base64, so that nothing in it is a
// sequence of its own.
func copySequence(text string) string { return ansi.SetSystemClipboard(text) }

// wholeRegion makes the whole screen scroll again. A frame for a lower screen
// than the terminal has by then, or one that was cut off, leaves a region.
const wholeRegion = "\x1b[r"

// What a mouse sends: its buttons and its wheel (mode 1000 of xterm), in
// decimal numbers (SGR, mode 1006), which no byte of a position can be taken
// for a key in. Moves are not asked for.
const (
	takeMouse  = ansi.SetModeMouseNormal + ansi.SetModeMouseExtSgr
	leaveMouse = ansi.ResetModeMouseNormal + ansi.ResetModeMouseExtSgr
)

func mouseSequence(taken bool) string {
	if taken {
		return takeMouse
	}
	return leaveMouse
}

func enterSequence() string {
	return saveTitle + ansi.SetWindowTitle(title) +
		ansi.SetModeAltScreenSaveCursor + ansi.ResetModeTextCursorEnable + ansi.SetModeBracketedPaste
}

// leaveSequence also clears, for terminals without an alternate screen (the
// Linux console). The mouse is given back whether it was taken or not: of what
// was written last nobody knows whether it got through.
func leaveSequence() string {
	return leaveMouse + ansi.ResetStyle + wholeRegion + ansi.EraseEntireScreen + ansi.CursorHomePosition +
		ansi.ResetModeBracketedPaste + ansi.SetModeTextCursorEnable + ansi.ResetModeAltScreenSaveCursor + restoreTitle
}
