package dialog

import (
	"slices"
	"strings"

	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/detail"
	"microtui/tui/draw"
	"microtui/tui/prompt"
	"microtui/tui/scene"
)

// Palette finds commands, each with its key, and with the reason where it does
// nothing now. At first it is a prompt and nothing else: a list of every command
// helps nobody who does not know what he looks for. One that moves in it sees
// them all.
type Palette struct {
	Menu
	field  prompt.Prompt
	listed bool // the commands are, though nothing is typed
}

// NewPalette is a palette of commands, those of the page first.
func NewPalette(from func() []Entry) *Palette {
	p := &Palette{field: prompt.New("")}
	p.from = func() []Choice { return p.found(from()) }
	p.choices = p.from()
	return p
}

// Entry is a command as a palette lists it.
type Entry struct {
	Choice
	Called string // what is looked for in it
}

// found are the commands in which every word that was typed stands.
func (p *Palette) found(all []Entry) []Choice {
	words := strings.Fields(strings.ToLower(p.field.Text()))
	var found []Choice
	for _, e := range all {
		called := strings.ToLower(e.Called)
		if !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(called, word) }) {
			found = append(found, e.Choice)
		}
	}
	return found
}

// Title implements [Dialog].
func (p *Palette) Title(*scene.Scene) text.SafeText {
	return ":" + text.Safe(p.field.Text())
}

// Mode implements [Dialog].
func (*Palette) Mode() Mode { return Finds }

// Field implements [Dialog].
func (p *Palette) Field() *prompt.Prompt { return &p.field }

// Typed implements [Dialog]: what is left is shown from its beginning.
func (p *Palette) Typed(s *scene.Scene) Change {
	p.cursor = 0
	p.Renew(s)
	return Change{Top: true}
}

// isBare reports whether there is a prompt and nothing else.
func (p *Palette) isBare() bool { return p.field.Text() == "" && !p.listed }

// Move implements [Dialog].
func (p *Palette) Move(by int) bool {
	if p.isBare() {
		p.listed = true
		return true
	}
	return p.Menu.Move(by)
}

// Press implements [Dialog]: nobody runs what is not shown.
func (p *Palette) Press(key Key, s *scene.Scene) Change {
	if key == Submit && p.isBare() {
		return Change{Why: "Type what you want to do first."}
	}
	return p.Menu.Press(key, s)
}

// Write implements [Dialog].
func (p *Palette) Write(s *scene.Scene, d *draw.Document) {
	if p.isBare() {
		d.Paragraph(styles.Dim, "Type what you want to do or see: stop, disk, undo, error ...", 0)
		return
	}
	if len(p.choices) == 0 {
		detail.None(d, "No matching command.")
		return
	}
	p.Menu.Write(s, d)
}
