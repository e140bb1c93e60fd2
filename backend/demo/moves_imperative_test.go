package demo

import "microtui/model"

// HandOver takes a VM out of the configuration to go on with it by
// `microvm -u`. Without an edit, the first update changes nothing but the
// link's owner and time.
func (h *Host) HandOver(name model.Raw, edit bool) bool {
	d := h.dir(name)
	if d == nil || d.toplevel != nil || d.flake == nil || !h.Undeclare(name) || !h.Switch() {
		return false
	}
	if edit {
		h.Edit(name, false)
	}
	return h.Update(name)
}
