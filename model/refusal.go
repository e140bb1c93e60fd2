package model

import "slices"

// obstacle is a reason for which an action cannot run on a VM.
type obstacle struct {
	kind   error
	blocks []Action // nil: every action
	// why tells the reason in one line; empty: the way is free.
	why func(i *Inventory, vm *VM) Raw
}

var (
	whatStarts  = []Action{ActionStart, ActionRestart}
	whatStops   = []Action{ActionStop, ActionKill}
	whatFreezes = []Action{ActionPause, ActionResume}
)

// obstacles are asked in this order; the first one counts. That somebody is not
// root is none: systemd asks polkit, which may allow it.
var obstacles = []obstacle{
	{ErrRefused, nil, func(i *Inventory, _ *VM) Raw { return i.ReadOnly }},
	{ErrRefused, nil, func(i *Inventory, vm *VM) Raw {
		if vm.State != StateUnknown {
			return ""
		}
		return "systemd could not be asked: " + firstOf(i.faultOf(SourceSystemd), "no answer")
	}},
	{ErrRefused, nil, func(i *Inventory, _ *VM) Raw {
		if why := i.Facts().unitsElsewhere(); why != "" {
			return "its units belong to another VM: " + why
		}
		return ""
	}},
	{ErrRefused, whatStops, func(_ *Inventory, vm *VM) Raw {
		if vm.State != StateOutside || len(vm.Outside) == 0 {
			return ""
		}
		return rawf("%s is running outside its unit: end process %d", vm.Name, vm.Outside[0].PID)
	}},
	{ErrRefused, whatStarts, func(_ *Inventory, vm *VM) Raw {
		if len(vm.Outside) == 0 {
			return ""
		}
		return rawf("%s is running outside its unit: end process %d first", vm.Name, vm.Outside[0].PID)
	}},
	{ErrRefused, whatStarts, func(i *Inventory, _ *VM) Raw {
		if i.Template != nil || i.faultOf(SourceSystemd) != "" {
			return ""
		}
		return "there is no microvm@.service: the host does not import microvm.nix's host module"
	}},
	// systemd calls a start of what is frozen done, and leaves it so.
	{ErrRefused, []Action{ActionStart}, func(_ *Inventory, vm *VM) Raw {
		if vm.State != StatePaused {
			return ""
		}
		return rawf("%s is paused: microtui resume %s", vm.Name, vm.Name)
	}},
	{ErrRefused, whatFreezes, notUp},
	{ErrRefused, whatStarts, func(i *Inventory, vm *VM) Raw {
		fault := i.Facts().startFault(vm.Name)
		if fault == nil {
			return ""
		}
		return fault.Reason()
	}},
	// systemd skips a helper whose script is gone, and starts the VM without
	// what it sets up.
	{ErrRefused, whatStarts, func(i *Inventory, vm *VM) Raw {
		if vm.Current == nil || len(vm.Current.Broken) == 0 {
			return ""
		}
		return rawf("its runner is broken: %s is missing from the store", vm.Current.Broken[0])
	}},
	{ErrRefused, whatStarts, func(i *Inventory, vm *VM) Raw {
		path := i.missingToStart(vm)
		if path == "" {
			return ""
		}
		return path + " is missing"
	}},
}

// Reason says in one line why an action cannot run on a VM now; empty: it
// can. What a start would break is not among the reasons: see [Preflight].
func Reason(i Inventory, action Action, name Raw) Raw {
	why, _ := i.against(action, name)
	return why
}

// Refusal is the outcome of an order that is not to be carried out: for a
// [Reason], because the VM is not any more what was seen, or because a start
// meets a conflict that was not accepted. Nil: it is to be carried out.
func Refusal(i Inventory, order Order) *Outcome {
	why, kind := i.against(order.Action, order.VM)
	if why == "" {
		why, kind = i.VM(order.VM).changedSince(order), ErrStale
	}
	if why == "" && !(order.Action == ActionStart && i.VM(order.VM).MainUnit().ActiveState() == "active") {
		why, kind = unaccepted(Against(i, order.Action, order.VM), order.Despite), ErrRefused
	}
	if why == "" {
		return nil
	}
	refused := Refused(kind, why)
	return &refused
}

func (i *Inventory) against(action Action, name Raw) (why Raw, kind error) {
	vm := i.VM(name)
	switch {
	case !slices.Contains(Actions, action):
		return rawf("unknown action %q", string(action)), ErrRefused
	case !ParseName(name):
		return rawf("%q is not a valid VM name", string(name)), ErrRefused
	case vm == nil:
		unknown := i.unknownVM(name)
		return unknown.why, unknown.kind
	}
	for _, o := range obstacles {
		if o.blocks != nil && !slices.Contains(o.blocks, action) {
			continue
		}
		if why := o.why(i, vm); why != "" {
			return why, o.kind
		}
	}
	return "", nil
}

func (i *Inventory) faultOf(source Source) Raw {
	for _, fault := range i.Faults {
		if fault.Source == source {
			return fault.Error
		}
	}
	return ""
}

// missingToStart is the path that microvm@.service's condition looks for, as
// far as it is not there (ConditionPathExists=STATEDIR/%i/current/bin/microvm-run
// in every version); empty: it is, or cannot be seen.
func (i *Inventory) missingToStart(vm *VM) Raw {
	d, own := vm.Directory, rawf("%s/%s", i.StateDir, vm.Name)
	switch {
	case i.faultOf(SourceStateDir) != "" && d == nil:
		return ""
	case d == nil || d.Name != vm.Name: // it runs from one that was renamed since
		return own
	case d.Fault != "" || d.Current == nil && d.hidesClaims():
		return ""
	case d.Current == nil:
		return own + "/current"
	case d.Current.Dangling, vm.Current != nil && len(vm.Current.Bin) > 0 && !vm.Current.Has("microvm-run"):
		return own + "/current/bin/microvm-run"
	}
	return ""
}

// changedSince says what is no longer as an order's giver saw it.
func (v *VM) changedSince(order Order) Raw {
	switch {
	case order.Seen != "" && order.Seen != v.State:
		return rawf("%s is now %s, it was %s", v.Name, v.State, order.Seen)
	case order.Invocation != "" && v.State == StateRunning && order.Invocation != v.MainUnit().Invocation():
		return rawf("%s was restarted since", v.Name)
	}
	return ""
}

// unaccepted says which conflicts are in the way.
func unaccepted(found, accepted []Conflict) Raw {
	open := slices.DeleteFunc(slices.Clone(found), func(c Conflict) bool {
		return !c.Forbids() && slices.Contains(accepted, c)
	})
	switch len(open) {
	case 0:
		return ""
	case 1:
		return open[0].Reason()
	}
	return rawf("%s (and %d more)", open[0].Reason(), len(open)-1)
}
