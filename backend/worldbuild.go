package backend

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"microtui/backend/nix"
	"microtui/backend/operation"
	"microtui/model"
)

// build builds a VM's flake to the side.
func (w *world) build(ctx context.Context, t operation.Task, tell func(model.Raw)) (operation.Done, error) {
	program, err := nix.Find()
	if err != nil {
		return operation.Done{}, err
	}
	flake, err := w.flakeOf(ctx, t)
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
		Output: w.output,
	})
	if err != nil {
		return operation.Done{}, err
	}
	if there, err := leadsTo(t, runner); err == nil && there {
		w.rememberFlake(ctx, t) // nothing is left to switch to
	}
	return operation.Done{Result: runner}, nil
}

// flakeOf is the reference that a VM is built from, with its credentials,
// which no plan holds; the plan's condition tells that it is the same.
func (w *world) flakeOf(ctx context.Context, t operation.Task) (model.Raw, error) {
	seen, err := w.Inventory(ctx)
	if err != nil {
		return "", err
	}
	if unlike := model.Differences(seen, t.Step); len(unlike) > 0 {
		return "", fmt.Errorf("%w: %s", model.ErrStale, unlike[0])
	}
	vm := vmOf(seen, t.VM())
	if vm.Directory == nil || vm.Directory.Flake == nil {
		return "", fmt.Errorf("%w: %s has no file flake", model.ErrStale, t.VM())
	}
	return vm.Directory.Flake.Ref, nil
}

func dropBuild(ctx context.Context, t operation.Task) error {
	clearTemporary(ctx, t.ID)
	return nix.SystemRoots().Drop(nix.OfBuild(t.ID, t.VM()))
}

// switchTo makes a VM's `current` lead to another runner.
func (w *world) switchTo(ctx context.Context, t operation.Task, tell func(model.Raw)) (operation.Done, error) {
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
		w.rememberFlake(ctx, t)
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

// Compare tells how the closure of one runner differs from that of another.
func (h *Host) Compare(ctx context.Context, before, after model.Raw) (model.ClosureDiff, error) {
	program, err := nix.Find()
	if err != nil {
		return model.ClosureDiff{}, err
	}
	return program.Diff(ctx, before, after)
}

// Discard gives up what a build brought about and nothing switched to: the
// next garbage collection may take it.
func (h *Host) Discard(_ context.Context, build string) error {
	if err := h.mayChange(); err != nil {
		return err
	}
	o, err := h.records.Read(build)
	if err != nil {
		return err
	}
	for _, item := range o.Plan.Items {
		for _, step := range item.Steps {
			if step.Action == model.StepBuild {
				if err := nix.SystemRoots().Drop(nix.OfBuild(build, step.VM)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// evaluationAge is how long what a flake stood for counts.
const evaluationAge = 10 * time.Minute

// Outdated reports whether a VM's flake stands for another runner than its
// `current`. It takes as long as an evaluation does.
func (h *Host) Outdated(ctx context.Context, vm, flake, current model.Raw) (outdated bool, newer model.Raw, err error) {
	program, err := nix.Find()
	if err != nil {
		return false, "", err
	}
	return program.Outdated(ctx, nix.EvaluateRequest{VM: vm, Flake: flake, Environment: os.Environ()}, current, evaluationAge)
}
