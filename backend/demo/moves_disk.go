package demo

import (
	"time"

	"microtui/model"
)

// Remove is `rm -rf DIR`, while the VM is stopped or while it runs.
func (h *Host) Remove(name model.Raw) bool {
	d := h.dir(name)
	if d == nil || d.dataset {
		return false
	}
	h.unlink(d)
	d.removed = true
	h.pass(time.Second)
	return true
}

// ForeignDirectory is a directory that is no VM's: without `current`.
func (h *Host) ForeignDirectory(name model.Raw) bool {
	if h.dir(name) != nil {
		return false
	}
	d := h.makeDir(name, uidRoot, 0, 0o755)
	d.files = []model.File{{Name: "notes.txt", Type: "file", Size: 812, Allocated: 4096, Modified: h.now}}
	return true
}
