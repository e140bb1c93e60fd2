package model

import (
	"cmp"
	"maps"
	"slices"
)

// Interpret says what an observation means. It is pure: the same observation
// gives the same inventory, on any machine, at any time.
func Interpret(o Observation) Inventory {
	f := join(&o)
	inventory := Inventory{Host: o.Host, At: o.At, StateDir: o.StateDir.Path, Template: o.Template, Faults: o.Faults, Trash: o.Trash, Snapshots: o.Snapshots, facts: f}
	names := f.vmNames()
	f.claims = f.collectClaims(names)
	inventory.VMs = slices.Grow(inventory.VMs, len(names))
	for _, name := range names {
		inventory.VMs = append(inventory.VMs, f.vm(name))
	}
	f.keepUsed(inventory.VMs)
	inventory.Leftovers = f.leftovers(inventory.VMs)
	inventory.HostKind = f.hostKind(inventory)
	f.precompute(inventory.VMs)
	return inventory
}

// vmNames lists the VMs of the host: a name that is declared, or has a
// directory with `current`, or runs.
func (f *Facts) vmNames() []Raw {
	names := make(map[Raw]bool, len(f.directories))
	for name := range f.declared {
		names[name] = true
	}
	for vm, units := range f.units {
		if units[RoleVM].IsUp() {
			names[vm] = true
		}
	}
	for name, d := range f.directories {
		runsAs, renamed := f.aliases[name]
		if d.Current != nil && !(renamed && f.directoryOf(runsAs) == d) {
			names[name] = true
		}
	}
	return slices.SortedFunc(maps.Keys(names), cmp.Compare[Raw])
}

// vm puts together all that is known about one VM.
func (f *Facts) vm(name Raw) VM {
	d := f.directoryOf(name)
	origin := f.origin(name, d)
	outside := f.outside(d)
	verdict := f.judgeVM(name, d, origin, outside)
	state := f.readState(name, d, outside)
	vm := VM{
		Name: name, State: state.state, Origin: origin, Freshness: f.freshness(name, d),
		Verdict: verdict.verdict, Evidence: verdict.evidence, Why: verdict.note,
		Autostart: f.autostart[name], Directory: d, Outside: outside,
		Units: f.vmUnits(name), Losses: f.losses(name, d), Older: f.older(name),
	}
	if verdict.removal != nil {
		vm.RemovedIn = &verdict.removal.since.Generation
	}
	if decl := f.declared[name]; decl != nil {
		vm.Declared, vm.DeclaredBy = &decl.Declaration, decl.by
	}
	f.addRunner(&vm)
	vm.addDisk()
	f.addFigures(&vm)
	for _, note := range []Raw{verdict.note, state.why, f.startFault(name).note(), vm.freshnessNote()} {
		if note != "" {
			vm.Notes = append(vm.Notes, note)
		}
	}
	vm.addHelpersUp()
	return vm
}

// outside lists the hypervisors that work in a VM's directory without being in
// the cgroup of one of microvm.nix's units: microvm -r, nix run.
func (f *Facts) outside(d *Directory) []Process {
	if d == nil {
		return nil
	}
	var found []Process
	for _, p := range f.looseIn[d.ID] {
		if !p.Cwd.Deleted && (p.isHypervisor() || p.isNamedAsHypervisor()) {
			found = append(found, *p)
		}
	}
	for _, p := range f.hidden {
		if f.isCalled(d, p.Argv0) {
			found = append(found, *p)
		}
	}
	return found
}

// isCalled reports whether a directory's VM gives its hypervisor this title.
// Where the working directory cannot be seen that is all there is: better to
// show a VM as running than to invite a second start on its volumes.
func (f *Facts) isCalled(d *Directory, title Raw) bool {
	for _, link := range []*Symlink{d.Current, d.Booted} {
		if r := f.runner(link); r != nil && r.HostName != "" && title == "microvm@"+r.HostName {
			return true
		}
	}
	return false
}

func (f *Facts) vmUnits(vm Raw) []VMUnit {
	known := f.units[vm]
	units := make([]VMUnit, 0, len(known))
	for _, role := range allRoles {
		if unit := known[role]; unit != nil {
			units = append(units, VMUnit{role, *unit})
		}
	}
	return units
}

// hostKind says what kind of host this is.
func (f *Facts) hostKind(i Inventory) HostKind {
	listed := slices.ContainsFunc(i.Leftovers, func(l Leftover) bool { return l.Verdict != VerdictForeign })
	switch {
	case len(i.VMs) > 0 || listed:
		return HostKindPopulated
	case len(f.Host.Guest) > 0 && f.Template == nil:
		return HostKindGuest
	case f.Template != nil:
		return HostKindEmpty
	case f.failed(SourceSystemd):
		return HostKindUnknown
	}
	return HostKindNoModule
}
