package logview

import (
	"slices"
	"strings"

	"microtui/tui/draw"
)

// How a line of a log is broken into rows.

// Broken breaks pieces into rows of so many cells; without wrapping there is
// one, which is cut when it is drawn.
func (k *Layout) Broken(pieces []Piece, cells int) [][]Piece {
	if !k.Wrap {
		return [][]Piece{pieces}
	}
	var rows [][]Piece
	var row []Piece
	used := 0
	for _, p := range pieces {
		for p.Text != "" {
			head, taken := draw.Fits(p.Text, cells-used)
			if head == "" && used == 0 { // one wide character in one cell
				return append(rows, row)
			}
			if head != "" {
				row = append(row, Piece{p.ink, head})
				used += taken
				p.Text = p.Text[len(head):]
			}
			if p.Text == "" {
				continue
			}
			var rest []Piece
			if p.Text[0] == ' ' {
				p.Text = p.Text[1:]
			} else {
				row, rest = atBlank(row, cells)
			}
			rows, row, used = append(rows, row), rest, 0
			for _, r := range rest {
				_, taken := draw.Fits(r.Text, cells)
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
func atBlank(row []Piece, cells int) (head, rest []Piece) {
	tail := 0
	for i := len(row) - 1; i >= 0; i-- {
		text := row[i].Text
		at := strings.LastIndexByte(string(text), ' ')
		_, taken := draw.Fits(text[at+1:], cells)
		if tail += taken; tail > cells/3 {
			break
		}
		if at < 0 {
			continue
		}
		if at+1 < len(text) {
			rest = append(rest, Piece{row[i].ink, text[at+1:]})
		}
		rest = append(rest, row[i+1:]...)
		return append(slices.Clone(row[:i]), Piece{row[i].ink, text[:at]}), rest
	}
	return row, nil
}
