package demo

import (
	"slices"
	"time"

	"microtui/model"
)

// SwitchHangs is a switch whose last step does not end: the lock is held until
// [Host.SwitchEnds].
func (h *Host) SwitchHangs() bool {
	if h.switching != "" || !h.Switch() {
		return false
	}
	h.switching = "nixos-rebuild-switch-to-configuration.service"
	return true
}

// SwitchEnds ends a switch that hung.
func (h *Host) SwitchEnds() bool {
	was := h.switching != ""
	h.switching = ""
	return was
}

// Rollback is `nixos-rebuild switch --rollback`: the generation before. The
// newer ones stay.
func (h *Host) Rollback() bool {
	ss := &h.systems
	for i := len(ss.generations) - 1; i >= 0; i-- {
		g := ss.generations[i]
		if g.number >= ss.newest || g.gone {
			continue
		}
		ss.newest = g.number
		h.pass(10 * time.Second)
		if g.system.canSwitch {
			h.activate(g.system)
		}
		return true
	}
	return false
}

// SwitchProfile is `nixos-rebuild switch --profile-name NAME`: another profile
// under system-profiles; the system profile stays as it was.
func (h *Host) SwitchProfile(name model.Raw) bool {
	s := h.evaluate()
	if !s.canSwitch {
		return false
	}
	h.pass(40 * time.Second)
	ss := &h.systems
	ss.profiles = slices.DeleteFunc(ss.profiles, func(p profile) bool { return p.name == name })
	ss.profiles = append(ss.profiles, profile{name, s})
	slices.SortFunc(ss.profiles, func(a, b profile) int { return rawCompare(a.name, b.name) })
	h.activate(s)
	return true
}

// DropProfile removes another profile.
func (h *Host) DropProfile(name model.Raw) bool {
	ss := &h.systems
	before := len(ss.profiles)
	ss.profiles = slices.DeleteFunc(ss.profiles, func(p profile) bool { return p.name == name })
	return len(ss.profiles) < before
}

// SwitchSpecialisation activates a specialisation of the newest system.
func (h *Host) SwitchSpecialisation(name model.Raw) bool {
	newest := h.systems.profile()
	for _, spec := range newest.specs {
		if spec.spec == name && spec != h.systems.live && newest.canSwitch {
			h.pass(10 * time.Second)
			h.activate(spec)
			return true
		}
	}
	return false
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
