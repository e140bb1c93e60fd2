package demo

import (
	"slices"

	"microtui/model"
)

// rememberFlake records what a VM was updated from.
func (h *Host) rememberFlake(d *directory) {
	h.forgetFlake(d.name)
	if d.flake != nil {
		h.builtFrom = append(h.builtFrom, model.NewBuiltFrom(stateDir, d.name, d.flake.Ref, h.now))
	}
}

func (h *Host) forgetFlake(vm model.Raw) {
	h.builtFrom = slices.DeleteFunc(h.builtFrom, func(b model.BuiltFrom) bool { return b.VM == vm })
}
