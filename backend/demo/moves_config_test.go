package demo

import (
	"slices"

	"microtui/model"
)

// Autostart adds a name to microvm.autostart, or takes it out, as is done for
// VMs that are not declared.
func (h *Host) Autostart(name model.Raw, on bool) bool {
	if !unitName(name) || slices.Contains(h.config.autostart, name) == on {
		return false
	}
	if on {
		h.config.autostart = append(h.config.autostart, name)
		return true
	}
	h.config.autostart = slices.DeleteFunc(h.config.autostart, func(n model.Raw) bool { return n == name })
	return true
}

// DropSpecialisations takes all specialisations out.
func (h *Host) DropSpecialisations() bool {
	had := len(h.config.specs) > 0
	h.config.specs = nil
	return had
}

// DeclareTemplate adds one of microvm.nix's proposed templates: an install
// unit with a VM's kind of name that is no VM's.
func (h *Host) DeclareTemplate(name model.Raw) bool {
	if slices.Contains(h.config.templates, name) {
		return false
	}
	h.config.templates = append(h.config.templates, name)
	return true
}

// ImportHostModule imports microvm.nix's host module, or stops importing it.
func (h *Host) ImportHostModule(on bool) bool {
	changed := h.config.module != on
	h.config.module = on
	return changed
}

// ImportGuestModule imports the guest module on the host as well: the newest
// system then cannot switch.
func (h *Host) ImportGuestModule(on bool) bool {
	changed := h.config.guest != on
	h.config.guest = on
	return changed
}

// EmptyByAccident loses the whole list of VMs from the configuration (an
// import that fell out) and switches. Nobody wanted that.
func (h *Host) EmptyByAccident() bool {
	declared := h.systems.live.declared
	if len(declared) < 2 || !h.config.module || h.systems.live != h.systems.profile() || !h.newest() {
		return false
	}
	lost := h.config.vms
	if len(lost) < 2 {
		return false
	}
	h.config.vms, h.config.specs = nil, nil
	for _, e := range declared {
		_, meant := find(lost, e.name, entryName)
		if d := h.dir(e.name); d != nil && meant {
			d.accident = true
		}
	}
	return h.Switch()
}

// newest reports whether the profile's link names the newest generation: after
// a roll-back, nothing records which generation was in use.
func (h *Host) newest() bool {
	generations := h.systems.generations
	return generations[len(generations)-1].number == h.systems.newest
}

// Unkeep drops a thing from the keep list.
func (h *Host) Unkeep(kind model.Kind, name model.Raw) bool {
	before := len(h.keep)
	h.keep = slices.DeleteFunc(h.keep, func(e model.KeepEntry) bool { return e.Kind == kind && e.Name == name })
	return len(h.keep) < before
}
