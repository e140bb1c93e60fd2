package model

import (
	"cmp"
	"slices"
	"strings"
)

// leftovers lists what microvm.nix made, or what looks as if it had, that
// belongs to no VM of the inventory.
func (f *facts) leftovers(vms []VM) []Leftover {
	owned := newOwned(vms)
	var found []Leftover
	found = append(found, f.leftoverLinks(owned)...)
	found = append(found, f.leftoverUnits(owned)...)
	found = append(found, f.leftoverRoots(owned)...)
	found = append(found, f.leftoverDirectories(owned)...)
	found = append(found, f.leftoverProcesses(owned)...)
	for i := range found {
		f.honourKeep(&found[i])
	}
	slices.SortStableFunc(found, func(a, b Leftover) int {
		return cmp.Or(cmp.Compare(kindOrder[a.Ref.Kind], kindOrder[b.Ref.Kind]), cmp.Compare(a.Ref.Name, b.Ref.Name))
	})
	return found
}

// kindOrder is the order in which leftovers are shown: what holds data first.
var kindOrder = map[Kind]int{
	KindStateDir: 1, KindProcess: 2, KindUnit: 3, KindTap: 4, KindMacvtap: 5, KindGCRoot: 6,
}

func (f *facts) honourKeep(l *Leftover) {
	if entry, ok := f.keep[l.Ref]; ok && l.Verdict != VerdictForeign {
		l.Verdict, l.Evidence, l.Notes = VerdictKept, []Raw{keepEvidence(entry)}, nil
	}
}

// owned is what belongs to a VM of the inventory and so is shown under it.
type owned struct {
	vms         map[Raw]bool
	interfaces  map[Raw]bool
	directories map[Raw]bool
	processes   map[int]bool
}

func newOwned(vms []VM) owned {
	o := owned{
		vms: make(map[Raw]bool, len(vms)), interfaces: make(map[Raw]bool),
		directories: make(map[Raw]bool, len(vms)), processes: make(map[int]bool),
	}
	for _, vm := range vms {
		o.vms[vm.Name] = true
		if vm.Directory != nil {
			o.directories[vm.Directory.Name] = true
		}
		for _, i := range vm.Interfaces {
			o.interfaces[i.Name] = true
		}
		for _, p := range vm.Outside {
			o.processes[p.PID] = true
		}
	}
	return o
}

// leftover puts a judgement on a thing.
func (j judgement) leftover(ref Ref, stamp Stamp) Leftover {
	l := Leftover{Ref: ref, Stamp: stamp, Verdict: j.verdict, Evidence: j.evidence}
	if j.note != "" {
		l.Notes = []Raw{j.note}
	}
	return l
}

func foreign(evidence Raw) judgement {
	return judgement{verdict: VerdictForeign, evidence: []Raw{evidence}}
}

func orphan(note Raw, evidence ...Raw) judgement {
	return judgement{verdict: VerdictOrphan, note: "orphan: " + note, evidence: evidence}
}

func (f *facts) leftoverUnits(owned owned) []Leftover {
	var found []Leftover
	for i := range f.Units {
		unit := &f.Units[i]
		role, vm, ok := ParseUnitName(unit.Name)
		if !ok || owned.vms[vm] || !unit.remains(role) {
			continue
		}
		stamp := Stamp{}
		if unit.Properties != nil {
			stamp.Invocation = unit.Properties.Invocation
		}
		found = append(found, f.judgeUnit(unit, vm).leftover(Ref{KindUnit, unit.Name}, stamp))
	}
	return found
}

// remains reports whether anything is left of a unit: an inactive instance is
// nothing at all, it is "loaded" under any name.
func (u *Unit) remains(role Role) bool {
	return u.Active == "failed" || u.isUp() && role != RoleInstall
}

func (f *facts) judgeUnit(unit *Unit, vm Raw) judgement {
	switch {
	case f.autostart[vm]:
		return kept("microvm.autostart names " + vm)
	case len(f.doubts(KindUnit)) > 0:
		return unclear(f.doubts(KindUnit)...)
	case f.unmounted(vm) != nil:
		return unclear(rawf("%s is not mounted", f.unmounted(vm).Where))
	case unit.Job != nil || unit.Active == "activating" || unit.Active == "deactivating":
		return unclear("it is starting or stopping")
	case unit.Active == "failed":
		return orphan("failed unit of no VM",
			rawf("%s is failed%s, and no VM %s is declared or has a directory", unit.Name, unit.because(), vm))
	}
	if f.directories[vm] != nil {
		return unclear(rawf("it is active, and %s/%s is there, but holds no VM", f.StateDir.Path, vm))
	}
	return orphan("active unit of no VM", rawf("%s is active, and no VM %s is declared or has a directory", unit.Name, vm))
}

