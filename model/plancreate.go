package model

import (
	"fmt"
	"slices"
)

// A new VM is made as `microvm -c` makes it, but in two steps as an update is:
// what its flake says is built to the side first, and shown; then its directory
// appears at once, complete, or not at all.

// PlanBuildNew builds what a flake says of a VM that is not there yet, to the
// side.
func PlanBuildNew(i Inventory, name, flake Raw) Plan {
	return i.planEach(ActionBuild, KindVM, []Raw{name}, func(name Raw) (Item, blocker) {
		if block := i.newBlocker(name, flake); block.why != "" {
			return Item{}, block
		}
		step := Step{Action: StepBuild, Ref: Ref{KindVM, name}, VM: name, Harmless: true, Target: MaskedFlake(flake), Flake: flake}
		return Item{Ref: step.Ref, Cautions: newCautions(flake), Steps: []Step{i.resting(step, FactName)}}, blocker{}
	})
}

// PlanCreate makes VMs of what was built for them from a flake. Nothing is
// started.
func PlanCreate(i Inventory, built []Built, flake Raw) Plan {
	names, of := make([]Raw, len(built)), make(map[Raw]Raw, len(built))
	for at, b := range built {
		names[at], of[b.VM] = b.VM, b.Runner
	}
	return i.planEach(ActionCreate, KindVM, names, func(name Raw) (Item, blocker) {
		if block := i.newBlocker(name, flake); block.why != "" {
			return Item{}, block
		}
		if !isStorePath(of[name]) {
			return Item{}, refused("%q is not a path in the Nix store", string(of[name]))
		}
		step := Step{
			Action: StepCreate, Ref: Ref{KindVM, name}, VM: name, Target: of[name], Flake: flake, Undo: "microtui purge " + name,
		}
		return Item{Ref: step.Ref, Cautions: newCautions(flake), Evidence: i.newEvidence(name, flake), Steps: []Step{i.resting(step, FactName)}}, blocker{}
	})
}

// newCautions say what there is to know of the flake of a new VM. Whoever makes
// it has named the reference, so that nothing more is asked about it.
func newCautions(flake Raw) []Raw {
	if isFrozen(flake) {
		return []Raw{"its flake is a path in the Nix store: it never changes, so there will be no updates"}
	}
	return nil
}

// newEvidence says what there will be of a new VM.
func (i *Inventory) newEvidence(name, flake Raw) []Raw {
	evidence := []Raw{
		rawf("directory %s/%s, owned by root and group kvm, with `current` and `flake` (%s)", i.StateDir, name, MaskedFlake(flake)),
		rawf("gcroot links %s and booted-%s", name, name),
	}
	if !i.Facts().autostart[name] {
		evidence = append(evidence, "it starts at boot only if microvm.autostart lists it")
	}
	return evidence
}

// newBlocker blocks a VM that cannot be made of a flake under a name.
func (i *Inventory) newBlocker(name, flake Raw) blocker {
	if block := i.nameBlocker(name); block.why != "" {
		return block
	}
	if why := FlakeFault(flake); why != "" {
		return refused("%s cannot be built from: %s", MaskedFlake(flake), why)
	}
	return blocker{}
}

// freeName is the value of [FactName] of a name that a new VM can have.
const freeName = "free"

// nameBlocker blocks a name that something has, had, or may have.
func (i *Inventory) nameBlocker(name Raw) blocker {
	if !ParseName(name) {
		return refused("%q is not a valid VM name", string(name))
	}
	for _, against := range []func(Raw) blocker{i.hostBlocker, i.takenBlocker, i.trashedBlocker, i.rootBlocker} {
		if block := against(name); block.why != "" {
			return block
		}
	}
	return blocker{}
}

