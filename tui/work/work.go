package work

import (
	"time"

	"microtui/model"
	"microtui/model/text"
)

// Work is all that goes on. The zero value is nothing.
type Work struct {
	// Now is the time of the last tick, or of the last news.
	Now time.Time
	// Version is another one whenever something else is known.
	Version int

	jobs []*job // in the order in which they were given
	last int    // number of a job

	operations
}

// Waits reports whether the end of something is waited for.
func (w *Work) Waits() bool {
	for _, j := range w.jobs {
		if j.phase != settled {
			return true
		}
	}
	return len(w.In(model.OperationRunning)) > 0
}

// Tick takes the time of the next second.
func (w *Work) Tick(now time.Time) {
	w.Now = now
	w.Version++
}

// Pending is what a row shows of a thing while something is done to it.
type Pending struct{ State, Notes text.SafeText }

// Pending are the things that something is done to.
func (w *Work) Pending(ellipsis text.SafeText) map[model.Ref]Pending {
	all := make(map[model.Ref]Pending)
	for _, j := range w.jobs {
		all[model.Ref{Kind: model.KindVM, Name: j.order.VM}] = j.pending(w.Now, ellipsis)
	}
	w.pendingOperations(all, ellipsis)
	return all
}
