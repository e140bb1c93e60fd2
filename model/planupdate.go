package model

import (
	"strings"

	"microtui/model/text"
)

// Built is a runner that was built for a VM.
type Built struct {
	VM     Raw
	Runner Raw // its path in the store
	Flake  Raw // what it was built from, as [FactFlake] words it; empty: not known
}

// PlanBuild builds what the flakes of VMs say now, to the side: nothing that
// runs, or would be started, changes. A flake reference that is not the one of
// the last update needs its VM's name.
func PlanBuild(i Inventory, names []Raw) Plan {
	return i.planEach(ActionBuild, KindVM, names, func(name Raw) (Item, blocker) {
		vm, block := i.updatable(name)
		if block.why != "" {
			return Item{}, block
		}
		step := Step{Action: StepBuild, Ref: vm.Ref(), VM: name, Harmless: true, Target: MaskedFlake(vm.Directory.Flake.Ref)}
		item, asks := vm.item(), false
		if item.Cautions, asks = i.flakeCautions(vm); asks {
			item.ConfirmWord = name
		}
		item.Steps = []Step{i.resting(step, FactDeclared, FactDirectory, FactFlake)}
		return item, block
	})
}

// PlanUpdate switches VMs to what was built for them, and restarts those that
// run, one after the other, where that is asked for.
func PlanUpdate(i Inventory, built []Built, restart bool) Plan {
	names, of := make([]Raw, len(built)), make(map[Raw]Built, len(built))
	for at, b := range built {
		names[at], of[b.VM] = b.VM, b
	}
	p := i.planEach(ActionUpdate, KindVM, names, func(name Raw) (Item, blocker) {
		vm, block := i.updatable(name)
		if block.why != "" {
			return Item{}, block
		}
		if !isStorePath(of[name].Runner) {
			return Item{}, refused("%q is not a path in the Nix store", string(of[name].Runner))
		}
		if block := i.flakeWhenBuilt(vm, of[name].Flake); block.why != "" {
			return Item{}, block
		}
		return i.switching(vm, of[name].Runner, restart, FactFlake)
	})
	p.StopAtFailure = restart
	return p
}

// PlanRollback switches VMs back to the runner before the last update. What
// was current becomes `old`, so that it can be taken back in the same way.
func PlanRollback(i Inventory, names []Raw, restart bool) Plan {
	p := i.planEach(ActionRollback, KindVM, names, func(name Raw) (Item, blocker) {
		vm, block := i.switchable(name)
		if block.why != "" {
			return Item{}, block
		}
		if block := i.oldBlocker(vm); block.why != "" {
			return Item{}, block
		}
		return i.switching(vm, vm.Directory.Old.Target, restart, FactOld)
	})
	p.StopAtFailure = restart
	return p
}

// updatable finds a VM that can be built from its flake.
func (i *Inventory) updatable(name Raw) (*VM, blocker) {
	vm, block := i.switchable(name)
	if block.why != "" {
		return nil, block
	}
	return vm, i.flakeBlocker(vm)
}

// switchable finds a VM whose `current` is for microtui to change.
func (i *Inventory) switchable(name Raw) (*VM, blocker) {
	vm, block := i.vmNamed(name)
	if block.why != "" {
		return nil, block
	}
	if d := vm.Directory; d != nil && d.Name != name {
		return nil, refused("%s is running from directory %s, which was renamed", name, d.Name)
	}
	if block := i.ownerBlocker(vm); block.why != "" {
		return nil, block
	}
	if block := i.currentBlocker(vm); block.why != "" {
		return nil, block
	}
	return vm, vm.outsideBlocker()
}

// ownerBlocker blocks what something else decides, or may decide, what runs.
func (i *Inventory) ownerBlocker(vm *VM) blocker {
	f := i.Facts()
	if vm.Origin != OriginDeclared && vm.Origin != OriginDeclaredFlake {
		if reasons := f.whyDeclarationUncertain(); len(reasons) > 0 {
			return refused("cannot determine whether %s is declared: %s", vm.Name, reasons[0])
		}
	}
	switch vm.Origin {
	case OriginDeclared:
		return refused("declared in the host's NixOS configuration: run nixos-rebuild switch")
	case OriginDeclaredFlake:
		if !vm.Declared.Once {
			return refused("frozen: nixos-rebuild switch installs it from %s; run that, or set its updateFlake", MaskedFlake(vm.Declared.Flake))
		}
	case OriginUndeclared:
		return refused("no longer declared: purge it, or declare it again")
	case OriginUnknown:
		return refused("its origin is unknown: a VM made with microvm -c would have a gcroot link %s/%s", gcrootFolder, vm.Name)
	}
	return blocker{}
}

