package demo

import (
	"time"

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

// switchedHere reports whether microtui was the last to set `current`, of a VM
// that nothing but a declaration spoke for then: else nothing is proven by it.
func (h *Host) switchedHere(d *directory) bool {
	s, known := find(h.switched, d.name, switchedName)
	return known && !s.rooted && s.symlink == d.current && s.uid == uidRoot
}

func (h *Host) observedSwitched() []model.Switched {
	var out []model.Switched
	for _, s := range h.switched {
		out = append(out, model.Switched{StateDir: stateDir, VM: s.vm, Runner: s.target(), Made: s.modified, Rooted: s.rooted})
	}
	return out
}

// MicrotuiUpdate is `microtui update NAME`, without a restart.
func (h *Host) MicrotuiUpdate(name model.Raw) bool {
	d := h.dir(name)
	if d == nil || model.ReasonFor(model.Interpret(h.Observe()), model.ActionUpdate, name) != "" {
		return false
	}
	to := h.realise(h.source(name))
	if d.current.works() == to {
		return false
	}
	h.pass(20 * time.Second)
	h.switchTo(d, to)
	h.rememberFlake(d)
	return true
}

// MicrotuiRollback is `microtui rollback NAME`, without a restart.
func (h *Host) MicrotuiRollback(name model.Raw) bool {
	d := h.dir(name)
	if d == nil || d.old == nil || model.ReasonFor(model.Interpret(h.Observe()), model.ActionRollback, name) != "" {
		return false
	}
	h.pass(time.Second)
	h.switchTo(d, d.old.to)
	return true
}
