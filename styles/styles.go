package styles

import "charm.land/lipgloss/v2"

// Styles are the sheets of a theme. They never change once made.
type Styles struct {
	Plain    *Sheet
	Selected *Sheet // the row under the cursor
	coloured bool
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
		Plain:    newSheet(plain),
		Selected: newSheet(func(role Role) lipgloss.Style { return p.selected(plain(role)) }),
	}
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
