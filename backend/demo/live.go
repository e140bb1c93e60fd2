package demo

import (
	"context"
	"sync"
	"time"

	"microtui/model"
)

// DefaultInterval is the time between two observations of [Live.Watch] where
// none is given.
const DefaultInterval = 2 * time.Second

// Live is a simulated host for faces: safe for concurrent use, and alive while
// somebody watches.
//
// Its clock moves only with [Live.Watch], by one interval for each observation
// after the first, whatever time really passed: the nth observation is the
// same each time.
type Live struct {
	mu   sync.Mutex
	host *Host
	jobs map[model.Raw]*job // by VM

	sightings    []model.Sighting     // the record of leftovers
	performances []*performance       // operations, in the order in which they were begun
	locked       map[model.Raw]string // by which operation; "" is what belongs to no VM

	asked   chan struct{} // a refresh is wanted
	closed  chan struct{}
	once    sync.Once
	watches sync.WaitGroup
}

// Open opens the populated host of [New].
func Open(seed uint64) *Live { return Run(New(seed)) }

// Run makes a host alive. It belongs to the Live from then on.
func Run(h *Host) *Live {
	return &Live{host: h, jobs: make(map[model.Raw]*job), locked: make(map[model.Raw]string), asked: make(chan struct{}, 1), closed: make(chan struct{})}
}

// Observe reads the host as it stands. The only error is that of ctx.
func (l *Live) Observe(ctx context.Context) (model.Observation, error) {
	if err := ctx.Err(); err != nil {
		return model.Observation{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.host.Observe(), nil
}

// Do lets something happen to the host.
func (l *Live) Do(move func(*Host)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	move(l.host)
}

// Watch observes until ctx or the host ends, and then closes the channel: at
// once, then every interval (0 is [DefaultInterval]), and when a refresh is
// asked for. A reader who is late finds the newest observation only.
func (l *Live) Watch(ctx context.Context, interval time.Duration) <-chan model.Observation {
	if interval <= 0 {
		interval = DefaultInterval
	}
	out := make(chan model.Observation, 1)
	l.watches.Go(func() {
		defer close(out)
		tick := time.NewTicker(interval)
		defer tick.Stop()
		l.Do(func(h *Host) { out <- h.Observe() })
		for {
			select {
			case <-ctx.Done():
				return
			case <-l.closed:
				return
			case <-tick.C:
			case <-l.asked:
				tick.Reset(interval)
			}
			replace(out, l.advance(interval))
		}
	})
	return out
}

func (l *Live) advance(d time.Duration) model.Observation {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.host.Pass(d)
	return l.host.Observe()
}

// replace puts an observation into a channel of one, in place of one that
// nobody has read.
func replace(out chan model.Observation, o model.Observation) {
	select {
	case <-out:
	default:
	}
	out <- o
}

// Refresh asks a running [Live.Watch] for an observation at once.
func (l *Live) Refresh() {
	select {
	case l.asked <- struct{}{}:
	default:
	}
}

// Close ends all watches and waits for their end.
func (l *Live) Close() {
	l.once.Do(func() { close(l.closed) })
	l.watches.Wait()
}
