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
var rootOnly = map[Source]Raw{SourceHolders: "who has it open cannot be seen"}

// doubts lists what is missing or wrong with the facts that every verdict on
// a kind of thing rests on; none means that absence counts.
func (f *facts) doubts(kind Kind) []Raw {
	if doubts, done := f.doubted[kind]; done {
		return doubts
	}
	doubts := f.weigh(kind)
	f.doubted[kind] = doubts
	return doubts
}

// weighAll computes what is computed once, so that whoever shares an inventory
// only reads.
func (f *facts) weighAll(vms []VM) {
	for kind := range restsOn {
		f.doubts(kind)
	}
	f.unreadClaims(newOwned(vms))
}

func (f *facts) weigh(kind Kind) []Raw {
	var doubts []Raw
	for _, source := range restsOn[kind] {
		if err, failed := f.faults[source]; failed {
			doubts = append(doubts, rawf("%s could not be read: %s", source, err))
		}
	}
	for _, source := range restsOn[kind] {
		if unseen := rootOnly[source]; unseen != "" && !f.Host.Privileged {
			doubts = append(doubts, "read without root: "+unseen)
		}
	}
	if f.Host.Switching != "" {
		doubts = append(doubts, rawf("the system is switching: %s", f.Host.Switching))
	}
	doubts = append(doubts, f.systemDoubts()...)
	doubts = append(doubts, f.stateDirDoubts()...)
	if kind == KindVM || kind == KindStateDir {
		doubts = append(doubts, f.declarationDoubts()...)
	}
	return doubts
}

// systemDoubts names systems that may declare a VM and could not be read.
func (f *facts) systemDoubts() []Raw {
	var doubts []Raw
	if !slices.ContainsFunc(f.Systems, func(s System) bool { return s.Kind == SystemLive }) {
		doubts = append(doubts, "what the live system declares was not read")
	}
	for _, system := range f.Systems {
		if system.Counts() && system.Fault != "" {
			doubts = append(doubts, rawf("what %s declares could not be read: %s", system.title(), system.Fault))
		}
	}
	return doubts
}

// declarationDoubts doubts that a VM that nothing declares was removed on
// purpose.
func (f *facts) declarationDoubts() []Raw {
	if f.Template == nil {
		return []Raw{"this host has no microvm@ template: microvm.nix's host module is not part of the live system"}
	}
	if lost := f.lostDeclarations(); lost != "" {
		return []Raw{lost}
	}
	return nil
}

// stateDirDoubts doubts that what is missing in the state directory is gone.
func (f *facts) stateDirDoubts() []Raw {
	doubts := f.placeDoubts()
	if dir := f.StateDir; dir.Network {
		doubts = append(doubts, rawf("%s is on a network file system (%s)", dir.Path, dir.Filesystem))
	}
	if !f.hasVMDirectory() {
		doubts = append(doubts, f.emptyDoubts()...)
	}
	return doubts
}

// placeDoubts doubts that what was read is the directory that VMs are in.
func (f *facts) placeDoubts() []Raw {
	dir := f.StateDir
	var doubts []Raw
	if why := f.unitsElsewhere(); why != "" {
		doubts = append(doubts, why)
	}
	for _, mount := range dir.Mounts {
		if _, below := f.below(mount.Where); !mount.Active && !below {
			doubts = append(doubts, rawf("%s is not mounted (%s is inactive)", mount.Where, mount.Unit))
		}
	}
	return doubts
}

// unitsElsewhere says that the units run VMs from another state directory: one
// of the same name is another VM. Empty: they do not.
func (f *facts) unitsElsewhere() Raw {
	if f.Template == nil || f.Template.StateDir == "" || sameDir(f.Template.StateDir, f.StateDir.Path, f.StateDir.Real) {
		return ""
	}
	return rawf("the units use %s, not %s", f.Template.StateDir, f.StateDir.Path)
}

// emptyDoubts doubts that a state directory without a VM is one: it looks the
// same where its file system is not mounted.
func (f *facts) emptyDoubts() []Raw {
	what := rawf("%s holds no VM", f.StateDir.Path)
	if !f.StateDir.Exists {
		what = f.StateDir.Path + " is not there"
	}
	var doubts []Raw
	if names := f.namedElsewhere(); len(names) > 0 {
		doubts = append(doubts, rawf("%s, yet %s: is it mounted?", what, Listed(names)))
	}
	for _, source := range []Source{SourceGCRoots, SourceNetwork} {
		if f.failed(source) {
			doubts = append(doubts, rawf("%s, and whether %s name one could not be read: %s", what, source, f.faults[source]))
		}
	}
	return doubts
}

func sameDir(want Raw, paths ...Raw) bool {
	clean := func(p Raw) string { return strings.TrimRight(string(p), "/") }
	return slices.ContainsFunc(paths, func(p Raw) bool { return clean(p) == clean(want) })
}

// unmounted is the inactive mount that a VM's directory is on; nil where
// there is none.
func (f *facts) unmounted(vm Raw) *Mount {
	for i, mount := range f.StateDir.Mounts {
		rest, _ := f.below(mount.Where)
		name, _, _ := strings.Cut(rest, "/")
		if !mount.Active && name != "" && Raw(name) == vm {
			return &f.StateDir.Mounts[i]
		}
	}
	return nil
}

func (f *facts) hasVMDirectory() bool {
	return slices.ContainsFunc(f.StateDir.Directories, func(d Directory) bool { return d.Current != nil })
}

// namedElsewhere says what on the host names VMs other than the state
// directory.
func (f *facts) namedElsewhere() []Raw {
	var names []Raw
	if len(f.roots) > 0 {
		names = append(names, "gcroot links point into it")
	}
	if slices.ContainsFunc(f.instances, func(u instance) bool { return u.role == RoleVM && u.isUp() }) {
		names = append(names, "a VM runs")
	}
	if slices.ContainsFunc(f.Links, func(l Link) bool {
		_, ok := l.guestKind()
		return ok && l.owner() != nil && f.isMicrovm(*l.owner())
	}) {
		names = append(names, "an interface of microvm.nix is there")
	}
	return names
}
