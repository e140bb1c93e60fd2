package model

import (
	"cmp"
	"microtui/model/order"
	"strings"
)

// leftovers lists what microvm.nix made, or what looks as if it had, that
// belongs to no VM of the inventory.
func (f *Facts) leftovers(vms []VM) []Leftover {
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
	order.By(found, func(a, b *Leftover) int {
		return cmp.Or(cmp.Compare(kindOrder[a.Ref.Kind], kindOrder[b.Ref.Kind]), cmp.Compare(a.Ref.Name, b.Ref.Name))
	})
	return found
}

// kindOrder is the order in which leftovers are shown: what holds data first.
var kindOrder = map[Kind]int{
	KindStateDir: 1, KindProcess: 2, KindUnit: 3, KindTap: 4, KindMacvtap: 5, KindGCRoot: 6,
}

// honourKeep keeps what the keep list names, itself or by its VM.
func (f *Facts) honourKeep(l *Leftover) {
	vm := Ref{KindVM, l.Ref.Name}
	switch l.Ref.Kind {
	case KindUnit:
		_, vm.Name, _ = ParseUnitName(l.Ref.Name)
	case KindGCRoot:
		vm.Name, _, _ = f.rootTarget(l.Stamp.Target)
	case KindStateDir:
	default:
		vm = l.Ref
	}
	if entry, ok := f.keptAs(l.Ref, vm); ok && l.Verdict != VerdictForeign {
		l.Verdict, l.Evidence, l.Notes, l.Why = VerdictKept, []Raw{keepEvidence(entry)}, nil, ""
	}
}

// owned is what belongs to a VM of the inventory and so is shown under it.
type owned struct {
	vms         map[Raw]bool
	interfaces  map[Raw]bool
	directories map[Raw]bool
	processes   map[int]bool
	orphans     map[Raw]bool // VMs
}

