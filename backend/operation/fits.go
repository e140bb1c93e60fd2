package operation

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"microtui/model"
)

// fits compares the whole plan with the host before anything is done.
func (r *run) fits(ctx context.Context) error {
	for _, item := range r.Plan.Items {
		if err := r.world.Check(ctx, r.Plan, item); err != nil {
			return err
		}
	}
	seen, err := r.world.Inventory(ctx)
	if err != nil {
		return err
	}
	for _, item := range r.Plan.Items {
		for _, step := range item.Steps {
			if err := holds(seen, step, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// fitsStep compares a step with the host right before it is done, but for some
// facts.
func (r *run) fitsStep(ctx context.Context, step model.Step, but []model.Fact) error {
	seen, err := r.world.Inventory(ctx)
	if err != nil {
		return err
	}
	return holds(seen, step, but)
}

// holds compares the conditions of a step with the host.
func holds(seen model.Inventory, step model.Step, but []model.Fact) error {
	var all []string
	for _, d := range model.Differences(seen, step) {
		if !slices.Contains(but, d.Fact) {
			all = append(all, d.String())
		}
	}
	if len(all) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %s", model.ErrStale, strings.Join(all, "; "))
}

// isFinal are the steps of which a world tells exactly whether they took
// effect: then nothing is left to decide about them.
var isFinal = map[model.StepAction]bool{
	model.StepQuarantine: true, model.StepRestore: true, model.StepSwitch: true, model.StepDelete: true,
}

// remade are the facts that a step which an executor was interrupted at may
// have changed itself. What a step clears away is none of them: what is gone
// already speaks against nothing, see [model.Differences].
var remade = map[model.StepAction][]model.Fact{
	model.StepStop:    {model.FactState, model.FactInvocation, model.FactUnit},
	model.StepRestart: {model.FactState, model.FactInvocation},
}
