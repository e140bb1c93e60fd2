package tui

import (
	"slices"
	"strings"

	"microtui/tui/draw"
)

// How a line of a log is broken into rows.

// broken breaks pieces into rows of so many cells; without wrapping there is
// one, which is cut when it is drawn.
func (k *logLook) broken(pieces []piece, cells int) [][]piece {
	if !k.wrap {
		return [][]piece{pieces}
	}
	var rows [][]piece
	var row []piece
	used := 0
	for _, p := range pieces {
		for p.text != "" {
			head, taken := draw.Fits(p.text, cells-used)
			if head == "" && used == 0 { // one wide character in one cell
				return append(rows, row)
			}
			if head != "" {
				row = append(row, piece{p.ink, head})
				used += taken
				p.text = p.text[len(head):]
			}
			if p.text == "" {
				continue
			}
			var rest []piece
			if p.text[0] == ' ' {
				p.text = p.text[1:]
			} else {
				row, rest = atBlank(row, cells)
			}
			rows, row, used = append(rows, row), rest, 0
			for _, r := range rest {
				_, taken := draw.Fits(r.text, cells)
				used += taken
			}
		}
	}
	if row != nil || len(rows) == 0 {
		rows = append(rows, row)
	}
	return rows
}

// atBlank breaks a row at its last blank, which is lost, if that leaves no more
// than a third of the row for the next one; else the row stays whole.
func atBlank(row []piece, cells int) (head, rest []piece) {
	tail := 0
	for i := len(row) - 1; i >= 0; i-- {
		text := row[i].text
		at := strings.LastIndexByte(string(text), ' ')
		_, taken := draw.Fits(text[at+1:], cells)
		if tail += taken; tail > cells/3 {
			break
		}
		if at < 0 {
			continue
		}
		if at+1 < len(text) {
			rest = append(rest, piece{row[i].ink, text[at+1:]})
		}
		rest = append(rest, row[i+1:]...)
		return append(slices.Clone(row[:i]), piece{row[i].ink, text[:at]}), rest
	}
	return row, nil
}
