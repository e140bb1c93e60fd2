package terminal

import "slices"

// Frame is what the screen is to show.
type Frame struct {
	Width, Height int
	Lines         []string // styled, top to bottom; missing ones are blank
}

func (f Frame) equal(g Frame) bool {
	return f.Width == g.Width && f.Height == g.Height && slices.Equal(f.Lines, g.Lines)
}
