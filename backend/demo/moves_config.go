package demo

import (
	"slices"

	"microtui/model"
)

// The moves in this file edit the host's configuration. Nothing on the host
// changes until it is built: see [Host.Switch] and [Host.BootOnly].

// Declare adds a VM to microvm.vms.
func (h *Host) Declare(name model.Raw, as DeclaredAs, autostart bool) bool {
	e := entry{name, as, autostart}
	if !unitName(name) {
		return false
	}
	if _, there := find(h.config.vms, name, entryName); there {
		return false
	}
	h.source(name)
	h.config.vms = insert(h.config.vms, e, entryName)
	return true
}

// Undeclare takes a VM out of microvm.vms.
func (h *Host) Undeclare(name model.Raw) bool {
	before := len(h.config.vms)
	h.config.vms = slices.DeleteFunc(h.config.vms, func(e entry) bool { return e.name == name })
	return len(h.config.vms) < before
}

// Keep puts a thing on the keep list.
func (h *Host) Keep(kind model.Kind, name, note model.Raw) bool {
	for _, e := range h.keep {
		if e.Kind == kind && e.Name == name {
			return false
		}
	}
	h.keep = append(h.keep, model.KeepEntry{Kind: kind, Name: name, Note: note, By: "admin", At: h.now})
	return true
}
