package draw

import (
	"microtui/model/text"
	"microtui/styles"
	"unicode/utf8"
)

// MiddleCut leaves out the middle of a text that is too wide: names of VMs
// often differ at their end.
func MiddleCut(s text.SafeText, cells int, ellipsis styles.Glyph) text.SafeText {
	if Width(s) <= cells {
		return s
	}
	tail := (cells - 1) / 2
	return Cut(s, cells-1-tail) + text.Safe(ellipsis) + LastCells(s, tail)
}

// LastCells is the end of a text that fits into so many cells.
func LastCells(s text.SafeText, cells int) text.SafeText {
	from := len(s)
	for from > 0 {
		_, size := utf8.DecodeLastRuneInString(string(s[:from]))
		if Width(s[from-size:]) > cells {
			break
		}
		from -= size
	}
	return s[from:]
}

// BlanksText is so many blanks, 50 at most.
func BlanksText(n int) text.SafeText {
	const blanks text.SafeText = "                                                  "
	return blanks[:min(n, len(blanks))]
}
