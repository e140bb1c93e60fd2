package backend

import (
	"context"
	"os"
	"time"

	"microtui/backend/nix"
	"microtui/model"
)

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

// foresee tells what the build of a VM that is not there yet would do; empty:
// an item is about none. The error wraps [model.ErrRefused] where its flake has
// no such VM.
func foresee(ctx context.Context, item model.Item) (model.Raw, error) {
	vm, flake := item.NewVM()
	if flake == "" {
		return "", nil
	}
	program, err := nix.Find()
	if err != nil {
		return "", err
	}
	names, err := program.Names(ctx, flake, os.Environ())
	if err != nil {
		return "", err
	}
	if err := model.CheckOffered(vm, flake, names); err != nil {
		return "", err
	}
	foresight, err := program.Foresee(ctx, nix.EvaluateRequest{VM: vm, Flake: flake, Environment: os.Environ()})
	return model.Raw(foresight.String()), err
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
