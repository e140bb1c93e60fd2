package tui

import (
	"slices"
	"time"

	"microtui/model"
)

// Which keys matter now, so that the line of hints names them.

// fits reports whether an action is of use to any of the VMs that are meant.
func (a *App) fits(action model.Action) bool {
	vms, _ := a.targets()
	return slices.ContainsFunc(vms, func(name model.Raw) bool {
		vm := a.Shot.Inventory.VM(name)
		return vm != nil && action.Fits(vm.State)
	})
}

// hasErrors reports whether the head line counts an error of the doctor.
func (a *App) hasErrors() bool {
	return slices.ContainsFunc(a.Shot.Inventory.Findings, func(f model.Finding) bool { return f.Severity == model.SeverityError })
}

// recently is how long somebody may want to look at what was put into the
// trash.
const recently = 10 * time.Minute

// justTrashed reports whether something was put into the trash a moment ago.
func (a *App) justTrashed() bool {
	i := &a.Shot.Inventory
	return slices.ContainsFunc(i.Trash, func(e model.TrashEntry) bool { return i.At.Sub(e.PurgedAt) < recently })
}
