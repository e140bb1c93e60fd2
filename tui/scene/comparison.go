package scene

import "microtui/model"

// Comparison is a pair of runners, of a VM.
type Comparison struct{ VM, Before, After model.Raw }

// Difference is what came of a comparison.
type Difference struct {
	Comparison
	Diff model.ClosureDiff
	Err  error
}

// Closures are the differences that were asked for on this screen.
type Closures struct {
	Known []Difference
	Asked []Comparison // and not answered yet
}