func newOwned(vms []VM) owned {
	o := owned{
		vms: make(map[Raw]bool, len(vms)), interfaces: make(map[Raw]bool),
		directories: make(map[Raw]bool, len(vms)), processes: make(map[int]bool), orphans: make(map[Raw]bool),
	}
	for _, vm := range vms {
		o.vms[vm.Name] = true
		if vm.Verdict == VerdictOrphan {
			o.orphans[vm.Name] = true
		}
		if vm.Directory != nil {
			o.directories[vm.Directory.Name] = true
		}
		for _, i := range vm.Interfaces {
			o.interfaces[i.Name] = i.Namespace == hostNamespace || o.interfaces[i.Name]
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
		l.Notes, l.Why = []Raw{j.note}, j.note
	}
	return l
}

func foreign(evidence Raw) judgement {
	return judgement{verdict: VerdictForeign, evidence: []Raw{evidence}}
}

func orphan(note Raw, evidence ...Raw) judgement {
	return judgement{verdict: VerdictOrphan, note: "orphan: " + note, evidence: evidence}
}

func (f *Facts) leftoverUnits(owned owned) []Leftover {
	var found []Leftover
	for _, unit := range f.instances {
		if owned.vms[unit.vm] || !unit.remains(unit.role) {
			continue
		}
		stamp := Stamp{}
		if unit.Properties != nil {
			stamp.Invocation = unit.Properties.Invocation
		}
		found = append(found, f.judgeUnit(unit).leftover(Ref{KindUnit, unit.Name}, stamp))
	}
	return found
}

// remains reports whether anything is left of a unit: an inactive instance is
// nothing at all, it is "loaded" under any name.
func (u *Unit) remains(role Role) bool {
	return u.Active == "failed" || u.IsUp() && role != RoleInstall
}

func (f *Facts) judgeUnit(unit instance) judgement {
	reason := f.whyPresent(unit.vm)
	switch {
	case f.autostart[unit.vm]:
		return kept("microvm.autostart names " + unit.vm)
	case len(f.missingEvidence(KindUnit)) > 0:
		return unclear(f.missingEvidence(KindUnit)...)
	case f.inTransition(unit.vm):
		return unclear("it, or another unit of that name, is starting or stopping")
	case unit.role == RoleInstall && unit.Load != "not-found":
		return unclear("its unit file exists, though it declares no VM: it may install a template")
	case reason != "" && (unit.IsUp() || !f.holdsNoVM(unit.vm)):
		return unclear(rawf("%s is %s, and %s", unit.Name, unit.Active, reason))
	case unit.Active == "failed":
		return orphan("failed unit without a VM",
			rawf("%s is failed%s, and there is no VM %s, declared or with a directory that has `current`", unit.Name, unit.because(), unit.vm))
	}
	return f.judgeActive(unit)
}

// holdsNoVM reports whether a directory is there, could be read and has no
// `current`: its failed units say nothing any more.
func (f *Facts) holdsNoVM(name Raw) bool {
	d := f.directories[name]
	return d != nil && d.Current == nil && d.Fault == "" && len(d.Strange) == 0 && f.unmounted(name) == nil
}

// judgeActive judges a helper that is up without a VM. Stopping it ends what
// it holds open.
func (f *Facts) judgeActive(unit instance) judgement {
	if lost := f.holdsDeleted(unit.vm); lost != "" {
		return judgement{verdict: VerdictSuspect, note: "stopping it loses open files", evidence: []Raw{
			rawf("%s is active, and there is no VM %s, declared or with a directory", unit.Name, unit.vm),
			lost,
		}}
	}
	if reasons := f.missingEvidence(KindProcess); len(reasons) > 0 {
		return unclear(reasons...)
	}
	return orphan("active unit without a VM", rawf("%s is active, and there is no VM %s, declared or with a directory", unit.Name, unit.vm))
}

// inTransition reports whether any unit of a name is starting or stopping: a
// helper is up some time before its VM is, and after.
func (f *Facts) inTransition(vm Raw) bool {
	for _, unit := range f.units[vm] {
		if unit.IsChanging() {
			return true
		}
	}
	return false
}

func (f *Facts) leftoverRoots(owned owned) []Leftover {
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

func (f *Facts) judgeRoot(root GCRoot, vm Raw) judgement {
	reason := f.whyPresent(vm)
	switch {
	case f.autostart[vm]:
		return kept("microvm.autostart names " + vm)
	case f.directories[vm] != nil:
		return unclear(reason)
	case len(f.missingEvidence(KindGCRoot)) > 0:
		return unclear(f.missingEvidence(KindGCRoot)...)
	case reason != "":
		return unclear(reason)
	}
	return orphan("points into a directory that no longer exists",
		rawf("it points to %s, but %s has no directory %s", root.Target, f.StateDir.Path, vm))
}

func (f *Facts) leftoverDirectories(owned owned) []Leftover {
	var found []Leftover
	for i := range f.StateDir.Directories {
		d := &f.StateDir.Directories[i]
		if owned.vms[d.Name] || owned.directories[d.Name] {
			continue
		}
		why := Raw("it has no link `current`: not a VM, or no longer one")
		switch {
		case d.Fault != "":
			why = "it could not be read: " + d.Fault
		case len(d.Strange) > 0:
			why = d.Strange[0]
		}
		used := f.leadsInto(d, func(vm Raw) bool { return !owned.orphans[vm] })
		l := unclear(append([]Raw{why}, used.evidence()...)...).leftover(Ref{KindStateDir, d.Name}, Stamp{File: d.ID})
		l.Bytes = d.Bytes
		found = append(found, l)
	}
	return found
}

// leftoverProcesses lists processes that a VM left behind whose directory is
// gone, and hypervisors that are nobody's VM here. Those in the cgroup of a
// unit that is up go with it; daemons can outlive theirs (microvm.nix#42).
func (f *Facts) leftoverProcesses(owned owned) []Leftover {
	var found []Leftover
	for i := range f.Processes {
		p := &f.Processes[i]
		role, vm, inUnit := p.Unit()
		if unit := f.units[vm][role]; owned.processes[p.PID] || inUnit && (owned.vms[vm] || unit.IsUp()) {
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

func (f *Facts) judgeProcess(p *Process) (judgement, bool) {
	switch {
	case p.Cwd == nil || !p.Cwd.Deleted || f.deletedVM(p.Cwd.Path) == "":
		return foreign(rawf("%s, whose working directory is not a VM's", p.ProgramName())), p.isHypervisor()
	case len(f.missingEvidence(KindProcess)) > 0:
		return unclear(f.missingEvidence(KindProcess)...), true
	case f.inTransition(f.deletedVM(p.Cwd.Path)):
		return unclear("units of that name are starting or stopping"), true
	case len(p.Deleted) > 0 || f.losesBy(p) || !p.isShareDaemon() || f.isUsed(p):
		return judgement{verdict: VerdictSuspect, note: rawf("%s in a deleted directory", p.ProgramName()),
			evidence: []Raw{
				rawf("the working directory of process %d (%s), %s, was deleted", p.PID, p.ProgramName(), p.Cwd.Path),
				"what it has open is lost when it exits",
			}}, true
	}
	return orphan(rawf("%s of a removed VM", p.ProgramName()),
		rawf("process %d (%s) served %s, which was deleted, and it is in no active microvm.nix unit", p.PID, p.ProgramName(), p.Cwd.Path)), true
}

// losesBy reports whether something is lost with a process of no unit.
func (f *Facts) losesBy(p *Process) bool {
	l := losing{Facts: f, vm: f.deletedVM(p.Cwd.Path)}
	return len(l.of(p, true)) > 0
}

// deletedVM is the VM whose directory had this path.
func (f *Facts) deletedVM(path Raw) Raw {
	rest, _ := f.below(path)
	if strings.Contains(rest, "/") || strings.HasPrefix(rest, ".") {
		return ""
	}
	return Raw(rest)
}

// isUsed reports whether a hypervisor works in the same deleted directory: one
// that was started by hand, with its shares.
func (f *Facts) isUsed(p *Process) bool {
	for i := range f.Processes {
		other := &f.Processes[i]
		sameDir := other.Cwd != nil && other.Cwd.Deleted && (other.Cwd.ID == p.Cwd.ID || other.Cwd.Path == p.Cwd.Path)
		if sameDir && (other.isHypervisor() || other.isNamedAsHypervisor()) {
			return true
		}
	}
	return false
}
