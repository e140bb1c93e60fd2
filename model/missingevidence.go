package model

import (
	"slices"
	"strings"
)

// restsOn says which sources a verdict of "leftover" rests on: it is drawn
// from what is absent, and absence is evidence only where presence could have
// been read. (A dead journal, a trash or figures that cannot be read, make no
// verdict unclear.) A purge by name, which needs no verdict, rests on what is
// listed for a state directory.
//
// What root alone can see is a source of its own ([SourceHolders]); but where
// processes work is known of some and not of others, so that a VM and its
// directory rest on it for as much as may concern them: see unseenWork.
var restsOn = map[Kind][]Source{
	KindVM:       {SourceHost, SourceKeep, SourceSystemd, SourceSystems, SourceStateDir, SourceRunners, SourceGCRoots, SourceProcesses, SourceStorage},
	KindStateDir: {SourceHost, SourceKeep, SourceSystemd, SourceSystems, SourceStateDir, SourceGCRoots, SourceProcesses, SourceStorage},
	KindTap:      {SourceHost, SourceKeep, SourceSystemd, SourceSystems, SourceStateDir, SourceRunners, SourceNetwork, SourceNetdevs, SourceProcesses, SourceHolders},
	KindMacvtap:  {SourceHost, SourceKeep, SourceSystemd, SourceSystems, SourceStateDir, SourceRunners, SourceNetwork, SourceDevices, SourceNetdevs, SourceProcesses, SourceHolders},
	KindGCRoot:   {SourceHost, SourceKeep, SourceSystemd, SourceSystems, SourceStateDir, SourceGCRoots},
	KindUnit:     {SourceHost, SourceKeep, SourceSystemd, SourceSystems, SourceStateDir},
	KindProcess:  {SourceHost, SourceKeep, SourceSystemd, SourceSystems, SourceStateDir, SourceProcesses, SourceHolders},
}

// rootOnly says of the sources that only root can read what is missing without.
var rootOnly = map[Source]Raw{SourceHolders: "cannot see who has it open"}

// missingEvidence lists what is missing or wrong with the facts that every
// verdict on a kind of thing rests on; none means that absence counts.
func (f *Facts) missingEvidence(kind Kind) []Raw {
	if reasons, done := f.missing[kind]; done {
		return reasons
	}
	reasons := f.findMissing(kind)
	f.missing[kind] = reasons
	return reasons
}

// precompute computes what is computed once, so that whoever shares an inventory
// only reads.
func (f *Facts) precompute(vms []VM) {
	for kind := range restsOn {
		f.missingEvidence(kind)
	}
	f.unreadClaims(newOwned(vms))
}

func (f *Facts) findMissing(kind Kind) []Raw {
	var reasons []Raw
	for _, source := range restsOn[kind] {
		if err, failed := f.faults[source]; failed {
			reasons = append(reasons, rawf("%s could not be read: %s", source, err))
		}
	}
	for _, source := range restsOn[kind] {
		if unseen := rootOnly[source]; unseen != "" && !f.Host.Privileged {
			reasons = append(reasons, "not running as root: "+unseen)
		}
	}
	if f.Host.Switching != "" {
		reasons = append(reasons, rawf("the system is switching: %s", f.Host.Switching))
	}
	reasons = append(reasons, f.whySystemsUnread()...)
	reasons = append(reasons, f.whyStateDirUncertain()...)
	if kind == KindVM || kind == KindStateDir {
		reasons = append(reasons, f.whyRemovalUnproven()...)
	}
	return reasons
}

// whySystemsUnread names systems that may declare a VM and could not be read.
func (f *Facts) whySystemsUnread() []Raw {
	var reasons []Raw
	if !slices.ContainsFunc(f.Systems, func(s System) bool { return s.Kind == SystemLive }) {
		reasons = append(reasons, "the declarations of the live system were not read")
	}
	for _, system := range f.Systems {
		if system.Counts() && system.Fault != "" {
			reasons = append(reasons, rawf("the declarations of %s could not be read: %s", system.title(), system.Fault))
		}
	}
	return reasons
}

// whyRemovalUnproven says why a VM that nothing declares may not have been
// removed on purpose.
func (f *Facts) whyRemovalUnproven() []Raw {
	if f.Template == nil {
		return []Raw{"this host has no microvm@ template: the live system does not include microvm.nix's host module"}
	}
	if lost := f.lostDeclarations(); lost != "" {
		return []Raw{lost}
	}
	return nil
}

