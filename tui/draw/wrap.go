package draw

import (
	"strings"

	"microtui/model/text"
)

// Wrap breaks text into lines of so many cells: at spaces where there are
// any, anywhere in a word that is too long (a store path).
func Wrap(s text.SafeText, cells int) []text.SafeText {
	if cells < 1 {
		return nil
	}
	var lines []text.SafeText
	for Width(s) > cells {
		head := Cut(s, cells)
		if head == "" { // one wide character in one cell
			return append(lines, "")
		}
		if space := strings.LastIndexByte(string(head), ' '); s[len(head)] != ' ' && space > 0 {
			head = head[:space]
		}
		lines = append(lines, trimRight(head))
		s = TrimLeft(s[len(head):])
	}
	return append(lines, s)
}

// TrimLeft is a text without the blanks before it.
func TrimLeft(s text.SafeText) text.SafeText {
	return s[len(s)-len(strings.TrimLeft(string(s), " ")):]
}

func trimRight(s text.SafeText) text.SafeText {
	return s[:len(strings.TrimRight(string(s), " "))]
}
