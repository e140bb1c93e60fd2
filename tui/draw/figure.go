package draw

import (
	"microtui/styles"
)

// Figure is a count in the head line. Where not all fit, those with the
// highest rank go first.
type Figure struct {
	Run
	Rank int
}

// Fitting leaves out the least important figures until the rest fits, as it is
// shown.
func Fitting(sheet *styles.Sheet, figures []Figure, cells int) []Figure {
	for {
		total, worst := 0, -1
		for i, f := range figures {
			total += 3 + Width(Showable(sheet, f.Text))
			if worst < 0 || f.Rank >= figures[worst].Rank {
				worst = i
			}
		}
		if total <= cells || worst < 0 {
			return figures
		}
		figures = append(append([]Figure{}, figures[:worst]...), figures[worst+1:]...)
	}
}

// RunsWidth is the width of some runs one after the other, in cells.
func RunsWidth(runs []Run) (cells int) {
	for _, r := range runs {
		cells += Width(r.Text)
	}
	return cells
}
