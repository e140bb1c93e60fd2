package model

import "slices"

// GroupKey is what VMs that are shown together have in common.
type GroupKey string

// The ways to group VMs. The zero value is none of them, too.
const (
	GroupNone    GroupKey = "none"
	GroupOrigin  GroupKey = "origin"
	GroupVerdict GroupKey = "verdict"
	GroupState   GroupKey = "state"
)

// GroupKeys lists the ways to group VMs, in the order in which they are
// offered.
var GroupKeys = []GroupKey{GroupNone, GroupOrigin, GroupVerdict, GroupState}

// grouping says to which group a VM belongs, and how groups follow each other:
// those that need an eye first, origins as they are explained. A group that is
// not listed comes last.
type grouping struct {
	of    func(*VM) string
	order []string
}

var groupings = map[GroupKey]grouping{
	GroupOrigin: {
		func(vm *VM) string { return string(vm.Origin) },
		asStrings(OriginDeclared, OriginDeclaredFlake, OriginImperative, OriginDeployed, OriginManual, OriginUndeclared, OriginUnknown),
	},
	GroupVerdict: {
		func(vm *VM) string { return string(vm.Verdict) },
		asStrings(VerdictOrphan, VerdictSuspect, VerdictUnclear, VerdictKept, VerdictForeign),
	},
	GroupState: {
		func(vm *VM) string { return string(vm.State) },
		asStrings(StateCrashLoop, StateFailed, StateOutside, StatePaused, StateStarting, StateStopping, StateRunning, StateStopped, StateUnknown),
	},
}

// rank is the place of a VM's group among the groups.
func (g grouping) rank(vm *VM) int {
	if g.of == nil {
		return 0
	}
	if at := slices.Index(g.order, g.of(vm)); at >= 0 {
		return at
	}
	return len(g.order)
}

// Group is VMs that are shown together.
type Group struct {
	Name string // an origin, a verdict or a state, as the model calls it; empty: VMs are not grouped
	VMs  []VM
}

// Running is how many VMs of the group run, as [Count] counts them.
func (g Group) Running() int { return Count(Inventory{VMs: g.VMs}).Running }

// Groups splits VMs that [Arrange] gave for a view with this key. The groups
// share their memory.
func (k GroupKey) Groups(arranged []VM) []Group {
	g, ok := groupings[k]
	if !ok {
		return []Group{{VMs: arranged}}
	}
	var groups []Group
	for from, at := 0, 1; at <= len(arranged); at++ {
		if name := g.of(&arranged[from]); at == len(arranged) || g.of(&arranged[at]) != name {
			groups, from = append(groups, Group{name, arranged[from:at]}), at
		}
	}
	return groups
}
