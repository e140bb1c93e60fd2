package demo

import (
	"slices"
	"strconv"
	"time"

	"microtui/model"
)

// Claim is the truth about one thing on the host. A thing that is neither
// wanted nor proven has no claim to either: any verdict is allowed.
type Claim struct {
	Ref model.Ref
	// Wanted: kept on purpose, or in use by somebody. It must never be called
	// a leftover.
	Wanted bool
	// Proven: it was left behind by a removal, and the host still holds every
	// fact that a proof needs. It must be found.
	Proven bool
	// Why says which kind of thing it is, in the same words each time.
	Why string
}

// truth is the host seen from its history.
type truth struct {
	h      *Host
	claims []Claim
	// blanket says why nothing at all may be called a leftover now.
	blanket string
	// provable: nothing about the host as a whole stands against a proof.
	provable bool
	counting []counted
	wanted   map[model.Raw]bool // VMs
}

// Truth is what is true of each thing on the host, by kind.
func (h *Host) Truth() []Claim {
	t := &truth{h: h, counting: h.systems.counting(), wanted: make(map[model.Raw]bool, 16)}
	t.blanket = t.wholeHost()
	t.provable = t.canProve()
	for _, name := range t.vms() {
		t.judgeVM(name)
	}
	t.judgeLinks()
	t.judgeRoots()
	t.judgeUnits()
	for _, d := range *h.files.visible() {
		if !d.isVM() {
			t.want(model.KindStateDir, d.name, "directory without current")
		}
	}
	t.judgeProcesses()
	return t.claims
}

func (t *truth) want(kind model.Kind, name model.Raw, why string) {
	t.claims = append(t.claims, Claim{Ref: model.Ref{Kind: kind, Name: name}, Wanted: true, Why: why})
}

func (t *truth) prove(kind model.Kind, name model.Raw, why string) {
	t.claims = append(t.claims, Claim{Ref: model.Ref{Kind: kind, Name: name}, Proven: true, Why: why})
}

func (t *truth) leave(kind model.Kind, name model.Raw) {
	t.claims = append(t.claims, Claim{Ref: model.Ref{Kind: kind, Name: name}})
}

// wholeHost is why nothing on the host may be called a leftover.
func (t *truth) wholeHost() string {
	f := &t.h.files
	switch {
	case !f.mounted && (t.h.settings.Place == OnMountUnit || !t.hasVM() && t.named()):
		return "state directory not mounted"
	case f.mounted && f.network:
		return "network file system"
	case t.h.switching != "":
		return "system is switching"
	}
	return ""
}

// named reports whether something outside the state directory tells that VMs
// ought to be in it.
func (t *truth) named() bool {
	return slices.ContainsFunc(t.h.roots, func(r model.GCRoot) bool { _, inside := rootedDir(r); return inside }) ||
		slices.ContainsFunc(t.h.instances, (*instance).running) ||
		t.h.account && slices.ContainsFunc(t.h.links, func(l *link) bool { return l.maker == "microvm" })
}

// canProve reports whether facts about the host as a whole allow a proof: the
// state directory shows at least one VM, and the declarations did not all go
// at once.
func (t *truth) canProve() bool {
	return t.blanket == "" && t.h.systems.live.module && t.h.files.mounted && t.hasVM() && !t.emptied()
}

func (t *truth) hasVM() bool {
	return slices.ContainsFunc(*t.h.files.visible(), (*directory).isVM)
}

// emptied: nothing is declared any more, and what was in use before may have
// declared several.
func (t *truth) emptied() bool {
	if !t.nothingDeclared() {
		return false
	}
	var last *generation // that declared anything
	for i := len(t.h.systems.generations) - 1; i >= 0; i-- {
		g := &t.h.systems.generations[i]
		switch {
		case last == nil && g.gone:
			return true
		case g.gone || len(g.system.declared) == 0:
			continue
		case last == nil:
			last = g
		}
		if len(g.system.declared) > 1 && (g == last || t.cameBack(g, last)) {
			return true
		}
	}
	return false
}

