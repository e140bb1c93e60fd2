package model

import "slices"

// AfterAll is the host as it will be once an action has been done to several
// VMs: two that are started at the same time can be in each other's way, which
// only [Preflight] on this host sees. It is i itself where the action starts
// nothing.
func AfterAll(i Inventory, action Action, names []Raw) Inventory {
	if !action.Starts() {
		return i
	}
	now := i
	i.VMs = slices.Clone(i.VMs)
	for at := range i.VMs {
		vm := &i.VMs[at]
		if slices.Contains(names, vm.Name) && !vm.holdsThings() && Reason(now, action, vm.Name) == "" {
			vm.State = StateStarting
		}
	}
	return i
}

// ReasonNow says a conflict as one sentence, as [Conflict.Reason] does, on a
// host where the other VM may be off yet, and only about to be started too.
func (c Conflict) ReasonNow(i Inventory) Raw {
	if other := i.VM(c.Other); other != nil && !other.holdsThings() {
		return rawf("%s is to be started too, and has the same %s %s", c.Other, c.Kind, c.What)
	}
	return c.Reason()
}
