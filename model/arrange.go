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
// jump.
func Arrange(vms []VM, rates map[Raw]Rate, view View) []VM {
	shown := make([]VM, 0, len(vms))
	for i := range vms {
		if (!view.ProblemsOnly || vms[i].IsProblem()) && view.Filter.Matches(&vms[i]) {
			shown = append(shown, vms[i])
		}
	}
	compare, group := comparisons[view.Sort], groupings[view.Group]
	order.By(shown, func(a, b *VM) int {
		by, byName := 0, cmp.Compare(a.Name, b.Name)
		switch {
		case compare != nil:
			by = compare(a, b, rates)
		case view.Sort == SortName || view.Sort == "":
			by = byName
		}
		if view.Descending {
			by = -by
		}
		return cmp.Or(group.rank(a)-group.rank(b), by, byName)
	})
	return shown
}

var comparisons = map[SortKey]func(a, b *VM, rates map[Raw]Rate) int{
	SortState:     func(a, b *VM, _ map[Raw]Rate) int { return cmp.Compare(a.State, b.State) },
	SortOrigin:    func(a, b *VM, _ map[Raw]Rate) int { return cmp.Compare(a.Origin, b.Origin) },
	SortFreshness: func(a, b *VM, _ map[Raw]Rate) int { return cmp.Compare(a.Freshness, b.Freshness) },
	SortMemory:    func(a, b *VM, _ map[Raw]Rate) int { return compareKnown(a.Memory, b.Memory) },
	SortDisk:      func(a, b *VM, _ map[Raw]Rate) int { return compareKnown(a.Disk, b.Disk) },
	SortUptime:    func(a, b *VM, _ map[Raw]Rate) int { return compareKnown(a.started(), b.started()) },
	SortCPU: func(a, b *VM, rates map[Raw]Rate) int {
		return compareKnown(rates[a.Name].CPUPercent, rates[b.Name].CPUPercent)
	},
	SortNet: func(a, b *VM, rates map[Raw]Rate) int {
		x, y := rates[a.Name], rates[b.Name]
		return cmp.Or(compareKnown(x.RxPerSecond, y.RxPerSecond), compareKnown(x.TxPerSecond, y.TxPerSecond))
	},
}

// started is what uptime orders by: greater the earlier the VM started; nil: it
// does not run.
func (v *VM) started() *int64 {
	if v.Since.IsZero() {
		return nil
	}
	since := -v.Since.UnixNano()
	return &since
}

// compareKnown orders what is unknown before everything known.
func compareKnown[T cmp.Ordered](a, b *T) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	return cmp.Compare(*a, *b)
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
