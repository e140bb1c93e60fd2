package demo

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"microtui/backend/operation"
	"microtui/model"
)

// performance is an operation on the simulated host, with its record.
type performance struct {
	operation.Header
	cancel context.CancelFunc

	mu      sync.Mutex
	events  []operation.Event
	alive   bool
	changed chan struct{} // closed and made anew with each event
}

// Append implements [operation.Record].
func (p *performance) Append(e operation.Event) error {
	p.mu.Lock()
	defer p.mu.Unlock()
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

// now is the operation as it stands, and what is closed when it changes.
func (p *performance) now() (model.Operation, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return operation.Fold(p.Header, p.events, p.alive), p.changed
}

func (p *performance) setAlive(alive bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.alive = alive
	p.wake()
}

// Survey gives a plan without the items that a look at the disk speaks
// against.
func (l *Live) Survey(_ context.Context, plan model.Plan) (model.Plan, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return operation.Survey(plan, func(item model.Item) error { return l.host.check(item) }), nil
}

// check is what speaks against an item on the disk.
func (h *Host) check(item model.Item) error {
	for _, step := range item.Steps {
		d := h.dir(step.Ref.Name)
		if step.Action != model.StepQuarantine || d == nil {
			continue
		}
		if p := h.outside(d); p != nil {
			return fmt.Errorf("%w: process %d (%s) works in %s", model.ErrRefused, p.PID, p.Comm, d.path())
		}
	}
	return nil
}

// Begin begins an operation and returns its id.
func (l *Live) Begin(_ context.Context, request model.Request) (string, error) {
	l.mu.Lock()
	h := operation.Header{
		ID:   fmt.Sprintf("%s-%04x", l.host.now.UTC().Format("20060102-150405"), len(l.performances)+1),
		Plan: request.Plan.Chosen(), By: request.By, At: l.host.now,
	}
	p := &performance{Header: h, changed: make(chan struct{}), alive: true}
	l.performances = append(l.performances, p)
	l.mu.Unlock()
	l.perform(p)
	return h.ID, nil
}

// perform works on an operation until it has ended, or the host is closed.
func (l *Live) perform(p *performance) {
	ctx, cancel := context.WithCancel(context.Background())
	p.cancel = cancel
	l.watches.Go(func() {
		defer cancel()
		defer p.setAlive(false)
		// The record of a simulated operation cannot fail.
		_, _ = operation.Run(ctx, p.Header, &stage{live: l, pace: beat}, p)
		l.Refresh()
	})
}

// performance finds an operation.
func (l *Live) performance(id string) (*performance, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range l.performances {
		if p.ID == id {
			return p, nil
		}
	}
	return nil, fmt.Errorf("%w: there is no operation %s; see microtui ops", model.ErrUnknown, id)
}

// Follow tells of an operation: as it stands, then with each change, until it
// is over or ctx ends. The channel holds the newest only.
func (l *Live) Follow(ctx context.Context, id string) <-chan model.Operation {
	out := make(chan model.Operation, 1)
	p, err := l.performance(id)
	if err != nil {
		close(out)
		return out
	}
	l.watches.Go(func() {
		defer close(out)
		for {
			o, changed := p.now()
			select {
			case <-out:
			default:
			}
			out <- o
			if o.State != model.OperationRunning {
				return
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return
			case <-l.closed:
				return
			}
		}
	})
	return out
}

// Operations lists the operations, the newest first.
func (l *Live) Operations(context.Context) ([]model.Operation, error) {
	l.mu.Lock()
	all := slices.Clone(l.performances)
	l.mu.Unlock()
	var operations []model.Operation
	for _, p := range slices.Backward(all) {
		o, _ := p.now()
		operations = append(operations, o)
	}
	return operations, nil
}

// CancelOperation asks an operation to end where it can.
func (l *Live) CancelOperation(_ context.Context, id string) error {
	p, err := l.performance(id)
	if err != nil {
		return err
	}
	if o, _ := p.now(); o.State != model.OperationRunning {
		return fmt.Errorf("%w: operation %s does not run", model.ErrStale, id)
	}
	p.cancel()
	return nil
}

// Settle brings an operation that was interrupted to its end.
func (l *Live) Settle(_ context.Context, id string) error {
	p, err := l.performance(id)
	if err != nil {
		return err
	}
	if o, _ := p.now(); o.State != model.OperationInterrupted {
		return fmt.Errorf("%w: operation %s is %s", model.ErrStale, id, o.State)
	}
	p.setAlive(true)
	l.perform(p)
	return nil
}

// Output is what programs said during an operation: nothing, here.
func (l *Live) Output(_ context.Context, id string) (model.Raw, error) {
	_, err := l.performance(id)
	return "", err
}

// Compare makes a difference up between two runners: the kernel of the one
// that was built later is newer.
func (l *Live) Compare(_ context.Context, before, after model.Raw) (model.ClosureDiff, error) {
	diff := model.ClosureDiff{Before: before, After: after}
	if before != after {
		size := uint64(1_204_000_000)
		larger := size + 3_400_000
		diff.BytesBefore, diff.BytesAfter = &size, &larger
		diff.Changes = []model.ClosureChange{
			{Package: "linux", Before: []model.Raw{"6.12.41"}, After: []model.Raw{"6.12.58"}, Bytes: 2_300_000},
			{Package: "nixos-system", Before: []model.Raw{"25.11.20261009"}, After: []model.Raw{"25.11.20261118"}, Bytes: 0},
			{Package: "openssh", Before: []model.Raw{"10.2p1"}, After: []model.Raw{"10.3p1"}, Bytes: 1_100_000},
		}
	}
	return diff, nil
}

// Discard gives up what a build brought about: nothing, here.
func (l *Live) Discard(context.Context, string) error { return nil }

// Keep puts a thing on the keep list.
func (l *Live) Keep(_ context.Context, entry model.KeepEntry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	ref := model.Ref{Kind: entry.Kind, Name: entry.Name}
	l.host.keep = slices.DeleteFunc(l.host.keep, func(k model.KeepEntry) bool { return k.Kind == ref.Kind && k.Name == ref.Name })
	entry.At = l.host.now
	l.host.keep = append(l.host.keep, entry)
	return nil
}

// Unkeep takes a thing off the keep list.
func (l *Live) Unkeep(_ context.Context, ref model.Ref) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := len(l.host.keep)
	l.host.keep = slices.DeleteFunc(l.host.keep, func(k model.KeepEntry) bool { return k.Kind == ref.Kind && k.Name == ref.Name })
	if len(l.host.keep) == before {
		return fmt.Errorf("%w: %s %s is not on the keep list", model.ErrUnknown, ref.Kind, ref.Name)
	}
	return nil
}

