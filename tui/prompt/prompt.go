// Package prompt is a line that is typed into: a filter, a search, a word that
// agrees. It knows keys that edit, and nothing of what is asked.
package prompt

import (
	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
)

// Longest is more than anybody types, and keeps a paste in bounds, in
// characters.
const Longest = 256

// Prompt is a line that is typed into. The zero value is empty and closed.
type Prompt struct {
	Open  bool
	input textinput.Model
	made  bool
}

// New is an open prompt that holds a text, the cursor behind it.
func New(s string) Prompt {
	p := Prompt{Open: true}
	p.Set(s)
	return p
}

// keys edit. The clipboard is the terminal's, which pastes by itself.
var keys = func() textinput.KeyMap {
	k := textinput.DefaultKeyMap()
	none := key.NewBinding(key.WithDisabled())
	k.Paste, k.AcceptSuggestion, k.NextSuggestion, k.PrevSuggestion = none, none, none, none
	return k
}()

func (p *Prompt) make() {
	if p.made {
		return
	}
	p.made = true
	p.input = textinput.New()
	p.input.KeyMap, p.input.CharLimit = keys, Longest
	p.input.SetVirtualCursor(false)
	p.input.Focus()
}

// Text is what was typed.
func (p *Prompt) Text() string {
	if !p.made {
		return ""
	}
	return p.input.Value()
}

// Set replaces the text, the cursor behind it.
func (p *Prompt) Set(s string) {
	p.make()
	p.input.SetValue(s)
	p.input.CursorEnd()
}

// Insert puts a pasted text at the cursor, unless it is longer than anybody
// types.
func (p *Prompt) Insert(s string) {
	p.make()
	value, at := []rune(p.input.Value()), p.input.Position()
	if added := []rune(s); len(value)+len(added) <= Longest {
		p.input.SetValue(string(value[:at]) + s + string(value[at:]))
		p.input.SetCursor(at + len(added))
	}
}

// Edit changes the text, or moves in it, as a key says, and reports whether it
// did: other keys are the screen's.
func (p *Prompt) Edit(press tea.KeyPressMsg) bool {
	if !edits(press) {
		return false
	}
	p.make()
	p.input, _ = p.input.Update(press)
	return true
}

func edits(press tea.KeyPressMsg) bool {
	if press.Text != "" && press.Mod&^tea.ModShift == 0 {
		return true
	}
	return key.Matches(press, keys.CharacterForward, keys.CharacterBackward, keys.WordForward, keys.WordBackward,
		keys.DeleteWordBackward, keys.DeleteWordForward, keys.DeleteAfterCursor, keys.DeleteBeforeCursor,
		keys.DeleteCharacterBackward, keys.DeleteCharacterForward, keys.LineStart, keys.LineEnd)
}

// Draw puts the text with the caret where one types, in so many cells at most:
// of a longer text, what is around the caret.
func (p *Prompt) Draw(l *draw.Line, caret styles.Glyph, cells int) {
	runes, at := []rune(p.Text()), 0
	if p.made {
		at = p.input.Position()
	}
	shown := func(r []rune) text.SafeText { return draw.Showable(l.Sheet, text.Safe(string(r))) }
	before, after := shown(runes[:at]), shown(runes[at:])
	room := max(0, cells-1)
	before = draw.LastCells(before, max(room-draw.Width(after), room/2))
	l.Put(styles.Accent, before)
	l.Glyph(styles.Accent, caret)
	l.Put(styles.Accent, draw.Cut(after, room-draw.Width(before)))
}
