package demo

import (
	"context"
	"errors"
	"slices"
	"sync"

	"microtui/backend/operation"
	"microtui/model"
)

// errKilled is why a dead executor records nothing any more.
var errKilled = errors.New("killed")

// performance is an operation on the simulated host, with its record.
type performance struct {
	operation.Header

	mu      sync.Mutex
	events  []operation.Event
	alive   bool
	killed  bool               // nothing is recorded any more
	cancel  context.CancelFunc // of who works on it
	changed chan struct{}      // closed and made anew with each event
}

// Append implements [operation.Record].
func (p *performance) Append(e operation.Event) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.killed {
		return errKilled
	}
	p.events = append(p.events, e)
	p.wake()
	return nil
}

func (p *performance) wake() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// Events implements [operation.Record].
func (p *performance) Events() ([]operation.Event, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.events), nil
}

// now is the operation as it stands, and what is closed when it changes. It is
// not over while who worked on it still has its locks: the next one may begin as
// soon as it is.
func (p *performance) now() (model.Operation, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	events := p.events
	if last := len(events) - 1; p.alive && last >= 0 && events[last].Kind == operation.EventEnd {
		events = events[:last]
	}
	return operation.Fold(p.Header, events, p.alive), p.changed
}

// begin takes who works on it, and end tells that nobody does any more.
func (p *performance) begin(cancel context.CancelFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.alive, p.killed, p.cancel = true, false, cancel
	p.wake()
}

func (p *performance) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.alive = false
	p.wake()
}

// stop asks who works on it to end.
func (p *performance) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cancel()
}

// perform works on an operation until it has ended. Where the host is closed
// before, it is cancelled.
func (l *Live) perform(p *performance) {
	ctx, cancel := context.WithCancel(context.Background())
	p.begin(cancel)
	l.watches.Go(func() {
		defer p.end()
		defer cancel()
		// Its record tells all there is to tell.
		_, _ = operation.Run(ctx, p.Header, &stage{live: l, pace: beat}, p)
		l.Refresh()
	})
	l.watches.Go(func() {
		defer cancel()
		select {
		case <-l.closed:
		case <-ctx.Done():
		}
	})
}
