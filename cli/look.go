package cli

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"microtui/model"
	"microtui/styles"
)

// Look is how text looks where it is written to.
type Look struct {
	Colour bool // standard output is a terminal that shows colours
	Theme  styles.Theme
	ASCII  bool // only ASCII can be shown
}

func (l Look) glyphs() styles.Glyphs {
	if l.ASCII {
		return styles.ASCII()
	}
	return styles.Unicode()
}

// text is a text as it can be shown.
func (l Look) text(text model.SafeText) model.SafeText {
	if l.ASCII {
		return text.ASCII()
	}
	return text
}

// inked gives text the ink of a role, where there is colour.
func (l Look) inked(role styles.Role, text string) string {
	if !l.Colour || text == "" {
		return text
	}
	ink := styles.New(l.Theme).Plain.Ink(role)
	return ink.Open + text + ink.Close
}

// cells is the number of cells a text takes, counted as wcwidth(3) does.
func cells(text model.SafeText) int { return ansi.StringWidthWc(string(text)) }

// padded fills a text with spaces up to a width.
func padded(text model.SafeText, width int) string {
	return string(text) + strings.Repeat(" ", max(0, width-cells(text)))
}
