package systemd

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"microtui/backend/wait"
)

const (
	firstPause = 100 * time.Millisecond // after a connection was lost
	longPause  = 5 * time.Second        // between attempts, at most
	checkEvery = time.Second            // whether the connection is alive
	settle     = 50 * time.Millisecond  // how long signals are gathered for one hint
	// maxSilent is how many list calls in a row may go unanswered before the
	// connection is given up. PID 1 is silent for seconds while it reloads a
	// large configuration; a connection that is dead stays silent.
	maxSilent = 3
)

// Bus is a supervised connection to systemd over the system bus: when it
// breaks, it is made anew by itself. (Not systemd's private socket: that one
// dies with each daemon-reexec.)
type Bus struct {
	hints  chan struct{}
	events chan struct{} // signals that concern us, before they are gathered
	tried  chan struct{} // closed after the first attempt to connect
	cancel context.CancelFunc
	ended  sync.WaitGroup

	state   sync.Mutex // guards the following
	session *session   // nil: not connected
	lost    error      // why it is nil
	silent  int        // list calls without an answer, in a row
	changed changes
	watches map[*watch]bool // who follows a VM's jobs

	reading sync.Mutex // held during Units; guards the following
	cache   cache
}

// changes are what signals told since the last reading.
type changes struct {
	units      map[string]bool // whose properties changed
	everything bool            // unit files were read again, or signals may be missing
}

// Open starts to connect and returns at once. It cannot fail: [Bus.Units]
// says how things stand. ctx is the life of the Bus; [Bus.Close] ends it too.
func Open(ctx context.Context) *Bus {
	ctx, cancel := context.WithCancel(ctx)
	b := &Bus{
		hints:   make(chan struct{}, 1),
		events:  make(chan struct{}, 1),
		tried:   make(chan struct{}),
		cancel:  cancel,
		lost:    ErrNoBus,
		changed: changes{units: make(map[string]bool)},
		watches: make(map[*watch]bool),
		cache:   make(cache),
	}
	b.ended.Go(func() { b.supervise(ctx) })
	b.ended.Go(func() { b.gather(ctx) })
	return b
}

// Close ends the connection and returns when nothing of it is left.
func (b *Bus) Close() {
	b.cancel()
	b.ended.Wait()
}

// Hints tells that something changed and a reading is worth while: a unit of
// microvm.nix, or the connection itself. Signals are only hints: the bus may
// drop and reorder them. There is one channel for the life of the Bus.
func (b *Bus) Hints() <-chan struct{} { return b.hints }

// supervise keeps a session.
func (b *Bus) supervise(ctx context.Context) {
	pauses := backOff{}
	for first := true; first || ctx.Err() == nil; first = false {
		s, err := dial(ctx)
		b.enter(s, err)
		if first {
			close(b.tried)
		}
		if err == nil {
			pauses.reset()
			wait.Signal(b.events)
			b.serve(ctx, s)
			s.close()
			b.enter(nil, fmt.Errorf("%w: connection lost", ErrNoBus))
			wait.Signal(b.events)
		}
		wait.Pause(ctx, pauses.next())
	}
	b.enter(nil, fmt.Errorf("%w: closed", ErrNoBus))
}

// enter makes s the session, or none.
func (b *Bus) enter(s *session, err error) {
	b.state.Lock()
	defer b.state.Unlock()
	b.session, b.lost, b.silent = s, err, 0
	b.changed.everything = true
	b.wakeAll()
}

// connected is the session, or why there is none. Only before the very first
// attempt to connect has ended, it waits for that.
func (b *Bus) connected(ctx context.Context) (*session, error) {
	select {
	case <-b.tried:
	case <-ctx.Done():
		return nil, explain(ctx.Err())
	}
	b.state.Lock()
	defer b.state.Unlock()
	return b.session, b.lost
}

// note counts list calls that went unanswered and gives up a connection with
// too many of them.
func (b *Bus) note(s *session, err error) {
	b.state.Lock()
	defer b.state.Unlock()
	if !errors.Is(err, context.DeadlineExceeded) {
		b.silent = 0
		return
	}
	if b.silent++; b.silent >= maxSilent && b.session == s {
		s.cancel() // which serve notices
	}
}

// gather turns a burst of events into one hint.
func (b *Bus) gather(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-b.events:
		}
		wait.Pause(ctx, settle)
		wait.Signal(b.hints)
	}
}

// backOff gives pauses that double, with jitter so that many instances do not
// come back in step.
type backOff struct{ last time.Duration }

func (p *backOff) reset() { p.last = 0 }

func (p *backOff) next() time.Duration {
	p.last = min(max(2*p.last, firstPause), longPause)
	return p.last/2 + rand.N(p.last/2)
}