// hostBlocker blocks where a VM could not run, or where it cannot be told which
// names are taken.
func (i *Inventory) hostBlocker(name Raw) blocker {
	f := i.Facts()
	for _, source := range []Source{SourceStateDir, SourceSystemd, SourceGCRoots, SourceTrash} {
		if err, failed := f.faults[source]; failed {
			return refused("cannot determine whether the name %s is free: %s could not be read: %s", name, source, err)
		}
	}
	uncertain := slices.Concat(f.whyDeclarationUncertain(), f.whyPlaceUncertain())
	if !f.hasVMDirectory() {
		uncertain = append(uncertain, f.whyEmptyUncertain()...)
	}
	switch {
	case len(uncertain) > 0:
		return refused("cannot determine whether the name %s is free: %s", name, uncertain[0])
	case i.Template == nil:
		return refused("there is no microvm@.service: the host does not import microvm.nix's host module")
	case !f.StateDir.Exists:
		return refused("%s does not exist", f.StateDir.Path)
	}
	return blocker{}
}

// takenBlocker blocks the name of a VM, and of anything at its place.
func (i *Inventory) takenBlocker(name Raw) blocker {
	f := i.Facts()
	switch decl := f.declared[name]; {
	case decl != nil:
		return refused("%s is already declared in the host's NixOS configuration (%s)", name, Listed(decl.by))
	case f.whyPresent(name) != "":
		return refused("the name is taken: %s", f.whyPresent(name))
	case i.VM(name) != nil || f.runs(name):
		return refused("the name is taken: %s is running", UnitName(RoleVM, name))
	}
	return blocker{}
}

// trashedBlocker blocks the name of what could be restored under it.
func (i *Inventory) trashedBlocker(name Raw) blocker {
	isIn := func(e TrashEntry) bool {
		_, ours := i.Facts().below(e.From)
		return ours && e.Name == name
	}
	if !slices.ContainsFunc(i.Trash, isIn) {
		return blocker{}
	}
	return refused("a purged %[1]s is in the trash: restore it with microtui restore %[1]s, or delete it for good with microtui trash empty %[1]s", name)
}

// rootBlocker blocks where gcroot links of the names that a new VM needs are
// another's, or where links of an earlier VM would say that it is another kind
// of VM.
func (i *Inventory) rootBlocker(name Raw) blocker {
	f := i.Facts()
	if left := f.roots[name]; len(left) > 0 {
		return refused("gcroot link %s is left of an earlier %s: clean it up first", left[0].Name, name)
	}
	for _, link := range []Raw{name, "booted-" + name} {
		if target := f.root(link); target != "" {
			return refused("gcroot link %s points to %s", link, target)
		}
	}
	return blocker{}
}

// NewVM is the VM that an item is to build for the first time, and its flake;
// empty: it builds none.
func (i Item) NewVM() (name, flake Raw) {
	for _, step := range i.Steps {
		if step.Action == StepBuild && step.Flake != "" {
			return step.VM, step.Flake
		}
	}
	return "", ""
}

// CheckOffered refuses a VM that is not among the `nixosConfigurations` of a
// flake, and lists those.
func CheckOffered(name, flake Raw, offered []Raw) error {
	if slices.Contains(offered, name) {
		return nil
	}
	has := "it has none"
	if len(offered) > 0 {
		has = "it has " + string(joined(offered))
	}
	return fmt.Errorf("%w: %s has no nixosConfigurations.%s; %s", ErrRefused, MaskedFlake(flake), name, has)
}

// defaultFlake is what microvm -c builds from when it is told nothing else.
const defaultFlake = "git+file:///etc/nixos"

// UsualFlake is the reference that most VMs with a flake of their own are built
// from; of those with credentials none is proposed to anybody.
func UsualFlake(i Inventory) Raw {
	count := make(map[Raw]int)
	usual := Raw(defaultFlake)
	for at := range i.VMs {
		d := i.VMs[at].Directory
		if d == nil || d.Flake == nil || FlakeFault(d.Flake.Ref) != "" || isFrozen(d.Flake.Ref) || MaskedFlake(d.Flake.Ref) != d.Flake.Ref {
			continue
		}
		if count[d.Flake.Ref]++; count[d.Flake.Ref] > count[usual] {
			usual = d.Flake.Ref
		}
	}
	return usual
}
