package draw

import "github.com/charmbracelet/x/ansi"

// Overlaid puts a piece of so many cells over a line. Of a wide character that
// only half of would be left, nothing is.
func Overlaid(line, piece string, x, cells int) string {
	left, end := Padded(ansi.TruncateWc(line, x, ""), x), x+cells
	right := ansi.TruncateLeftWc(line, end, "")
	if ansi.StringWidthWc(right) > max(0, ansi.StringWidthWc(line)-end) {
		right = " " + ansi.TruncateLeftWc(line, end+1, "")
	}
	return left + piece + right
}

// Padded is a text filled up with blanks to so many cells.
func Padded(text string, cells int) string {
	for n := cells - ansi.StringWidthWc(text); n > 0; n-- {
		text += " "
	}
	return text
}
