package scene

import "microtui/model"

// Difference is what came of a comparison.
type Difference struct {
	model.Comparison
	Diff model.ClosureDiff
	Err  error
}

// Closures are the differences that were asked for on this screen.
type Closures struct {
	Known []Difference
	Asked []model.Comparison // and not answered yet
}
