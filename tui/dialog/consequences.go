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
		return []text.SafeText{"Not running; it will be started from `current`."}
	case off && action == model.ActionStop && len(vm.HelpersUp()) > 0:
		return []text.SafeText{"Not running; its helper units will be stopped."}
	case off && action != model.ActionStart:
		return []text.SafeText{"Not running; nothing will change."}
	}
	switch action {
	case model.ActionStart:
		return []text.SafeText{"systemd starts " + unitOf(vm) + " and the units it needs." + startLimit(vm)}
	case model.ActionStop:
		return []text.SafeText{shutdown(vm), staysOff(vm)}
	case model.ActionPause:
		return []text.SafeText{"Its processes are frozen: the guest stands still until it is resumed, and so does its clock.", "Connections to it may time out."}
	case model.ActionResume:
		return []text.SafeText{"It continues where it was paused."}
	case model.ActionRestart:
		return []text.SafeText{shutdown(vm), "Then it is started again from `current`." + startLimit(vm) + inAll(vm)}
	}
	return []text.SafeText{
		"The hypervisor is killed at once, like a power failure: anything the guest has not written to disk is lost.",
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
		return "Each guest is asked to shut down, and killed when its unit's time limit runs out."
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

// inAll says how long a restart may take, where the guest's own limits say it.
func inAll(vm *model.VM) text.SafeText {
	if vm == nil {
		return ""
	}
	if limit := model.Deadline(model.ActionRestart, vm.MainUnit().Known()); limit > 0 {
		return " " + wording.Length(limit) + " in all."
	}
	return ""
}

func staysOff(vm *model.VM) text.SafeText {
	const line = "stays off until it is started"
	switch {
	case vm == nil:
		return "Each " + line + ", or until the host boots."
	case vm.Autostart:
		return "It " + line + ", or until the host boots."
	}
	return "It " + line + "."
}
