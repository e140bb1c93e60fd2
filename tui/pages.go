package tui

import (
	"microtui/tui/list"
)

// fill makes the rows of the table of VMs, and those of the present page, of
// what is known.
func (a *App) fill() {
	a.vms.Fill(&a.Scene)
	switch a.page {
	case pageOperations:
		a.ops.Fill(&a.Scene, a.commands)
	case pageTrash:
		a.trash.Fill(&a.Scene)
	case pageDoctor:
		a.doctor.Fill(&a.Scene)
	}
}

// list is the list of the present page.
func (a *App) list() *list.List {
	switch a.page {
	case pageOperations:
		return &a.ops.List
	case pageTrash:
		return &a.trash.List
	case pageDoctor:
		return &a.doctor.List
	}
	return &a.vms.List
}
