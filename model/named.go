package model

import (
	"maps"
	"slices"
)

// Named is a thing by its name, for who wants to type that.
type Named struct {
	Name Raw
	Note Raw // what tells it from others: the state of a VM, when an entry was purged
}

// glimpses are the states of a VM as far as the line of its unit tells them
// (systemd, ActiveState).
var glimpses = map[string]State{
	"active": StateRunning, "reloading": StateRunning, "refreshing": StateRunning,
	"activating": StateStarting, "deactivating": StateStopping, "failed": StateFailed,
}

// NamesOf are the names of a kind of which an inventory knows.
func (i Inventory) NamesOf(kind Kind) []Named {
	var found []Named
	switch kind {
	case KindVM:
		for _, vm := range i.VMs {
			found = append(found, Named{vm.Name, Raw(vm.State)})
		}
	case KindTrash:
		return NamesOfTrash(i.Trash)
	case KindSnapshot:
		return NamesOfSnapshots(i.Snapshots)
	}
	for _, l := range i.Leftovers {
		if l.Ref.Kind == kind {
			found = append(found, Named{l.Ref.Name, Raw(l.Verdict)})
		}
	}
	return found
}

// NamesOfTrash are the IDs of entries, with what lies in them.
func NamesOfTrash(entries []TrashEntry) []Named {
	var found []Named
	for _, e := range entries {
		found = append(found, Named{Raw(e.ID), rawf("%s, purged %s", e.Name, e.PurgedAt.Local().Format("2006-01-02 15:04"))})
	}
	return found
}

// NamesOfVMs are the VMs that have one of some names or units, with what the
// lines of their units say. Nothing else is known of them.
func NamesOfVMs(names []Raw, lines []Unit) []Named {
	states := make(map[Raw]State)
	for _, name := range names {
		if ParseName(name) {
			states[name] = StateStopped
		}
	}
	for _, line := range lines {
		role, vm, ok := ParseUnitName(line.Name)
		if !ok || !ParseName(vm) || states[vm] == "" && role != RoleVM {
			continue
		}
		state, up := glimpses[line.Active]
		if role == RoleVM && up {
			states[vm] = state
		} else if states[vm] == "" {
			states[vm] = StateStopped
		}
	}
	var found []Named
	for _, name := range slices.Sorted(maps.Keys(states)) {
		found = append(found, Named{name, Raw(states[name])})
	}
	return found
}
