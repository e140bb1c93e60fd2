package cli

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"microtui/model/text"
	"microtui/styles"
)

// OutputStyle is how text looks where it is written to.
type OutputStyle struct {
	Colour bool // standard output is a terminal that shows colours
	Theme  styles.Theme
	ASCII  bool // only ASCII can be shown
	Width  int  // of the terminal, in cells; 0: it is none
}

func (o OutputStyle) glyphs() styles.Glyphs {
	if o.ASCII {
		return styles.ASCII()
	}
	return styles.Unicode()
}

// text is a text as it can be shown.
func (o OutputStyle) text(s text.SafeText) text.SafeText {
	if o.ASCII {
		return s.ASCII()
	}
	return s
}

// inked gives text the ink of a role, where there is colour.
func (o OutputStyle) inked(role styles.Role, s string) string {
	if !o.Colour || s == "" {
		return s
	}
	ink := styles.New(o.Theme).Plain.Ink(role)
	return ink.Open + s + ink.Close
}

// cells is the number of cells a text takes, counted as wcwidth(3) does.
func cells(s text.SafeText) int { return ansi.StringWidthWc(string(s)) }

// padded fills a text with spaces up to a width.
func padded(s text.SafeText, width int) string {
	return string(s) + strings.Repeat(" ", max(0, width-cells(s)))
}
