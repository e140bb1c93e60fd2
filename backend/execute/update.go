package execute

import (
	"context"
	"fmt"
	"path/filepath"

	"microtui/backend/nix"
	"microtui/backend/operation"
	"microtui/model"
)

// build builds a VM's flake to the side.
func (x *Executor) build(ctx context.Context, t operation.Task, tell func(model.Raw)) (operation.Done, error) {
	program, err := nix.Find()
	if err != nil {
		return operation.Done{}, err
	}
	flake, err := x.flakeOf(ctx, t)
	if err != nil {
		return operation.Done{}, err
	}
	roots := nix.SystemRoots()
	roots.Waits = tell
	temporary := makeTemporary(t.ID)
	defer clearTemporary(ctx, t.ID)
	var last model.Raw
	runner, err := program.Build(ctx, roots, nix.BuildRequest{
		VM: t.VM(), Flake: flake, Owner: nix.OfBuild(t.ID, t.VM()), Environment: t.Environment, Temporary: temporary,
		Tell: func(p nix.Progress) {
			if doing := model.Raw(p.String()); doing != last {
				tell(doing)
				last = doing
			}
		},
		Output: x.output,
	})
	if err != nil {
		return operation.Done{}, err
	}
	if there, err := leadsTo(t, runner); err == nil && there {
		x.rememberFlake(ctx, t) // nothing is left to switch to
	}
	return operation.Done{Result: runner}, nil
}

// flakeOf is the reference that a VM is built from, with its credentials. Only
// of a VM that is not there yet the plan holds them; of the others its
// condition tells that it is the same.
func (x *Executor) flakeOf(ctx context.Context, t operation.Task) (model.Raw, error) {
	seen, err := x.Inventory(ctx)
	if err != nil {
		return "", err
	}
	if unlike := model.Differences(seen, t.Step); len(unlike) > 0 {
		return "", fmt.Errorf("%w: %s", model.ErrStale, unlike[0])
	}
	if t.Step.Flake != "" {
		return t.Step.Flake, nil
	}
	flake := seen.Flake(t.VM())
	if flake == "" {
		return "", fmt.Errorf("%w: %s has no file `flake`", model.ErrStale, t.VM())
	}
	return flake, nil
}

func dropBuild(ctx context.Context, t operation.Task) error {
	clearTemporary(ctx, t.ID)
	return nix.SystemRoots().Drop(nix.OfBuild(t.ID, t.VM()))
}

// switchTo makes a VM's `current` lead to another runner.
func (x *Executor) switchTo(ctx context.Context, t operation.Task, tell func(model.Raw)) (operation.Done, error) {
	request, err := switchOf(t)
	if err != nil {
		return operation.Done{}, err
	}
	roots := nix.SystemRoots()
	roots.Waits = tell
	changed, err := roots.Switch(ctx, request)
	if err == nil {
		rememberSwitch(request)
	}
	if err == nil && t.Plan.Action == model.ActionUpdate {
		x.rememberFlake(ctx, t)
	}
	return operation.Done{Unchanged: !changed}, err
}

func switchOf(t operation.Task) (nix.SwitchRequest, error) {
	stateDir, err := filepath.EvalSymlinks(string(t.Plan.StateDir))
	return nix.SwitchRequest{
		StateDir: stateDir, VM: t.Step.Ref.Name, Directory: t.Step.Stamp.File, From: t.Step.Stamp.Target, To: t.Step.Target,
	}, err
}

// switched reports whether a VM's `current` leads to where a switch was to
// take it.
func switched(t operation.Task) (bool, error) { return leadsTo(t, t.Step.Target) }

// leadsTo reports whether `current` of a step's VM leads to a runner.
func leadsTo(t operation.Task, runner model.Raw) (bool, error) {
	target, err := linkIn(filepath.Join(string(t.Plan.StateDir), string(t.Step.Ref.Name)), "current")
	return target == runner, err
}

// dropSwitch takes back a switch that did not come to change `current`.
func dropSwitch(ctx context.Context, t operation.Task) error {
	request, err := switchOf(t)
	if err != nil {
		return err
	}
	return nix.SystemRoots().Abandon(ctx, request)
}