// World is the host as operations change it, without pauses for who watches.
func (l *Live) World() operation.World { return &stage{live: l} }

// stage implements [operation.World].
type stage struct {
	live *Live
	pace time.Duration // between the words of a step
}

// Lock implements [operation.World]: a VM that systemd works on is taken.
func (s *stage) Lock(h operation.Header, vms []model.Raw, loose bool) (func(), error) {
	l := s.live
	l.mu.Lock()
	defer l.mu.Unlock()
	wanted := slices.Clone(vms)
	if loose {
		wanted = append(wanted, "")
	}
	for _, name := range wanted {
		if j := l.jobs[name]; j != nil {
			return nil, fmt.Errorf("%w: %s of %s goes on", model.ErrBusy, j.order.Action, name)
		}
		if by := l.locked[name]; by != "" {
			return nil, fmt.Errorf("%w: operation %s is at it", model.ErrBusy, by)
		}
	}
	for _, name := range wanted {
		l.locked[name] = h.ID
	}
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		for _, name := range wanted {
			delete(l.locked, name)
		}
	}, nil
}

// Inventory implements [operation.World].
func (s *stage) Inventory(ctx context.Context) (model.Inventory, error) {
	o, err := s.live.Observe(ctx)
	return model.Interpret(o), err
}

// Check implements [operation.World].
func (s *stage) Check(_ context.Context, _ model.Plan, item model.Item) error {
	s.live.mu.Lock()
	defer s.live.mu.Unlock()
	return s.live.host.check(item)
}

// Apply implements [operation.World].
func (s *stage) Apply(ctx context.Context, t operation.Task, tell func(model.Raw)) (done operation.Done, err error) {
	for _, doing := range s.words(t) {
		tell(doing)
		select {
		case <-ctx.Done():
			return operation.Done{}, ctx.Err()
		case <-time.After(s.pace):
		}
	}
	s.live.Do(func(h *Host) { done, err = h.apply(t) })
	return done, err
}

// words are what a step says while it goes on, where somebody watches.
func (s *stage) words(t operation.Task) []model.Raw {
	if s.pace == 0 {
		return nil
	}
	if t.Step.Action == model.StepBuild {
		return []model.Raw{"evaluates", "downloads 12 of 84 MiB", "downloads 84 of 84 MiB", "builds 1 of 3: linux-6.12.58", "builds 3 of 3: microvm-qemu-" + t.VM()}
	}
	return []model.Raw{""}
}

// Happened implements [operation.World].
func (s *stage) Happened(t operation.Task) (happened bool, err error) {
	s.live.Do(func(h *Host) { happened = h.happened(t) })
	return happened, nil
}

// Undo implements [operation.World].
func (s *stage) Undo(_ context.Context, t operation.Task) (err error) {
	s.live.Do(func(h *Host) { err = h.undo(t) })
	return err
}
