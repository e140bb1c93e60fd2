package demo

import (
	"slices"
	"strings"

	"microtui/model"
)

// judgeLinks is the truth about network interfaces.
func (t *truth) judgeLinks() {
	for _, l := range t.h.links {
		kind := model.KindTap
		if l.Kind == "macvtap" {
			kind = model.KindMacvtap
		}
		switch why := t.whyWantedLink(l); {
		case why != "":
			t.want(kind, l.Name, why)
		case t.kept(kind, l.Name):
			t.want(kind, l.Name, "interface on the keep list")
		case t.provenLink(l):
			t.prove(kind, l.Name, string(kind))
		default:
			t.leave(kind, l.Name)
		}
	}
}

func (t *truth) whyWantedLink(l *link) string {
	if l.maker == "unit" {
		return t.whyWantedOfUnit(l)
	}
	if l.maker != "microvm" {
		return "interface of " + l.maker
	}
	if slices.ContainsFunc(t.h.netdevs, func(n model.Netdev) bool { return n.Name == l.Name }) {
		return "interface that networkd describes"
	}
	if l.holder != nil {
		return "interface in use"
	}
	for _, d := range *t.h.files.visible() {
		if why := t.claimed(d, l.Name); why != "" && t.wanted[d.name] {
			return why
		}
	}
	return t.blanket
}

// claimed says by which link a VM's directory claims an interface, whether
// what the link names can be read or not.
func (t *truth) claimed(d *directory, iface model.Raw) string {
	names := [...]string{"current", "booted", "old"}
	for i, l := range [...]*symlink{d.current, d.booted, d.old} {
		if l != nil && l.to.names(iface) {
			if l.to.gone {
				return "interface claimed by a collected runner"
			}
			return "interface claimed by " + names[i]
		}
	}
	if slices.Contains(d.instance, iface) {
		return "interface claimed by instance"
	}
	return ""
}

// provenLink reports whether an interface that microvm.nix made, that nothing
// holds and nothing describes can be proven to belong to nobody: every runner
// that could claim it can be read, and none does.
func (t *truth) provenLink(l *link) bool {
	if !t.provable || l.maker != "microvm" || slices.ContainsFunc(t.h.instances, t.ghost) {
		return false
	}
	for _, d := range *t.h.files.visible() {
		for _, link := range [...]*symlink{d.current, d.booted, d.old} {
			if link != nil && link.to.gone {
				return false
			}
		}
		if t.claimed(d, l.Name) != "" || d.hidden != nil || len(d.strange) > 0 {
			return false
		}
	}
	for _, c := range t.counting {
		for _, d := range c.system.declared {
			if d.build.names(l.Name) {
				return false
			}
		}
	}
	return true
}

// ghost reports whether a VM runs whose directory is gone: what it claims can
// no longer be read.
func (t *truth) ghost(in *instance) bool {
	return in.running() && (t.h.dir(in.name) == nil || in.runs != nil && in.hypervisor != nil && in.hypervisor.dir.removed)
}

// judgeRoots is the truth about the links under gcroots/microvm.
func (t *truth) judgeRoots() {
	for _, r := range t.h.roots {
		name, inside := rootedDir(r)
		switch {
		case !inside:
			t.want(model.KindGCRoot, r.Name, "root of something else")
		case t.h.dir(name) != nil:
			t.want(model.KindGCRoot, r.Name, "root into a directory that is there")
		case t.blanket != "":
			t.want(model.KindGCRoot, r.Name, t.blanket)
		case t.kept(model.KindGCRoot, r.Name):
			t.want(model.KindGCRoot, r.Name, "root on the keep list")
		case t.provable && model.ParseName(name) && t.nobody(name):
			t.prove(model.KindGCRoot, r.Name, "gcroot")
		default:
			t.leave(model.KindGCRoot, r.Name)
		}
	}
}

// rootedDir is the VM whose directory a gcroot link points into.
func rootedDir(r model.GCRoot) (vm model.Raw, inside bool) {
	rest, inside := strings.CutPrefix(string(r.Target), stateDir+"/")
	dir, link, _ := strings.Cut(rest, "/")
	return model.Raw(dir), inside && (link == "current" || link == "booted" || link == "old")
}

// nobody reports whether a name without a directory is no VM's and nobody asks
// for it.
func (t *truth) nobody(name model.Raw) bool {
	return t.absent(name) && !slices.ContainsFunc(t.h.processes, func(p *process) bool { return p.dir != nil && p.dir.name == name })
}

// absent reports whether a name is no VM's, whatever still works in a
// directory that had it.
func (t *truth) absent(name model.Raw) bool {
	return t.h.dir(name) == nil && !t.declared(name) && !t.kept(model.KindVM, name) && !t.h.rolledBackFrom(name) &&
		!t.h.peek(name).running() && !t.renamed(name)
}

// abandoned reports whether only what lingers works in a directory that had a
// name, and the name is no VM's.
func (t *truth) abandoned(name model.Raw) bool {
	return t.absent(name) && !slices.ContainsFunc(t.h.processes, func(p *process) bool {
		return p.dir != nil && p.dir.name == name && p.maker != "lingering"
	})
}

// renamed reports whether a directory that had this name has another now.
func (t *truth) renamed(name model.Raw) bool {
	return slices.ContainsFunc(*t.h.files.visible(), func(d *directory) bool { return d.first != nil && d.first.name == name })
}

// judgeUnits is the truth about failed units.
func (t *truth) judgeUnits() {
	for _, in := range t.h.instances {
		for i := range in.units {
			if in.units[i].active != "failed" {
				continue
			}
			name := in.names[i]
			switch {
			case t.kept(model.KindUnit, name):
				t.want(model.KindUnit, name, "unit on the keep list")
			case t.wanted[in.name]:
				t.want(model.KindUnit, name, "failed unit of a wanted VM")
			case t.blanket != "":
				t.want(model.KindUnit, name, t.blanket)
			case t.h.dir(in.name) != nil && !t.h.dir(in.name).isVM():
				t.want(model.KindUnit, name, "failed unit with an empty directory")
			case t.provable && model.ParseName(in.name) && t.nobody(in.name):
				t.prove(model.KindUnit, name, "unit")
			default:
				t.leave(model.KindUnit, name)
			}
		}
	}
	for _, name := range t.h.systems.live.templates {
		t.want(model.KindUnit, "install-microvm-template-"+name+".service", "unit of a template")
	}
}
