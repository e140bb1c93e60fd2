package tui

import (
	"slices"

	"microtui/model"
)

// attend makes the host tell everything of the VMs whose details are in sight. It
// does not hurry for those that are not any more.
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
	if len(wanted) == 0 || slices.Equal(wanted, a.attended) {
		return
	}
	a.attended = wanted
	host.Attend(wanted...)
	a.host.Refresh()
}
