package model

import (
	"cmp"

	"microtui/model/order"
)

// SortKey is a column to sort by.
type SortKey string

// The sort keys, in the order of their columns.
const (
	SortName      SortKey = "name"
	SortState     SortKey = "state"
	SortOrigin    SortKey = "origin"
	SortFreshness SortKey = "freshness"
	SortCPU       SortKey = "cpu"
	SortMemory    SortKey = "memory"
	SortDisk      SortKey = "disk"
	SortNet       SortKey = "net"
	SortUptime    SortKey = "uptime"
)

// SortKeys lists the sort keys in the order of their columns.
var SortKeys = []SortKey{SortName, SortState, SortOrigin, SortFreshness, SortCPU, SortMemory, SortDisk, SortNet, SortUptime}

// View is which VMs are shown, and in which order.
type View struct {
	Filter       Filter
	Group        GroupKey // the order holds within each group
	Sort         SortKey
	Descending   bool
	ProblemsOnly bool
}

// Arrange gives the VMs of a view, those of a group next to each other. VMs
// that compare equal stay in the order of their names, so that rows do not
// jump. A view that is sorted by a figure needs where each VM stands by it.
func Arrange(vms []VM, by Standing, view View) []VM {
	shown := make([]VM, 0, len(vms))
	for i := range vms {
		if (!view.ProblemsOnly || vms[i].IsProblem()) && view.Filter.Matches(&vms[i]) {
			shown = append(shown, vms[i])
		}
	}
	compare, group := comparisons[view.Sort], groupings[view.Group]
	order.By(shown, func(a, b *VM) int {
		at, byName := 0, cmp.Compare(a.Name, b.Name)
		switch {
		case compare != nil:
			at = compare(a, b)
		case by != nil:
			at = by.compare(a.Name, b.Name)
		case view.Sort == SortName || view.Sort == "":
			at = byName
		}
		if view.Descending {
			at = -at
		}
		return cmp.Or(group.rank(a)-group.rank(b), at, byName)
	})
	return shown
}

var comparisons = map[SortKey]func(a, b *VM) int{
	SortState:     func(a, b *VM) int { return cmp.Compare(a.State, b.State) },
	SortOrigin:    func(a, b *VM) int { return cmp.Compare(a.Origin, b.Origin) },
	SortFreshness: func(a, b *VM) int { return cmp.Compare(a.Freshness, b.Freshness) },
}

// IsProblem reports whether a VM needs an administrator's eye.
func (v *VM) IsProblem() bool {
	switch v.State {
	case StateFailed, StateCrashLoop, StatePaused, StateOutside:
		return true
	}
	switch v.Freshness {
	case FreshnessMissing, FreshnessDrifted, FreshnessRebootNeeded:
		return true
	}
	return v.Verdict != VerdictKept || v.Worst == SeverityError || v.Worst == SeverityWarning
}
