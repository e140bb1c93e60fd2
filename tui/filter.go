package tui

import (
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
)

// prompt is a line that is typed into.
type prompt struct {
	open bool
	text string
	// from is where the cursor was after the last change of a filter: who moves
	// it after that has chosen.
	from model.Ref
}

// maxPrompt is more than anybody types, and keeps a paste in bounds.
const maxPrompt = 256

func (p *prompt) insert(text string) {
	if len(p.text)+len(text) <= maxPrompt {
		p.text += text
	}
}

// edit changes the text as a key says, and reports whether it did.
func (p *prompt) edit(key tea.KeyPressMsg) bool {
	switch key.String() {
	case "backspace":
		_, size := utf8.DecodeLastRuneInString(p.text)
		p.text = p.text[:len(p.text)-size]
	case "ctrl+u":
		p.text = ""
	case "ctrl+w":
		rest := strings.TrimRight(p.text, " ")
		p.text = rest[:strings.LastIndexByte(rest, ' ')+1]
	default:
		if key.Text == "" || key.Mod&^tea.ModShift != 0 {
			return false
		}
		p.insert(key.Text)
	}
	return true
}

// firstLine is what of a paste fits into a prompt.
func firstLine(text string) string {
	text, _, _ = strings.Cut(strings.TrimLeft(text, "\r\n"), "\n")
	return strings.TrimRight(text, "\r")
}
