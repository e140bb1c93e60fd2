package dialog

import (
	"microtui/model"
	"microtui/model/text"
	"microtui/wording"
)

// consequences say exactly what an action does: to one VM, or to any (nil).
func consequences(action model.Action, vm *model.VM) []text.SafeText {
	switch off := vm != nil && vm.State == model.StateStopped; {
	case off && action == model.ActionRestart:
		return []text.SafeText{"It does not run: it is started, from what `current` points to."}
	case off && action == model.ActionStop && len(vm.HelpersUp()) > 0:
		return []text.SafeText{"It does not run, but what it needs is up: that is stopped."}
	case off && action != model.ActionStart:
		return []text.SafeText{"Not running; nothing will change."}
	}
	switch action {
	case model.ActionStart:
		return []text.SafeText{"systemd starts " + unitOf(vm) + " and what it needs." + startLimit(vm)}
	case model.ActionStop:
		return []text.SafeText{shutdown(vm), staysOff(vm)}
	case model.ActionRestart:
		return []text.SafeText{shutdown(vm), "Then it is started again, from what `current` points to."}
	}
	return []text.SafeText{
		"The hypervisor is killed at once, as in a power failure: what the guest has not written to its disks is lost.",
		staysOff(vm),
	}
}

func unitOf(vm *model.VM) text.SafeText {
	if vm == nil {
		return "each VM's unit"
	}
	return text.Safe(model.UnitName(model.RoleVM, vm.Name))
}

// shutdown says how a guest is stopped.
func shutdown(vm *model.VM) text.SafeText {
	if vm == nil {
		return "Each guest is asked to shut down, and killed when its unit's time limit is over."
	}
	return wording.Shutdown(vm)
}

func startLimit(vm *model.VM) text.SafeText {
	if vm == nil {
		return ""
	}
	if p := vm.MainUnit().Known(); p.TimeoutStart > 0 {
		return " It has " + wording.Length(p.TimeoutStart) + " to come up."
	}
	return ""
}

func staysOff(vm *model.VM) text.SafeText {
	const line = "stays off until somebody starts it"
	switch {
	case vm == nil:
		return "Each " + line + ", or the host boots."
	case vm.Autostart:
		return "It " + line + ", or the host boots."
	}
	return "It " + line + "."
}
