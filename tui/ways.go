package tui

import (
	"microtui/model"
	"microtui/model/doctor"
)

// ways are the ways into a VM, for packets and for files. Finding them means to
// look at the whole host, which costs too much at each refresh (4 ms with 1,000
// VMs): it is done for a tab that shows them, and once for an inventory.
type ways struct {
	inventory model.Inventory
	vm        model.Raw

	interfaces [][]doctor.Hop
	shares     []doctor.ShareState
	walked     bool // interfaces are found
	looked     bool // shares are found
}

// waysOf are the ways into a VM on the host as it is shown.
func (a *App) waysOf(vm model.Raw) *ways {
	if a.ways == nil || a.ways.vm != vm {
		a.ways = &ways{inventory: a.shot.inventory, vm: vm}
	}
	return a.ways
}

// ofInterfaces are the ways of packets, one for each interface.
func (w *ways) ofInterfaces() [][]doctor.Hop {
	if !w.walked {
		w.interfaces, w.walked = doctor.Path(w.inventory, w.vm), true
	}
	return w.interfaces
}

// ofShares are the directories of the host that the VM sees.
func (w *ways) ofShares() []doctor.ShareState {
	if !w.looked {
		w.shares, w.looked = doctor.Shares(w.inventory, w.vm), true
	}
	return w.shares
}
