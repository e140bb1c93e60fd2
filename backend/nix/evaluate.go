package nix

import (
	"context"
	"fmt"
	"time"

	"microtui/model"
)

// EvaluateRequest says what to evaluate; see [BuildRequest].
type EvaluateRequest struct {
	VM, Flake   model.Raw
	Environment []string
}

// Evaluate gives the runner that a VM's flake stands for now, without building
// it: it need not be in the store. Errors are those of [Program.Build].
func (p *Program) Evaluate(ctx context.Context, r EvaluateRequest) (runner model.Raw, err error) {
	from := source{r.VM, r.Flake}
	if err := from.check(); err != nil {
		return "", err
	}
	args := append(from.arguments("eval"), "--raw", "--", from.runner()+".outPath")
	var out answer
	if err := newReader(r.Flake, nil, nil).run(ctx, p, args, r.Environment, &out); err != nil {
		return "", fmt.Errorf("evaluate %s: %w", r.VM, err)
	}
	runner = model.Raw(out.String())
	if !isStorePath(runner) {
		return "", fmt.Errorf("evaluate %s: its flake evaluates to %q, which is not a path in the Nix store", r.VM, string(runner))
	}
	return runner, nil
}

// evaluation is what a flake stood for.
type evaluation struct {
	runner model.Raw
	at     time.Time
}

// maxEvaluated is how many evaluations are remembered: more than a host has VMs.
const maxEvaluated = 1000

// Outdated reports whether a VM's flake stands for another runner than it has.
// An evaluation of a NixOS system takes ten seconds and a gigabyte, so one runs
// at a time, and one that is younger than age counts: a flake can change
// unseen, in a repository far away. Errors are not remembered.
func (p *Program) Outdated(ctx context.Context, r EvaluateRequest, current model.Raw, age time.Duration) (outdated bool, newer model.Raw, err error) {
	select {
	case p.evaluating <- struct{}{}:
		defer func() { <-p.evaluating }()
	case <-ctx.Done():
		return false, "", fmt.Errorf("evaluate %s: %w", r.VM, ctx.Err())
	}
	from := source{r.VM, r.Flake}
	p.mu.Lock()
	known, found := p.evaluated[from]
	p.mu.Unlock()
	if !found || time.Since(known.at) >= age {
		runner, err := p.Evaluate(ctx, r)
		if err != nil {
			return false, "", err
		}
		known = evaluation{runner, time.Now()}
		p.mu.Lock()
		if len(p.evaluated) >= maxEvaluated {
			clear(p.evaluated)
		}
		p.evaluated[from] = known
		p.mu.Unlock()
	}
	if known.runner == current {
		return false, "", nil
	}
	return true, known.runner, nil
}
