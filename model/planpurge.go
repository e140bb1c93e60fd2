package model

import (
	"slices"
	"strings"
)

// PurgeOptions are how VMs are purged.
type PurgeOptions struct {
	Now bool // for good, instead of into the trash
}

// PlanPurge removes VMs that nothing declares, and directories of VMs that
// hold none any more, by their names: into the trash, and with all that
// belongs to them. A proven orphan needs no more consent than a y, since it
// can be restored; a VM that somebody may want needs its name.
func PlanPurge(i Inventory, names []Raw, o PurgeOptions) Plan {
	return i.planEach(ActionPurge, KindVM, names, func(name Raw) (Item, blocker) {
		p, block := i.purging(name, o)
		if block.why != "" {
			return Item{}, block
		}
		item := p.item()
		if o.Now || !p.proven() {
			item.ConfirmWord = name
		}
		return i.withLosses(item, name), item.dataBlocker()
	})
}

// purging is what is known of something that is to be purged.
type purging struct {
	*Facts
	PurgeOptions
	i     *Inventory
	name  Raw
	vm    *VM        // nil: the directory holds none
	dir   *Directory // nil: it has none
	stops bool       // something of it is up
	mount bool       // its directory is a file system of its own: that stays
}

// purging looks at a name, and says why what has it cannot be purged.
func (i *Inventory) purging(name Raw, o PurgeOptions) (purging, blocker) {
	f := i.Facts()
	p := purging{Facts: f, PurgeOptions: o, i: i, name: name, vm: i.VM(name), dir: f.directories[name]}
	for _, unit := range p.ownUnits() {
		p.stops = p.stops || unit.IsUp() || unit.AwaitsStart()
	}
	if p.dir != nil {
		p.mount, _ = f.mountsOf(p.dir)
	}
	return p, p.blocker()
}

// ownUnits are the instances of the templates that systemd has in memory, in
// the order of a start. The install unit is none of them.
func (p *purging) ownUnits() []*Unit {
	var units []*Unit
	for _, role := range Roles {
		if unit := p.units[p.name][role]; unit != nil {
			units = append(units, unit)
		}
	}
	return units
}

func (p *purging) proven() bool { return p.vm != nil && p.vm.Verdict == VerdictOrphan }

// isRunning reports whether its hypervisor is up, or about to be.
func (p *purging) isRunning() bool {
	unit := p.units[p.name][RoleVM]
	return unit != nil && (unit.IsUp() || unit.AwaitsStart())
}

// isSteady reports whether its units are as they will be in a moment, too: one
// that starts, stops or crashes in a loop has other interfaces, invocations and
// failed helpers every few seconds.
func (p *purging) isSteady() bool {
	unit := p.units[p.name][RoleVM]
	return !p.isRunning() || unit.Active == "active" && unit.Job == nil && !p.inLoop(unit)
}

// blocker says why it is not purged. What shows that it is wanted comes first,
// and then what may not have been seen.
func (p *purging) blocker() blocker {
	if block := p.nameBlocker(); block.why != "" {
		return block
	}
	if decl := p.declared[p.name]; decl != nil {
		return refused("declared in %s: remove it from the configuration and run nixos-rebuild switch", Listed(decl.by))
	}
	if entry, ok := p.keptAs(Ref{KindVM, p.name}, Ref{KindStateDir, p.name}); ok {
		return refused("%s: %s first", keepEvidence(entry), entry.DropCommand())
	}
	if block := p.unseenBlocker(); block.why != "" {
		return block
	}
	for _, against := range []func() blocker{p.keptBlocker, p.outsideBlocker, p.renamedBlocker, p.directoryBlocker, p.usedBlocker} {
		if block := against(); block.why != "" {
			return block
		}
	}
	return blocker{}
}

func (p *purging) nameBlocker() blocker {
	switch other := p.others[p.name]; {
	case !ParseName(p.name):
		return refused("%q is not a valid VM name", string(p.name))
	case p.vm != nil || p.dir != nil:
		return blocker{}
	case other != nil:
		return refused("%s/%s is not a directory (%s): microtui does not touch it", p.StateDir.Path, p.name, other.Type)
	}
	return p.i.unknownVM(p.name)
}

// unseenBlocker blocks what may be declared, kept or running for all that could
// be read.
func (p *purging) unseenBlocker() blocker {
	for _, source := range restsOn[KindStateDir] {
		if err, failed := p.faults[source]; failed {
			return refused("cannot determine whether %s is wanted: %s could not be read: %s", p.name, source, err)
		}
	}
	if reasons := p.whyDeclarationUncertain(); len(reasons) > 0 {
		return refused("cannot determine whether %s is declared: %s", p.name, reasons[0])
	}
	if reasons := p.whyPlaceUncertain(); len(reasons) > 0 {
		return refused("%s", reasons[0])
	}
	if reasons := p.whyEmptyUncertain(); p.dir == nil && !p.hasVMDirectory() && len(reasons) > 0 {
		return refused("%s", reasons[0])
	}
	if mount := p.unmounted(p.name); mount != nil {
		return refused("%s is not mounted (%s is inactive): mount it first", mount.Where, mount.Unit)
	}
	if unseen := p.unseenWork(p.name, p.dir); p.dir != nil && unseen != "" {
		return refused("%s", unseen)
	}
	return blocker{}
}

func (p *purging) outsideBlocker() blocker {
	outside := p.outside(p.dir)
	if len(outside) == 0 {
		return blocker{}
	}
	return (&VM{Name: p.name, Outside: outside}).outsideBlocker()
}

