package draw

import (
	"microtui/model"
	"microtui/styles"
	"unicode/utf8"
)

// MiddleCut leaves out the middle of a text that is too wide: names of VMs
// often differ at their end.
func MiddleCut(text model.SafeText, cells int, ellipsis styles.Glyph) model.SafeText {
	if Width(text) <= cells {
		return text
	}
	tail := (cells - 1) / 2
	return Cut(text, cells-1-tail) + model.Safe(model.Raw(ellipsis)) + LastCells(text, tail)
}

// LastCells is the end of a text that fits into so many cells.
func LastCells(text model.SafeText, cells int) model.SafeText {
	from := len(text)
	for from > 0 {
		_, size := utf8.DecodeLastRuneInString(string(text[:from]))
		if Width(text[from-size:]) > cells {
			break
		}
		from -= size
	}
	return text[from:]
}

// BlanksText is so many blanks, 50 at most.
func BlanksText(n int) model.SafeText {
	const text model.SafeText = "                                                  "
	return text[:min(n, len(text))]
}
