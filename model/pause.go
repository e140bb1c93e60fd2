package model

// Freezes reports whether an action freezes or thaws, and is no job.
func (a Action) Freezes() bool { return a == ActionPause || a == ActionResume }

// Ends reports whether an action ends a VM's processes.
func (a Action) Ends() bool { return a == ActionStop || a == ActionRestart || a == ActionKill }

// notUp says why what does not run cannot be paused, nor resumed.
func notUp(_ *Inventory, vm *VM) Raw {
	if vm.State == StateRunning || vm.State == StatePaused {
		return ""
	}
	return rawf("%s is %s, not running", vm.Name, vm.State)
}

// ToFreeze are the units that a pause freezes, or a resume thaws, of a VM as it
// is: its own, or all that are frozen. None: it is so already.
func (i *Inventory) ToFreeze(action Action, name Raw) []Raw {
	vm := i.VM(name)
	switch {
	case vm == nil, action == ActionPause && vm.State == StatePaused:
		return nil
	case action == ActionPause:
		return []Raw{UnitName(RoleVM, name)}
	}
	var found []Raw
	for at := range vm.Units {
		if unit := &vm.Units[at].Unit; i.Facts().isFrozen(unit) {
			found = append(found, unit.Name)
		}
	}
	return found
}

// FreezeOutcome tells from a VM after it what came of a pause or a resume:
// systemd's word says only that it was tried.
func FreezeOutcome(action Action, after *VM) Outcome {
	wanted := map[Action]State{ActionPause: StatePaused, ActionResume: StateRunning}[action]
	switch {
	case after == nil:
		return Failed("it is gone")
	case after.State == wanted:
		return Outcome{Result: ResultDone}
	case after.State == StatePaused:
		return Failed("it is still frozen: a slice above it is, or something froze it again")
	}
	return Failed(rawf("it is %s", after.State))
}