func (p *purging) renamedBlocker() blocker {
	if runsAs, ok := p.aliases[p.name]; ok {
		return refused("%s is running from %s/%s, which was renamed since: first stop it, or rename the directory back",
			UnitName(RoleVM, runsAs), p.StateDir.Path, p.name)
	}
	if from, ok := p.runsFrom[p.name]; ok {
		return refused("%s is running from directory %s, not from its own: first stop it, or rename the directory back",
			UnitName(RoleVM, p.name), from)
	}
	return blocker{}
}

// used is who else has files in its directory, other than proven leftovers.
func (p *purging) used() leadsIn { return p.i.usedBy(p.dir) }

func (i *Inventory) usedBy(d *Directory) leadsIn {
	return i.Facts().leadsInto(d, func(name Raw) bool {
		vm := i.VM(name)
		return vm == nil || vm.Verdict != VerdictOrphan
	})
}

// usedBlocker blocks what would take another VM's files away.
func (p *purging) usedBlocker() blocker {
	leads := p.used()
	if len(leads.into) == 0 {
		return blocker{}
	}
	return refused("%s is in its directory: move that elsewhere first", leads.owners())
}

func (p *purging) directoryBlocker() blocker {
	if p.dir == nil {
		return blocker{}
	}
	_, inside := p.mountsOf(p.dir)
	switch {
	case p.dir.Link != "":
		return refused("%s/%s is a symbolic link to %s: microtui removes neither; check what is there, and remove both by hand",
			p.StateDir.Path, p.name, p.dir.Link)
	case p.dir.Fault != "":
		return refused("its directory could not be read: %s", p.dir.Fault)
	case p.dir.ID == FileID{}:
		return refused("the identity of %s/%s was not recorded", p.StateDir.Path, p.name)
	case p.dir.Stub:
		return refused("%s/%s is an empty stub that a btrfs snapshot left in place of a subvolume: remove it with rmdir %s",
			p.StateDir.Path, p.name, shellWord(rawf("%s/%s", p.StateDir.Path, p.name)))
	case len(inside) > 0:
		return refused("%s is mounted inside its directory: unmount it first", inside[0])
	}
	return blocker{}
}

// item puts together what is known, and the steps in the order in which they
// harm nothing: the stop needs the directory, and without the directory
// nothing starts again, so that what remains of it can be cleared away.
func (p *purging) item() Item {
	item := Item{Ref: Ref{KindVM, p.name}, Running: p.isRunning(), HeldBy: p.heldBy(), Data: p.holdsData(), Written: p.written()}
	if p.vm != nil {
		item.Verdict, item.Evidence, item.Removed = p.vm.Verdict, p.vm.Evidence, p.removedIn()
		item.Origin = p.vm.Origin
		if item.Running {
			item.Despite, item.StopWay = ToleratedConflicts(*p.i, p.name), p.vm.stopWayNow()
		}
	} else {
		item.Ref.Kind, item.Verdict, item.Evidence = KindStateDir, p.leftoverVerdict(), p.leftoverEvidence()
	}
	if p.dir != nil {
		item.Bytes = p.dir.Bytes
	}
	links, leftLinks := p.linkSteps()
	roots, leftRoots := p.rootSteps()
	resets, leftUnits := p.resetSteps()
	item.Steps = slices.Concat(p.stopSteps(), p.directorySteps(), links, roots, resets)
	item.Left = slices.Concat(leftLinks, leftRoots, leftUnits, p.elsewhere())
	if kept := p.i.snapshotsOf(p.name); len(kept) > 0 {
		item.Left = append(item.Left, rawf("%s of its volumes: see microtui snapshots %s", Counted(len(kept), "snapshot"), p.name))
	}
	item.TakesDown = p.takesDown()
	item.Cautions = p.used().cautions()
	if p.autostart[p.name] {
		item.Left = append(item.Left, rawf("microvm.autostart names %s: remove it from the configuration", p.name))
	}
	if p.mount {
		path := rawf("%s/%s", strings.TrimRight(string(p.StateDir.Path), "/"), p.name)
		item.Left = append(item.Left, rawf("%s, with its data: it is a file system of its own", path))
		item.ManualStep = rawf("umount %s && rmdir %s", shellWord(path), shellWord(path))
	}
	return item
}

// dataBlocker blocks an item of which nothing is left but data in a file system
// of its own: that is the administrator's to give up.
func (i Item) dataBlocker() blocker {
	if len(i.Steps) > 0 || i.ManualStep == "" {
		return blocker{}
	}
	return blocker{"only its data is left, on a file system of its own: " + i.ManualStep, nil}
}

func (p *purging) leftover() *Leftover {
	at := slices.IndexFunc(p.i.Leftovers, func(l Leftover) bool { return l.Ref == Ref{KindStateDir, p.name} })
	if at < 0 {
		return nil
	}
	return &p.i.Leftovers[at]
}

func (p *purging) leftoverVerdict() Verdict {
	if l := p.leftover(); l != nil {
		return l.Verdict
	}
	return VerdictUnclear
}

func (p *purging) leftoverEvidence() []Raw {
	if l := p.leftover(); l != nil {
		return l.Evidence
	}
	return nil
}

// removedIn names the generation that no longer declares it.
func (p *purging) removedIn() Raw {
	r, proven := p.removed(p.name)
	if p.vm.RemovedIn == nil || !proven {
		return ""
	}
	text := rawf("generation %d", r.since.Generation)
	if r.since.Since.IsZero() {
		return text
	}
	return text + Raw(r.since.Since.UTC().Format(" of 2 January 2006"))
}

// heldBy names the processes that run it or work in its directory.
func (p *purging) heldBy() Raw {
	var holders []*Process
	for _, process := range p.inUnits[p.name] {
		holders = append(holders, process.Process)
	}
	if p.dir != nil {
		holders = append(holders, p.looseIn[p.dir.ID]...)
	}
	return Raw(Listed(processWords(holders)))
}
