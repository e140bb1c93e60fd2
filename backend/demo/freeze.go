package demo

import "microtui/model"

// Freeze freezes the processes of a VM that runs, as systemctl freeze does, or
// thaws them, and reports whether there are any.
func (h *Host) Freeze(name model.Raw, frozen bool) bool {
	in, known := find(h.instances, name, instanceName)
	if !known || in.hypervisor == nil {
		return false
	}
	in.hypervisor.frozen = frozen
	return true
}

// freezeAsAsked pauses a VM, or resumes it.
func (h *Host) freezeAsAsked(i model.Inventory, order model.Order) model.Outcome {
	if len(i.ToFreeze(order.Action, order.VM)) == 0 {
		return model.Outcome{Result: model.ResultUnchanged, Reason: "it is " + model.Raw(i.VM(order.VM).State) + " already"}
	}
	h.Freeze(order.VM, order.Action == model.ActionPause)
	after := model.Interpret(h.Observe())
	return model.FreezeOutcome(order.Action, after.VM(order.VM))
}
