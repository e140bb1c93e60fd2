package styles

import "charm.land/lipgloss/v2"

// Styles are the sheets of a theme. They never change once made.
type Styles struct {
	Plain    *Sheet
	Selected *Sheet // the row under the cursor
	coloured bool
	tints    []Ink
}

// New makes the styles of a theme. An unknown theme gives Mono, which every
// terminal can show.
func New(theme Theme) Styles {
	p, coloured := palettes[theme]
	plain := func(role Role) lipgloss.Style {
		if !coloured {
			return monoStyle(role)
		}
		return p.style(role)
	}
	return Styles{
		coloured: coloured,
		tints:    p.tintInks(),
		Plain:    newSheet(plain),
		Selected: newSheet(func(role Role) lipgloss.Style { return p.selected(plain(role)) }),
	}
}

// HasColours reports whether the theme has any.
func (s Styles) HasColours() bool { return s.coloured }

// Tints is how many colours there are to tell things apart by; 0: none.
func (s Styles) Tints() int { return len(s.tints) }

// Tint is one of them. They mean nothing, and none looks like an alarm: what
// has one is told by its name, too. A theme without colours gives plain text.
func (s Styles) Tint(n int) Ink {
	if len(s.tints) == 0 {
		return s.Plain.Ink(Text)
	}
	return s.tints[n%len(s.tints)]
}

func (p palette) tintInks() []Ink {
	inks := make([]Ink, len(p.tints))
	for i, index := range p.tints {
		inks[i] = newInk(colour(lipgloss.NewStyle(), index))
	}
	return inks
}

// ASCII are the same styles for a terminal that can show nothing but ASCII.
func (s Styles) ASCII() Styles {
	plain, selected := *s.Plain, *s.Selected
	plain.ascii, selected.ascii = true, true
	s.Plain, s.Selected = &plain, &selected
	return s
}

func (p palette) style(role Role) lipgloss.Style {
	s := lipgloss.NewStyle()
	switch role {
	case Strong:
		return s.Bold(true)
	case Dim, Idle, Unclear, Hint:
		return colour(s, p.subtle)
	case Heading:
		return colour(s, p.subtle).Bold(true)
	case Rule:
		return colour(s, p.faint)
	case Key, Accent:
		return colour(s, p.accent).Bold(role == Accent)
	case Good, Live:
		return colour(s, p.good)
	case Busy:
		return colour(s, p.busy)
	case Warn, Suspect, Stale:
		return colour(s, p.warn)
	case Bad, Orphan, Fault:
		return colour(s, p.bad).Bold(role == Bad)
	case Match:
		return colour(s, p.warn).Reverse(true)
	}
	return s
}

// colour sets the foreground. A palette without that colour gets the faint
// attribute: sixteen colours hold no safe grey.
func colour(s lipgloss.Style, index string) lipgloss.Style {
	if index == "" {
		return s.Faint(true)
	}
	return s.Foreground(lipgloss.Color(index))
}

func (p palette) selected(s lipgloss.Style) lipgloss.Style {
	if p.selection == "" {
		return s.Faint(false).Reverse(true)
	}
	s = s.Background(lipgloss.Color(p.selection))
	if _, none := s.GetForeground().(lipgloss.NoColor); none {
		s = s.Foreground(lipgloss.Color(p.onSelection))
	}
	return s
}

func monoStyle(role Role) lipgloss.Style {
	s := lipgloss.NewStyle()
	switch role {
	case Strong, Heading, Key, Accent, Bad, Orphan, Fault, Stale:
		return s.Bold(true)
	case Match:
		return s.Reverse(true)
	}
	return s
}