// whyStateDirUncertain says why what is missing in the state directory may not
// be gone.
func (f *Facts) whyStateDirUncertain() []Raw {
	reasons := f.whyPlaceUncertain()
	if dir := f.StateDir; dir.Network {
		reasons = append(reasons, rawf("%s is on a network file system (%s)", dir.Path, dir.Filesystem))
	}
	if !f.hasVMDirectory() {
		reasons = append(reasons, f.whyEmptyUncertain()...)
	}
	return reasons
}

// whyPlaceUncertain says why what was read may not be the directory that VMs
// are in.
func (f *Facts) whyPlaceUncertain() []Raw {
	dir := f.StateDir
	var reasons []Raw
	if why := f.unitsElsewhere(); why != "" {
		reasons = append(reasons, why)
	}
	for _, mount := range dir.Mounts {
		if _, below := f.below(mount.Where); !mount.Active && !below {
			reasons = append(reasons, rawf("%s is not mounted (%s is inactive)", mount.Where, mount.Unit))
		}
	}
	return reasons
}

// unitsElsewhere says that the units run VMs from another state directory: one
// of the same name is another VM. Empty: they do not.
func (f *Facts) unitsElsewhere() Raw {
	if f.Template == nil || f.Template.StateDir == "" || sameDir(f.Template.StateDir, f.StateDir.Path, f.StateDir.Real) {
		return ""
	}
	return rawf("the units use %s, not %s", f.Template.StateDir, f.StateDir.Path)
}

// whyEmptyUncertain says why a state directory without a VM may be none: it
// looks the same where its file system is not mounted.
func (f *Facts) whyEmptyUncertain() []Raw {
	what := rawf("%s holds no VM", f.StateDir.Path)
	if !f.StateDir.Exists {
		what = f.StateDir.Path + " does not exist"
	}
	var reasons []Raw
	if names := f.namedElsewhere(); len(names) > 0 {
		reasons = append(reasons, rawf("%s, but %s: is it mounted?", what, Listed(names)))
	}
	for _, source := range []Source{SourceGCRoots, SourceNetwork} {
		if f.failed(source) {
			reasons = append(reasons, rawf("%s, and whether %s name one could not be read: %s", what, source, f.faults[source]))
		}
	}
	return reasons
}

func sameDir(want Raw, paths ...Raw) bool {
	clean := func(p Raw) string { return strings.TrimRight(string(p), "/") }
	return slices.ContainsFunc(paths, func(p Raw) bool { return clean(p) == clean(want) })
}

// unmounted is the inactive mount that a VM's directory is on; nil where
// there is none.
func (f *Facts) unmounted(vm Raw) *Mount {
	for i, mount := range f.StateDir.Mounts {
		rest, _ := f.below(mount.Where)
		name, _, _ := strings.Cut(rest, "/")
		if !mount.Active && name != "" && Raw(name) == vm {
			return &f.StateDir.Mounts[i]
		}
	}
	return nil
}

func (f *Facts) hasVMDirectory() bool {
	return slices.ContainsFunc(f.StateDir.Directories, func(d Directory) bool { return d.Current != nil })
}

// namedElsewhere says what on the host names VMs other than the state
// directory.
func (f *Facts) namedElsewhere() []Raw {
	var names []Raw
	if len(f.roots) > 0 {
		names = append(names, "gcroot links point into it")
	}
	if slices.ContainsFunc(f.instances, func(u instance) bool { return u.role == RoleVM && u.IsUp() }) {
		names = append(names, "a VM is running")
	}
	if slices.ContainsFunc(f.Links, func(l Link) bool {
		_, ok := l.guestKind()
		return ok && l.owner() != nil && f.IsMicrovm(*l.owner())
	}) {
		names = append(names, "a microvm.nix interface exists")
	}
	return names
}

// IsGone reports whether a VM was deleted: its directory is not in the state
// directory, which is evidence, since others are there and all that could show
// it was read; it does not run, and is not on the keep list. Who drops what was
// kept for a VM asks this.
func (i Inventory) IsGone(vm Raw) bool {
	f := i.Facts()
	_, kept := i.Keeps(vm)
	return f.hasVMDirectory() && len(f.missingEvidence(KindGCRoot)) == 0 &&
		f.directoryOf(vm) == nil && f.whyPresent(vm) == "" && !f.runs(vm) && !kept
}

// SeesStateDir reports whether the state directory that was read is the one that
// the VMs are in: another one, or none, hides what lies in its trash.
func (i Inventory) SeesStateDir() bool {
	f := i.Facts()
	return f.StateDir.Exists && len(f.whyPlaceUncertain()) == 0 && (f.hasVMDirectory() || len(f.whyEmptyUncertain()) == 0)
}
