package demo

import (
	"microtui/model"
)

// switched is the link `current` of a VM that microtui made last.
type switched struct {
	vm     model.Raw
	rooted bool // gcroot links spoke for the VM then
	*symlink
}

func switchedName(s switched) model.Raw { return s.vm }

// switchTo is a switch of microtui's: for an update or a rollback.
func (h *Host) switchTo(d *directory, to *build) {
	d.old = nil
	if d.current.works() != nil {
		d.old = d.current
	}
	d.current, d.changed = h.link(to, uidRoot), h.now
	d.byNixOS, d.forDeclaration = false, h.meant(d.name)
	if d.forDeclaration && !h.rooted(d.name) {
		d.purpose = "" // it is the declared VM again
	}
	for i := range h.switched {
		if h.switched[i].vm == d.name {
			h.switched[i].symlink, h.switched[i].rooted = d.current, h.rooted(d.name)
			return
		}
	}
	h.switched = insert(h.switched, switched{d.name, h.rooted(d.name), d.current}, switchedName)
}

func (h *Host) observedSwitched() []model.Switched {
	var out []model.Switched
	for _, s := range h.switched {
		out = append(out, model.Switched{StateDir: stateDir, VM: s.vm, Runner: s.target(), Made: s.modified, Rooted: s.rooted})
	}
	return out
}
