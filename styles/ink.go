package styles

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// Ink is a style made ready to write: what goes before a run of text and what
// goes after it. Lip Gloss measures and pads on every Render, which costs a
// thousand times more than two strings (a table of 40 rows: 1.1 ms).
type Ink struct {
	Open, Close string
}

// newInk takes a style apart. Only colours and attributes are kept: an ink has
// no width.
func newInk(style lipgloss.Style) Ink {
	const text = "x"
	open, end, _ := strings.Cut(style.Render(text), text)
	return Ink{open, end}
}

// Sheet holds an ink for each role.
type Sheet struct {
	inks  [roles]Ink
	ascii bool
}

// ASCII reports whether nothing but ASCII can be shown.
func (s *Sheet) ASCII() bool { return s.ascii }

// Ink is a role's ink.
func (s *Sheet) Ink(role Role) Ink { return s.inks[role] }

func newSheet(styleOf func(Role) lipgloss.Style) *Sheet {
	s := &Sheet{}
	for role := range roles {
		s.inks[role] = newInk(styleOf(role))
	}
	return s
}
