package demo

import (
	"context"
	"fmt"
	"slices"

	"microtui/backend/operation"
	"microtui/model"
)

// Survey gives a plan without the items that a look at the disk, or at a flake,
// speaks against.
func (l *Live) Survey(_ context.Context, plan model.Plan) (model.Plan, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	plan = operation.Survey(plan, func(item model.Item) error { return l.host.check(item) })
	for at, item := range plan.Items {
		if vm, _ := item.NewVM(); vm != "" {
			plan.Items[at].Evidence = append(slices.Clone(item.Evidence), "9 derivations would be built, 31 paths would be fetched (214.8 MiB download, 871.3 MiB unpacked)")
		}
	}
	return plan, nil
}

// drafts are what the demo's flakes have beside the VMs that there are.
var drafts = []model.Raw{"forum", "playground", "wiki"}

// offered are the names of the VMs of a flake.
func (h *Host) offered() []model.Raw {
	names := slices.Clone(drafts)
	for _, g := range h.sources {
		if !slices.Contains(names, g.Name) {
			names = append(names, g.Name)
		}
	}
	slices.Sort(names)
	return names
}

// check is what speaks against an item on the disk, or in its flake.
func (h *Host) check(item model.Item) error {
	if vm, flake := item.NewVM(); vm != "" {
		return model.CheckOffered(vm, flake, h.offered())
	}
	for _, step := range item.Steps {
		d := h.dir(step.Ref.Name)
		if step.Action != model.StepQuarantine || d == nil {
			continue
		}
		if p := h.worker(d, operation.Stops(item)); p != nil {
			return fmt.Errorf("%w: process %d (%s) works in %s", model.ErrRefused, p.PID, p.Comm, d.path())
		}
	}
	return nil
}

// Begin begins an operation and returns its id.
func (l *Live) Begin(ctx context.Context, request model.Request) (string, error) {
	if len(request.Plan.Chosen().Items) == 0 {
		return "", fmt.Errorf("%w: there is nothing to do", model.ErrRefused)
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	l.mu.Lock()
	h := operation.Header{
		ID:   fmt.Sprintf("%s-%04x", l.host.now.UTC().Format("20060102-150405"), len(l.performances)+1),
		Plan: request.Plan.Chosen(), By: request.By, At: l.host.now,
	}
	p := &performance{Header: h, changed: make(chan struct{}), alive: true, cancel: func() {}}
	l.performances = append(l.performances, p)
	l.mu.Unlock()
	l.perform(p)
	return h.ID, nil
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
		return fmt.Errorf("%w: operation %s is not running", model.ErrStale, id)
	}
	p.stop()
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
	l.perform(p)
	return nil
}

// Output is what programs said during an operation: nothing, here.
func (l *Live) Output(_ context.Context, id string) (model.Raw, error) {
	_, err := l.performance(id)
	return "", err
}

// Compare makes a difference up between two runners: what is in the one that
// was built later is newer and larger, whichever way they are compared.
func (l *Live) Compare(_ context.Context, before, after model.Raw) (model.ClosureDiff, error) {
	diff := model.ClosureDiff{Before: before, After: after}
	if before == after {
		return diff, nil
	}
	size := uint64(1_204_000_000)
	larger := size + 3_400_000
	diff.BytesBefore, diff.BytesAfter = &size, &larger
	diff.Changes = []model.ClosureChange{
		{Package: "linux", Before: []model.Raw{"6.12.41"}, After: []model.Raw{"6.12.58"}, Bytes: 2_300_000},
		{Package: "nixos-system", Before: []model.Raw{"25.11.20261009"}, After: []model.Raw{"25.11.20261118"}, Bytes: 0},
		{Package: "openssh", Before: []model.Raw{"10.2p1"}, After: []model.Raw{"10.3p1"}, Bytes: 1_100_000},
	}
	backwards := false
	l.Do(func(h *Host) { backwards = h.built(before) > h.built(after) })
	if backwards {
		diff.BytesBefore, diff.BytesAfter = diff.BytesAfter, diff.BytesBefore
		for i := range diff.Changes {
			c := &diff.Changes[i]
			c.Before, c.After, c.Bytes = c.After, c.Before, -c.Bytes
		}
	}
	return diff, nil
}

// built is when a runner was built, counted in builds; -1: it never was.
func (h *Host) built(runner model.Raw) int {
	return slices.IndexFunc(h.builds, func(b *build) bool { return b.runner.Path == runner })
}

// Outdated reports whether a VM's source builds to something else than it has.
func (l *Live) Outdated(_ context.Context, vm, _, current model.Raw) (outdated bool, newer model.Raw, err error) {
	l.Do(func(h *Host) { newer = h.realise(h.source(vm)).runner.Path })
	return newer != current, newer, nil
}

// Discard gives up what a build brought about: nothing, here.
func (l *Live) Discard(context.Context, string) error { return nil }
