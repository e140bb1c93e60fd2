package model

// Updatable lists the VMs that are built from a flake of their own and may be
// updated, by name.
func (i Inventory) Updatable() []Raw {
	var names []Raw
	for at := range i.VMs {
		if len(PlanBuild(i, []Raw{i.VMs[at].Name}).Items) > 0 {
			names = append(names, i.VMs[at].Name)
		}
	}
	return names
}

// NoteEvaluated notes for what runner a VM's flake stands now: one that is not
// `current` makes it outdated, unless something about it is worse.
func (i *Inventory) NoteEvaluated(name, runner Raw) {
	vm := i.VM(name)
	if vm == nil || vm.Directory == nil || vm.Directory.Current == nil || vm.Directory.Current.Target == runner {
		return
	}
	if vm.Freshness == FreshnessCurrent || vm.Freshness == FreshnessRebootNeeded {
		vm.Freshness = FreshnessOutdated
		vm.Notes = append(vm.Notes[:len(vm.Notes):len(vm.Notes)], "its flake evaluates to a newer runner")
	}
}
