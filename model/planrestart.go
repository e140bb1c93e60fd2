package model

// PlanReset clears the failed states of units of microvm.nix.
func PlanReset(i Inventory, units []Raw) Plan {
	return i.planEach(ActionReset, KindUnit, units, func(name Raw) (Item, blocker) {
		_, vm, ok := ParseUnitName(name)
		if !ok {
			return Item{}, refused("%s is not a microvm.nix unit", name)
		}
		step := Step{Action: StepResetFailed, Ref: Ref{KindUnit, name}, VM: vm, Harmless: true}
		switch now, kept := i.Now(step, FactUnit), i.Facts().keeps(KindUnit, name); {
		case isUnknown(now):
			return Item{}, refused("systemd could not be asked: %s", i.faultOf(SourceSystemd))
		case kept != "":
			return Item{}, refused("it is %s: %s first", kept, KeepEntry{Kind: KindUnit, Name: name}.DropCommand())
		case now != "failed":
			return Item{}, blocker{rawf("%s is not failed", name), nil}
		}
		return Item{Ref: step.Ref, Steps: []Step{i.resting(step, FactUnit)}}, blocker{}
	})
}

// PlanRestart restarts VMs that run, one after the other, and stops at the
// first that does not come up again.
func PlanRestart(i Inventory, names []Raw) Plan {
	p := i.planEach(ActionRestart, KindVM, names, func(name Raw) (Item, blocker) {
		if why, kind := i.against(ActionRestart, name); why != "" {
			return Item{}, blocker{why, kind}
		}
		vm := i.VM(name)
		item := vm.item()
		if !item.Running {
			return Item{}, blocker{"it is not running", nil}
		}
		if why := unaccepted(Preflight(i, name), nil); why != "" {
			return Item{}, blocker{why, ErrRefused}
		}
		item.Steps, item.StopWay = []Step{i.restartStep(vm)}, vm.stopWayNow()
		return i.withLosses(item, name), blocker{}
	})
	p.StopAtFailure = true
	return p
}

// restartStep restarts a VM, unless somebody else has done so meanwhile.
func (i *Inventory) restartStep(vm *VM) Step {
	step := Step{Action: StepRestart, Ref: vm.Ref(), VM: vm.Name, Harmless: true}
	if vm.State != StateRunning {
		return i.resting(step, FactDirectory, FactLosses)
	}
	step.Stamp.Invocation = vm.MainUnit().Invocation()
	return i.resting(step, FactDirectory, FactInvocation, FactLosses)
}
