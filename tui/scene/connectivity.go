package scene

import (
	"microtui/model"
	"microtui/model/doctor"
)

// Connectivity are the ways into a VM, for packets and for files. Finding them means to
// look at the whole host, which costs too much at each refresh (4 ms with 1,000
// VMs): it is done for a tab that shows them, and once for an inventory.
type Connectivity struct {
	Inventory model.Inventory
	VM        model.Raw

	interfaces [][]doctor.Hop
	shares     []doctor.ShareState
	Walked     bool // interfaces are found
	Looked     bool // shares are found
}

// Interfaces are the ways of packets, one for each interface.
func (w *Connectivity) Interfaces() [][]doctor.Hop {
	if !w.Walked {
		w.interfaces, w.Walked = doctor.Path(w.Inventory, w.VM), true
	}
	return w.interfaces
}

// Shares are the directories of the host that the VM sees.
func (w *Connectivity) Shares() []doctor.ShareState {
	if !w.Looked {
		w.shares, w.Looked = doctor.Shares(w.Inventory, w.VM), true
	}
	return w.shares
}
