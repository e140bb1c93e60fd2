package tui

import (
	"strings"
)

// firstLine is what of a paste fits into a prompt.
func firstLine(text string) string {
	text, _, _ = strings.Cut(strings.TrimLeft(text, "\r\n"), "\n")
	return strings.TrimRight(text, "\r")
}
