package tui

import (
	"microtui/model"
	"microtui/tui/scene"
)

// chart adds a snapshot to the courses of its VMs, and drops those of others.
func (a *App) chart(shot scene.Snapshot) {
	if shot.Held {
		return
	}
	length := max(scene.SampleTime, a.options.Interval)
	courses := make(map[model.Raw]*scene.UsageHistory, len(shot.Rates))
	for name, rate := range shot.Rates {
		c := a.courses[name]
		if c == nil {
			c = &scene.UsageHistory{}
		}
		c.Add(shot.Inventory.At, length, rate)
		courses[name] = c
	}
	a.courses = courses
}

// waysOf are the ways into a VM on the host as it is shown.
func (a *App) waysOf(vm model.Raw) *scene.Connectivity {
	if a.ways == nil || a.ways.VM != vm {
		a.ways = &scene.Connectivity{Inventory: a.Shot.Inventory, VM: vm}
	}
	return a.ways
}
