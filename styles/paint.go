package styles

import (
	"image/color"

	"charm.land/lipgloss/v2"
)

// Paint is a look that a text brings along: the colours of a guest's console.
type Paint struct {
	Fore, Back                                       Colour
	Bold, Faint, Italic, Underline, Reverse, Crossed bool
}

// Colour is a colour of a [Paint]; the zero value is the terminal's own.
type Colour struct{ color color.Color }

// PaletteColour is one of a terminal's 256 colours.
func PaletteColour(index uint8) Colour { return Colour{lipgloss.ANSIColor(index)} }

// ExactColour is a colour by its parts.
func ExactColour(r, g, b uint8) Colour { return Colour{color.RGBA{r, g, b, 255}} }

// Painted is the ink of a paint. A theme without colours keeps the rest of
// it.
func (s Styles) Painted(p Paint) Ink {
	style := lipgloss.NewStyle().Bold(p.Bold).Faint(p.Faint).Italic(p.Italic).
		Underline(p.Underline).Reverse(p.Reverse).Strikethrough(p.Crossed)
	if s.coloured && p.Fore.color != nil {
		style = style.Foreground(p.Fore.color)
	}
	if s.coloured && p.Back.color != nil {
		style = style.Background(p.Back.color)
	}
	return newInk(style)
}
