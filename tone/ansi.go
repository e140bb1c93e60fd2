package tone

import (
	"microtui/model/text"
	"microtui/styles"
)

// Painted is a guest's own look of a text, as styles know it.
func Painted(l text.Style) styles.Paint {
	return styles.Paint{
		Fore: colour(l.Fore), Back: colour(l.Back), Bold: l.Bold, Faint: l.Faint, Italic: l.Italic,
		Underline: l.Underline, Reverse: l.Reverse, Crossed: l.Crossed,
	}
}

func colour(c text.Colour) styles.Colour {
	if index, ok := c.Palette(); ok {
		return styles.PaletteColour(index)
	}
	if r, g, b, ok := c.RGB(); ok {
		return styles.ExactColour(r, g, b)
	}
	return styles.Colour{}
}