func (f *facts) leftoverRoots(owned owned) []Leftover {
	var found []Leftover
	for _, root := range f.GCRoots {
		ref, stamp := Ref{KindGCRoot, root.Name}, Stamp{Target: root.Target}
		vm, _, ok := f.rootTarget(root.Target)
		switch {
		case !ok:
			found = append(found, foreign("it points to "+root.Target).leftover(ref, stamp))
		case !owned.vms[vm] && !owned.directories[vm]:
			found = append(found, f.judgeRoot(root, vm).leftover(ref, stamp))
		}
	}
	return found
}

func (f *facts) judgeRoot(root GCRoot, vm Raw) judgement {
	switch {
	case f.directories[vm] != nil:
		return unclear(rawf("%s/%s is there, but holds no VM", f.StateDir.Path, vm))
	case len(f.doubts(KindGCRoot)) > 0:
		return unclear(f.doubts(KindGCRoot)...)
	case !f.StateDir.Exists:
		return unclear(rawf("%s is not there", f.StateDir.Path))
	case f.unmounted(vm) != nil:
		return unclear(rawf("%s is not mounted", f.unmounted(vm).Where))
	case f.rootless() != "":
		return unclear(rawf("the directory it points to is gone, but %s has lost its gcroot link: renamed?", f.rootless()))
	}
	return orphan("points into a directory that is gone",
		rawf("it points to %s, and %s has no directory %s", root.Target, f.StateDir.Path, vm))
}

// rootless is a directory made with microvm -c or deployed to which no gcroot
// link points: it may be the one that a dangling link misses.
func (f *facts) rootless() Raw {
	for _, d := range f.StateDir.Directories {
		made := d.Old != nil || d.Flake != nil && !d.Flake.Newline
		if made && d.Current != nil && f.declared[d.Name] == nil && len(f.roots[d.Name]) == 0 {
			return d.Name
		}
	}
	return ""
}

func (f *facts) leftoverDirectories(owned owned) []Leftover {
	var found []Leftover
	for i := range f.StateDir.Directories {
		d := &f.StateDir.Directories[i]
		if owned.vms[d.Name] || owned.directories[d.Name] {
			continue
		}
		why := Raw("it has no link `current`: not a VM, or no longer")
		switch {
		case d.Fault != "":
			why = "it could not be read: " + d.Fault
		case len(d.Strange) > 0:
			why = d.Strange[0]
		}
		l := unclear(why).leftover(Ref{KindStateDir, d.Name}, Stamp{File: d.ID})
		l.Bytes = d.Bytes
		found = append(found, l)
	}
	return found
}

// leftoverProcesses lists processes that a VM left behind whose directory is
// gone, and hypervisors that are nobody's VM here. Those in the cgroup of a
// unit go with that unit.
func (f *facts) leftoverProcesses(owned owned) []Leftover {
	var found []Leftover
	for i := range f.Processes {
		p := &f.Processes[i]
		if _, _, ok := ParseUnitName(unitOfCgroup(p.Cgroup)); ok || owned.processes[p.PID] {
			continue
		}
		j, ok := f.judgeProcess(p)
		if ok {
			ref := Ref{KindProcess, rawf("%d", p.PID)}
			found = append(found, j.leftover(ref, Stamp{PID: p.PID, Started: p.Started}))
		}
	}
	return found
}

func (f *facts) judgeProcess(p *Process) (judgement, bool) {
	switch {
	case p.Cwd == nil || !p.Cwd.Deleted || !f.inStateDir(p.Cwd.Path):
		return foreign(rawf("%s, which does not work in a VM's directory", p.Comm)), p.isHypervisor()
	case len(f.doubts(KindProcess)) > 0:
		return unclear(f.doubts(KindProcess)...), true
	case len(p.Deleted) > 0 || !p.isShareDaemon():
		return judgement{verdict: VerdictSuspect, note: rawf("%s in a deleted directory", p.Comm),
			evidence: []Raw{
				rawf("process %d (%s) works in %s, which was deleted", p.PID, p.Comm, p.Cwd.Path),
				"what it holds open is lost when it ends",
			}}, true
	}
	return orphan(rawf("%s of a VM that is gone", p.Comm),
		rawf("process %d (%s) served %s, which was deleted, and no unit of microvm.nix holds it", p.PID, p.Comm, p.Cwd.Path)), true
}

func (f *facts) inStateDir(path Raw) bool {
	for _, base := range []Raw{f.StateDir.Path, f.StateDir.Real} {
		if base != "" && strings.HasPrefix(string(path), string(base)+"/") {
			return true
		}
	}
	return false
}

// isHypervisor: microvm.nix names its hypervisors microvm@HOST since 2024-02.
func (p *Process) isHypervisor() bool { return strings.HasPrefix(string(p.Argv0), "microvm@") }

func (p *Process) isShareDaemon() bool { return p.Comm == "virtiofsd" || p.Comm == "supervisord" }
