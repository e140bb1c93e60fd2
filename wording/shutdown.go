package wording

import (
	"microtui/model"
	"microtui/model/text"
)

// Shutdown says what a stop does to a VM's guest, as a sentence: microvm.nix's
// runner asks it where its hypervisor can be asked, and systemd kills it when
// its time is over (TimeoutStopSec, microvm.host.startupTimeout), or when the
// runner does not wait.
func Shutdown(vm *model.VM) text.SafeText {
	if kills := text.Safe(vm.StopKills()); kills != "" {
		return Capital(kills) + "."
	}
	line := text.SafeText("The guest is asked to shut down")
	if limit := vm.MainUnit().Known().TimeoutStop; limit > 0 {
		line += ", and killed if it is not off after " + Length(limit)
	}
	return line + "."
}
