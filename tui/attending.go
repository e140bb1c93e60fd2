package tui

import (
	"slices"

	"microtui/model"
)

// attend tells the host what is looked at: it is asked for everything of the VMs
// whose details are in sight, at once, and for the figures of those in the table.
func (a *App) attend() {
	host, ok := a.host.(Attentive)
	if !ok {
		return
	}
	var wanted []model.Raw
	if a.page == pageDetail && a.detail.Ref.Kind == model.KindVM {
		wanted = append(wanted, a.detail.Ref.Name)
	}
	if a.dialog.IsOpen() {
		wanted = append(wanted, a.dialog.Dialog.Details()...)
	}
	// It does not hurry for those that are not looked at any more.
	if len(wanted) > 0 && !slices.Equal(wanted, a.attended) {
		a.attended = wanted
		host.Attend(wanted...)
		a.host.Refresh()
	}
	if focus := a.focus(); a.Known && !focus.Equal(a.focused) {
		a.focused = focus
		host.Focus(focus)
	}
}

// ofFigures are the orders in which every VM's figures count.
var ofFigures = []model.SortKey{model.SortCPU, model.SortMemory, model.SortNet}

// focus are the VMs whose figures are looked at.
func (a *App) focus() model.Focus {
	var vms []*model.VM
	switch {
	case a.page == pageDetail && a.detail.About.VM != nil:
		vms = append(vms, a.detail.About.VM)
	case a.page != pageTable:
	case slices.Contains(ofFigures, a.vms.View.Sort):
		return model.Focus{All: true}
	default:
		for _, ref := range a.vms.InSight() {
			if vm := a.Shot.VM(ref); vm != nil {
				vms = append(vms, vm)
			}
		}
	}
	return model.FocusOn(vms)
}