// currentBlocker blocks what has no `current` that could be read.
func (i *Inventory) currentBlocker(vm *VM) blocker {
	d, f := vm.Directory, i.Facts()
	path := rawf("%s/%s", strings.TrimRight(string(i.StateDir), "/"), vm.Name)
	switch err, failed := f.faults[SourceStateDir]; {
	case d == nil && failed:
		return refused("%s could not be read: %s", path, err)
	case d == nil:
		return refused("%s is missing", path)
	case d.Fault != "":
		return refused("its directory could not be read: %s", d.Fault)
	case len(d.Strange) > 0:
		return refused("its directory is not as microvm.nix leaves it: %s", d.Strange[0])
	case d.Current == nil:
		return refused("%s/current is missing", path)
	}
	return blocker{}
}

// withoutFlake says how else a VM gets newer.
var withoutFlake = map[Origin]Raw{
	OriginDeployed: "deploy it again",
	OriginManual:   "build it the way it was built before",
}

// flakeBlocker blocks what has no flake that something newer could come from.
func (i *Inventory) flakeBlocker(vm *VM) blocker {
	d := vm.Directory
	if d.Flake == nil {
		return refused("it has no file `flake` to build from: %s", firstOf(withoutFlake[vm.Origin], "it is unknown how it was built"))
	}
	why := FlakeFault(d.Flake.Ref)
	switch {
	case d.Toplevel != nil:
		return refused("its directory holds both `toplevel` and `flake`: remove the outdated one")
	case why != "":
		return refused("its file `flake` cannot be used: %s", why)
	case isFrozen(d.Flake.Ref):
		return refused("frozen: its flake is %s, which never changes", MaskedFlake(d.Flake.Ref))
	}
	return blocker{}
}

// oldBlocker blocks a runner that is not there, or that anybody may have written.
func (i *Inventory) oldBlocker(vm *VM) blocker {
	old := vm.Directory.Old
	if old == nil {
		return refused("there is no older runner: no update has left a link `old`")
	}
	r := i.Facts().runner(old)
	switch {
	case old.Dangling || r == nil:
		return refused("its older runner %s no longer exists", old.Target)
	case !r.Trusted || !isStorePath(old.Target):
		return refused("`old` leads to %s, which is not a root-owned path in the Nix store", old.Target)
	}
	return blocker{}
}

// isStorePath reports whether a path is that of a thing in the store itself.
func isStorePath(path Raw) bool {
	name, ok := strings.CutPrefix(string(path), "/nix/store/")
	return ok && name != "" && !strings.HasPrefix(name, ".") && !strings.Contains(name, "/") && !strings.ContainsFunc(name, text.IsDangerous)
}

// switching sets `current` to a runner and restarts a VM that does not run it.
func (i *Inventory) switching(vm *VM, runner Raw, restart bool, from Fact) (Item, blocker) {
	if err, failed := i.Facts().faults[SourceSystemd]; restart && failed { // it would not be restarted, and be told done
		return Item{}, refused("cannot determine whether it is running: systemd could not be asked: %s", err)
	}
	item, d := vm.item(), vm.Directory
	if d.Current.Target != runner {
		step := Step{Action: StepSwitch, Ref: vm.Ref(), VM: vm.Name, Stamp: Stamp{File: d.ID, Target: d.Current.Target}, Target: runner, Undo: "microtui rollback " + vm.Name,
			Back: d.Old != nil && d.Old.Target == runner}
		if d.Current.Dangling || i.Facts().runner(d.Current) == nil {
			step.Undo, step.Harmless = "", true // there is nothing to go back to
		}
		item.Steps = append(item.Steps, i.resting(step, FactDeclared, FactDirectory, FactCurrent, from))
	}
	if restart && item.Running && (d.Booted == nil || d.Booted.Target != runner) {
		if why := i.Facts().unitsElsewhere(); why != "" {
			return Item{}, refused("this is not what is running: %s", why)
		}
		item.Steps, item.StopWay = append(item.Steps, i.restartStep(vm)), vm.stopWayNow()
	}
	if len(item.Steps) == 0 {
		return item, blocker{"already current", nil}
	}
	return i.withLosses(item, vm.Name), blocker{}
}

// item is what is said of a VM that stays.
func (v *VM) item() Item {
	unit := v.MainUnit()
	return Item{Ref: v.Ref(), Verdict: v.Verdict, Running: unit != nil && (unit.IsUp() || unit.AwaitsStart())}
}

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
