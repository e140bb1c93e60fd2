package backend

import (
	"context"
	"time"

	"microtui/backend/wait"
	"microtui/model"
)

const (
	// leastGap is the least time between the end of an observation and the
	// begin of the next, whatever hints there are.
	leastGap = 250 * time.Millisecond
	// longestInterval is how rarely a host that does not answer is asked.
	longestInterval = 10 * time.Second
)

// poller observes again and again.
type poller struct {
	// observe observes once; ok is false where the host does not answer as it
	// should. It was called where something hinted at a change, or somebody asked.
	observe  func(ctx context.Context, called bool) (o model.Observation, ok bool)
	interval time.Duration
	hints    <-chan struct{} // something changed
	asked    <-chan struct{} // somebody asks for an observation
}

// run observes until ctx ends, and closes the channel. One observation is
// under way at a time.
func (p poller) run(ctx context.Context, newest chan model.Observation) {
	defer close(newest)
	interval, called := p.interval, true
	for ctx.Err() == nil {
		begun := time.Now()
		o, ok := p.observe(ctx, called)
		if ctx.Err() != nil {
			return
		}
		replace(newest, o)
		interval = p.next(interval, ok)
		wait.Pause(ctx, leastGap)
		called = pause(ctx, time.Until(begun.Add(interval)), p.hints, p.asked)
	}
}

// next is the interval after an observation: twice the last one where the host
// does not answer.
func (p poller) next(interval time.Duration, ok bool) time.Duration {
	if ok {
		return p.interval
	}
	return min(2*interval, max(longestInterval, p.interval))
}

// replace makes v the one value in the channel, whose only writer calls it: it
// never waits for the reader.
func replace[T any](newest chan T, v T) {
	select {
	case <-newest:
	default:
	}
	newest <- v
}

// pause ends after a time, with ctx, or when something comes, which it reports.
func pause(ctx context.Context, d time.Duration, hints, asked <-chan struct{}) (called bool) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-hints:
		return true
	case <-asked:
		return true
	}
	return false
}
