package backend

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	// patience is how long an observation waits for a source.
	patience = 3 * time.Second
	// overduePatience is how long it waits for one that was late before.
	overduePatience = 100 * time.Millisecond
	// workLimit is how long a source may go on after that, for an observation
	// to come.
	workLimit = 30 * time.Second
)

// singleFlight calls a source, one call at a time. A call that takes too long, or
// forever (a dead network file system), is left to itself: its result counts
// for the observation during which it comes, and until then no second call is
// made.
type singleFlight[T any] struct {
	mutex sync.Mutex
	call  *call[T] // under way, or done and not yet taken
}

type call[T any] struct {
	done    chan struct{}
	result  T
	begun   time.Time
	overdue bool
}

// read gives what the source reads, or an error where it takes too long.
func (l *singleFlight[T]) read(ctx context.Context, source func(context.Context) T) (result T, err error) {
	c, wait := l.join(ctx, source)
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-c.done:
		l.settle(c, false)
		return c.result, nil
	case <-ctx.Done():
		return result, ctx.Err()
	case <-timer.C:
		l.settle(c, true)
		return result, fmt.Errorf("no answer for %s", time.Since(c.begun).Round(time.Second))
	}
}

// join begins a call, or joins the one that is under way.
func (l *singleFlight[T]) join(ctx context.Context, source func(context.Context) T) (*call[T], time.Duration) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.call != nil {
		if l.call.overdue {
			return l.call, overduePatience
		}
		return l.call, patience
	}
	c := &call[T]{done: make(chan struct{}), begun: time.Now()}
	l.call = c
	ctx, cancel := context.WithTimeout(ctx, workLimit)
	go func() {
		defer cancel()
		c.result = source(ctx)
		close(c.done)
	}()
	return c, patience
}

// settle makes room for the next call, or marks this one as late.
func (l *singleFlight[T]) settle(c *call[T], overdue bool) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	c.overdue = overdue
	if !overdue && l.call == c {
		l.call = nil
	}
}
