package draw

import (
	"strings"

	"microtui/model"
)

// Wrap breaks text into lines of so many cells: at spaces where there are
// any, anywhere in a word that is too long (a store path).
func Wrap(text model.SafeText, cells int) []model.SafeText {
	if cells < 1 {
		return nil
	}
	var lines []model.SafeText
	for Width(text) > cells {
		head := Cut(text, cells)
		if head == "" { // one wide character in one cell
			return append(lines, "")
		}
		if space := strings.LastIndexByte(string(head), ' '); text[len(head)] != ' ' && space > 0 {
			head = head[:space]
		}
		lines = append(lines, trimRight(head))
		text = TrimLeft(text[len(head):])
	}
	return append(lines, text)
}

// TrimLeft is a text without the blanks before it.
func TrimLeft(text model.SafeText) model.SafeText {
	return text[len(text)-len(strings.TrimLeft(string(text), " ")):]
}

func trimRight(text model.SafeText) model.SafeText {
	return text[:len(strings.TrimRight(string(text), " "))]
}
