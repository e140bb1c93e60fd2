package systemd

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"

	"microtui/backend/wait"
	"microtui/model"
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
// breaks, it is made anew by itself. It is made when it is first needed: a
// single reading may do without. (Not over systemd's private socket: that one
// dies with each daemon-reexec.)
type Bus struct {
	life   context.Context
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
	watches map[*watch]bool         // who follows a VM's jobs
	closely func(vm model.Raw) bool // whose units are read as a whole
	wanted  bool                    // the connection, so that it is made
	closed  bool

	outgoing func(*dbus.Message) // sees each call; nil: nobody does

	reading sync.Mutex // held during Units; guards the following
	cache   cache
}

// changes are what signals told since the last reading.
type changes struct {
	units      map[string]bool // whose properties changed
	everything bool            // unit files were read again, or signals may be missing
}

// Open returns at once and cannot fail: [Bus.Units] says how things stand. ctx
// is the life of the Bus; [Bus.Close] ends it too.
func Open(ctx context.Context) *Bus {
	ctx, cancel := context.WithCancel(ctx)
	return &Bus{
		life:    ctx,
		hints:   make(chan struct{}, 1),
		events:  make(chan struct{}, 1),
		tried:   make(chan struct{}),
		cancel:  cancel,
		lost:    ErrNoBus,
		changed: changes{units: make(map[string]bool)},
		watches: make(map[*watch]bool),
		closely: func(model.Raw) bool { return false },
		cache:   make(cache),
	}
}

// connect makes the Bus connect, and stay connected, from now on.
func (b *Bus) connect() {
	b.state.Lock()
	defer b.state.Unlock()
	if b.wanted || b.closed {
		return
	}
	b.wanted = true
	b.ended.Go(func() { b.supervise(b.life) })
	b.ended.Go(func() { b.gather(b.life) })
}

// isWanted reports whether the Bus was made to connect.
func (b *Bus) isWanted() bool {
	b.state.Lock()
	defer b.state.Unlock()
	return b.wanted || b.closed
}

// Close ends the connection and returns when nothing of it is left.
func (b *Bus) Close() {
	b.state.Lock()
	b.closed = true
	b.state.Unlock()
	b.cancel()
	b.ended.Wait()
}

// Hints tells that something changed and a reading is worth while: a unit of
// microvm.nix, or the connection itself. Signals are only hints: the bus may
// drop and reorder them. There is one channel for the life of the Bus.
func (b *Bus) Hints() <-chan struct{} {
	b.connect()
	return b.hints
}

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
	b.connect()
	select {
	case <-b.tried:
	case <-b.life.Done():
		return nil, fmt.Errorf("%w: closed", ErrNoBus)
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
