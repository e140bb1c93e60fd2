package dialog

import (
	"slices"

	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/tui/intent"
	"microtui/tui/scene"
	"microtui/wording"
)

// Menu lists what can be chosen, with a reason where something cannot. It asks
// nothing: what is chosen is looked at again.
type Menu struct {
	plain
	about   text.SafeText
	from    func() []Choice // as things are now
	choices []Choice
	cursor  int
	moved   bool // the cursor has to be brought into sight
}

// Choice is a line of a menu.
type Choice struct {
	Command string // that does the same; empty: none does
	Key     text.SafeText
	Text    text.SafeText
	Reason  text.SafeText // why it cannot be chosen; empty: it can
	Do      intent.Intent
}

// NewMenu is a menu of choices, the cursor on one of them.
func NewMenu(about text.SafeText, from func() []Choice, cursor int) *Menu {
	m := &Menu{about: about, from: from, choices: from()}
	m.to(cursor)
	return m
}

// to moves the cursor to a line, or to the nearest there is.
func (m *Menu) to(line int) {
	m.cursor, m.moved = max(0, min(line, len(m.choices)-1)), true
}

// Title implements [Dialog].
func (m *Menu) Title(*scene.Scene) text.SafeText { return m.about }

// Mode implements [Dialog].
func (*Menu) Mode() Mode { return Chooses }

// Renew implements [Dialog].
func (m *Menu) Renew(*scene.Scene) Change {
	m.choices = m.from()
	m.cursor = max(0, min(m.cursor, len(m.choices)-1))
	return Change{}
}

// Press implements [Dialog].
func (m *Menu) Press(key Key, s *scene.Scene) Change {
	if key == Submit && m.cursor < len(m.choices) {
		return m.choices[m.cursor].chosen()
	}
	return m.plain.Press(key, s)
}

// Choose implements [Dialog].
func (m *Menu) Choose(command string) Change {
	at := slices.IndexFunc(m.choices, func(c Choice) bool { return c.Command == command })
	if at < 0 {
		return Change{}
	}
	return m.choices[at].chosen()
}

// chosen does what the line says, or says why it cannot be.
func (c Choice) chosen() Change {
	if c.Reason != "" {
		return closed(intent.Warn(wording.Capital(c.Text) + ": " + c.Reason))
	}
	return closed(c.Do)
}

// Move implements [Dialog].
func (m *Menu) Move(by int) bool {
	m.to(m.cursor + by)
	return true
}

// Bring implements [Dialog].
func (m *Menu) Bring(s *draw.Scroll) {
	if m.moved {
		m.moved = false
		s.Top = max(min(s.Top, m.cursor), m.cursor-s.Height+1)
		s.Clamp()
	}
}

// Write implements [Dialog].
func (m *Menu) Write(_ *scene.Scene, d *draw.Document) {
	const least = 3
	keys, keyed := least, false
	for _, c := range m.choices {
		keys = max(keys, draw.Width(c.Key)+1)
		keyed = keyed || c.Command != ""
	}
	for i, c := range m.choices {
		l := &draw.Line{Sheet: d.Sheet, Ellipsis: d.Glyphs.Ellipsis, Limit: d.Cells}
		if i == m.cursor {
			l.Sheet = d.Selected
		}
		role, key := styles.Text, styles.Key
		if c.Reason != "" {
			role, key = styles.Dim, styles.Dim
		}
		l.Space(1)
		if keyed {
			l.Column(key, c.Key, keys, false)
		}
		l.Put(role, c.Text)
		if c.Reason != "" {
			l.Put(styles.Dim, ": "+c.Reason)
		}
		if i == m.cursor {
			l.Space(d.Cells - l.Width)
		}
		d.Lines = append(d.Lines, l.String())
	}
}
