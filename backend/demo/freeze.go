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
