package operation

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"microtui/model"
)

// fits compares the whole plan with the host before anything is done. An item
// that does not fit is left out, with its reason; where none does, or where the
// others wait for each, that is the error.
func (r *run) fits(ctx context.Context) error {
	against := make([]error, len(r.Plan.Items))
	for at, item := range r.Plan.Items {
		against[at] = r.world.Check(ctx, r.Plan, item)
	}
	seen, err := r.world.Inventory(ctx)
	if err := cmp.Or(ctx.Err(), err); err != nil {
		return err
	}
	left, first := 0, error(nil)
	for at, item := range r.Plan.Items {
		for _, step := range item.Steps {
			against[at] = cmp.Or(against[at], holds(seen, step, nil))
		}
		if first = cmp.Or(first, against[at]); against[at] != nil {
			left++
		}
	}
	if first != nil && r.Plan.StopAtFailure {
		return first
	}
	for at, why := range against {
		if why == nil {
			continue
		}
		if err := r.leaveOut(at, why); err != nil {
			return err
		}
	}
	if left == len(r.Plan.Items) {
		return first
	}
	return nil
}

// leaveOut notes that nothing of an item is done.
func (r *run) leaveOut(item int, why error) error {
	for step := range r.Plan.Items[item].Steps {
		e := Event{Kind: EventSkipped, Item: item, Step: step, Text: model.Raw(why.Error()), Refusal: refusalOf(why)}
		if err := r.append(e); err != nil {
			return err
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
	model.StepCreate:   true,
	model.StepSnapshot: true, model.StepRevert: true, model.StepForget: true,
}

// remade are the facts that a step which an executor was interrupted at may
// have changed itself. What a step clears away is none of them: what is gone
// already speaks against nothing, see [model.Differences].
var remade = map[model.StepAction][]model.Fact{
	model.StepStop:    {model.FactState, model.FactInvocation, model.FactUnit, model.FactLosses},
	model.StepRestart: {model.FactState, model.FactInvocation, model.FactLosses},
}
