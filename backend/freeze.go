package backend

import (
	"context"

	"microtui/model"
)

// freeze pauses a VM, or resumes it, under its lock.
func (a *act) freeze(ctx context.Context, i model.Inventory) model.Outcome {
	action, vm := a.order.Action, a.order.VM
	units := i.ToFreeze(action, vm)
	if len(units) == 0 {
		return model.Outcome{Result: model.ResultUnchanged, Reason: model.Raw("it is " + i.VM(vm).State + " already")}
	}
	for _, unit := range units {
		a.tell(func(p *model.Progress) { p.Activity = model.Raw(action) + ": waiting for " + unit })
		if err := a.host.bus.Freeze(ctx, unit, action == model.ActionPause); err != nil {
			return outcomeOf(err)
		}
	}
	o, _ := a.host.observe(ctx, a.host.unitsNow, true)
	after := model.Interpret(o)
	return model.FreezeOutcome(action, after.VM(vm))
}
