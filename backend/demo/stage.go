package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"microtui/backend/operation"
	"microtui/model"
)

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
			return nil, fmt.Errorf("%w: %s of %s is in progress", model.ErrBusy, j.order.Action, name)
		}
		if by := l.locked[name]; by != "" {
			return nil, fmt.Errorf("%w: operation %s is working on it", model.ErrBusy, by)
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

// Prepare implements [operation.World]: there is always room.
func (s *stage) Prepare(context.Context, operation.Task) error { return nil }

// Release implements [operation.World].
func (s *stage) Release(operation.Task) error { return nil }

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
		return []model.Raw{"evaluates", "downloading 12 of 84 MiB", "downloading 84 of 84 MiB", "building 1 of 3: linux-6.12.58", "building 3 of 3: microvm-qemu-" + t.VM()}
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