// cameBack reports whether a generation was in use again after a later one, by
// a roll-back: that leaves no trace but what it installed anew.
func (t *truth) cameBack(g, later *generation) bool {
	return slices.ContainsFunc(g.system.declared, func(is declared) bool {
		d := t.h.dir(is.name)
		return !later.system.declares(is.name) && d != nil && d.isVM() &&
			d.current.to == is.build && !d.current.modified.Before(later.since)
	})
}

func (t *truth) nothingDeclared() bool {
	return !slices.ContainsFunc(t.counting, func(c counted) bool { return len(c.system.declared) > 0 })
}

// vms are the names that are a VM's: declared, on disk, or running.
func (t *truth) vms() []model.Raw {
	var names []model.Raw
	for _, d := range *t.h.files.visible() {
		if d.isVM() {
			names = append(names, d.name)
		}
	}
	for _, c := range t.counting {
		for _, d := range c.system.declared {
			names = append(names, d.name)
		}
	}
	for _, in := range t.h.instances {
		if in.running() {
			names = append(names, in.name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (t *truth) judgeVM(name model.Raw) {
	why := t.whyWanted(name)
	if why == "" {
		why = t.lent(name)
	}
	t.wanted[name] = why != ""
	running := t.h.peek(name).running()
	switch {
	case why != "":
		t.want(model.KindVM, name, why)
	case t.provenVM(name) && t.h.switchedHere(t.h.dir(name)):
		t.prove(model.KindVM, name, "undeclared VM, updated by microtui before")
	case t.provenVM(name) && running:
		t.prove(model.KindVM, name, "undeclared VM, running")
	case t.provenVM(name):
		t.prove(model.KindVM, name, "undeclared VM, stopped")
	default:
		t.leave(model.KindVM, name)
	}
}

// whyWanted says why a VM is wanted; empty: nobody wants it.
func (t *truth) whyWanted(name model.Raw) string {
	d := t.h.dir(name)
	if why := t.declaredBy(name); why != "" {
		return why
	}
	if t.kept(model.KindVM, name) {
		return "on the keep list"
	}
	if d != nil && d.purpose != "" && (!d.byNixOS || t.h.rooted(name)) {
		state := ", stopped"
		if t.h.peek(name).running() {
			state = ", running"
		}
		return d.purpose + state
	}
	if t.h.rolledBackFrom(name) {
		return "rolled back from"
	}
	if t.h.outside(d) != nil {
		return "runs outside systemd"
	}
	if in := t.h.peek(name); in.running() && in.hypervisor != nil && in.hypervisor.dir != d && !in.hypervisor.dir.removed {
		return "renamed while running"
	}
	if d != nil && d.accident && t.nothingDeclared() {
		return "fell out of the configuration with all others"
	}
	if !t.h.systems.live.module {
		return "host module removed" // nothing can be declared without it
	}
	return t.blanket
}

// declaredBy says how a VM is declared, or why its declaration counts.
func (t *truth) declaredBy(name model.Raw) string {
	place := map[model.SystemKind]bool{}
	for _, c := range t.counting {
		if c.system.declares(name) {
			place[c.kind] = true
		}
	}
	switch {
	case place[model.SystemLive] && !place[model.SystemNewest]:
		return "declared in the live system only"
	case place[model.SystemLive]:
		return "declared"
	case place[model.SystemNewest]:
		return "declared, pending"
	case place[model.SystemSpecialisation]:
		return "declared in a specialisation only"
	case place[model.SystemProfile]:
		return "declared in another profile only"
	}
	for _, c := range t.counting {
		if c.system.starts(name) {
			return "on the autostart list"
		}
	}
	return ""
}

func (t *truth) declared(name model.Raw) bool {
	return slices.ContainsFunc(t.counting, func(c counted) bool { return c.system.declares(name) || c.system.starts(name) })
}

func (t *truth) kept(kind model.Kind, name model.Raw) bool {
	return slices.ContainsFunc(t.h.keep, func(e model.KeepEntry) bool { return e.Kind == kind && e.Name == name })
}

// provenVM reports whether a VM that nobody wants can be proven to be left
// behind: a generation declared it, the next did not, and what that generation
// installed is still there as NixOS wrote it, before the removal.
func (t *truth) provenVM(name model.Raw) bool {
	d := t.h.dir(name)
	if d == nil {
		return false
	}
	ours := t.h.switchedHere(d)
	if !t.provable || !model.ParseName(name) || !d.isVM() || !d.byNixOS && !ours || d.purpose != "" || d.dataset || t.h.rooted(name) {
		return false
	}
	if d.fresh != nil { // a deployment may have been the last, and changed nothing
		return false
	}
	if (d.old != nil || d.current.uid != uidMicrovm) && !ours || len(d.strange) > 0 || d.uid != uidMicrovm || d.flake != nil && (!d.flake.Newline || d.flake.UID != uidMicrovm) {
		return false
	}
	if t.worksElse(d) || t.borrowed(name) {
		return false
	}
	generations := t.h.systems.generations
	for i := len(generations) - 2; i >= 0; i-- {
		g, next := generations[i], generations[i+1]
		if next.gone || g.gone {
			return false
		}
		if declared, ok := find(g.system.declared, name, declaredName); ok {
			return d.isAs(declared.unit()) && !d.current.modified.After(next.since) &&
				t.h.systems.declaredAt(d.current.modified, declared, d.current.to, ours)
		}
	}
	return false
}

// declaredAt reports whether the newest generation of a time, as far as they
// are left, has the last declaration of a VM, and installs what it has; or, of
// one that is ours to update, whether it leaves that to us. Where that one cannot
// be read any more nobody can tell.
func (ss *systems) declaredAt(at time.Time, last declared, has *build, ours bool) bool {
	for _, g := range slices.Backward(ss.generations) {
		if !g.since.After(at) {
			known, ok := find(g.system.declared, last.name, declaredName)
			return !g.gone && ok && (known.build == last.build && last.build == has || ours && known.as == ByUpdateFlake)
		}
	}
	return false
}

// isAs reports whether a directory's other files are those of a declaration,
// and no more.
func (d *directory) isAs(unit model.Declaration) bool {
	if unit.Toplevel != "" {
		return d.flake == nil && d.toplevel != nil && d.toplevel.target() == unit.Toplevel
	}
	return d.toplevel == nil && d.flake != nil && d.flake.Ref == unit.Flake
}

// worksElse reports whether something that is not the VM works in its
// directory, or the VM's unit in another one.
func (t *truth) worksElse(d *directory) bool {
	in := t.h.peek(d.name)
	for _, p := range t.h.processes {
		own := in != nil && (p == in.hypervisor || p == in.shares)
		if own != (p.dir == d) {
			return true
		}
	}
	return false
}

func (t *truth) judgeProcesses() {
	for _, p := range t.h.processes {
		name := model.Raw(strconv.Itoa(p.PID))
		switch p.maker {
		case "lingering":
			if t.provable && p.dir.removed && model.ParseName(p.dir.name) && t.abandoned(p.dir.name) && t.abandoned(p.of) {
				t.prove(model.KindProcess, name, "process")
			} else {
				t.leave(model.KindProcess, name)
			}
		case "hypervisor", "virtiofsd":
			t.leave(model.KindProcess, name)
		default:
			t.want(model.KindProcess, name, "process of somebody else")
		}
	}
}

// isVM reports whether microvm.nix would take the directory for a VM's.
func (d *directory) isVM() bool { return d.current != nil }

// switchedHere reports whether microtui was the last to set `current`, of a VM
// that nothing but a declaration spoke for then: else nothing is proven by it.
func (h *Host) switchedHere(d *directory) bool {
	s, known := find(h.switched, d.name, switchedName)
	return known && !s.rooted && s.symlink == d.current && s.uid == uidRoot
}
