package demo

import (
	"slices"
	"strings"
	"time"

	"microtui/model"
)

// Reasons why somebody keeps a VM that nothing declares.
const (
	keptImperative = "imperative"
	keptDeployed   = "deployed"
	keptManual     = "manual"
	keptHandedOver = "handed over to microvm -u"
	keptRenamed    = "renamed"
)

func rootName(r model.GCRoot) model.Raw { return r.Name }

// root makes a link under gcroots/microvm, in place of one of that name
// (`ln -sfT`): a VM called booted-x takes over the link of x's `booted`.
func (h *Host) root(name, target model.Raw) {
	for i := range h.roots {
		if h.roots[i].Name == name {
			h.roots[i].Target = target
			return
		}
	}
	h.roots = insert(h.roots, model.GCRoot{Name: name, Target: target}, rootName)
}

// rooted reports whether a gcroot link points into a VM's directory.
func (h *Host) rooted(name model.Raw) bool {
	prefix := stateDir + "/" + string(name) + "/"
	return slices.ContainsFunc(h.roots, func(r model.GCRoot) bool { return strings.HasPrefix(string(r.Target), prefix) })
}

// Create is `microvm -c NAME -f FLAKE`. It refuses where the directory exists.
func (h *Host) Create(name model.Raw) bool {
	if h.dir(name) != nil {
		return false
	}
	h.pass(20 * time.Second)
	h.installed(name, upstream, h.realise(h.source(name)))
	return true
}

// installed makes the directory of a VM of what was built for it, and its gcroot
// links.
func (h *Host) installed(name, flake model.Raw, b *build) *directory {
	d := h.makeDir(name, uidRoot, gidKVM, 0o775)
	d.current = h.link(b, uidRoot)
	d.flake = &model.Flake{Ref: flake, UID: uidRoot}
	d.purpose, d.forDeclaration = keptImperative, h.meant(name)
	h.root(name, d.path()+"/current")
	h.root("booted-"+name, d.path()+"/booted")
	return d
}

// meant reports whether a VM is declared, or was rolled back from: what writes
// to its directory then writes to that of a declared VM.
func (h *Host) meant(name model.Raw) bool { return h.declared(name) || h.rolledBackFrom(name) }

// declared reports whether a VM is declared anywhere that counts.
func (h *Host) declared(name model.Raw) bool {
	return slices.ContainsFunc(h.systems.counting(), func(c counted) bool { return c.system.declares(name) })
}

// rolledBackFrom: the host was rolled back from a generation that declares the
// VM, and can go there again.
func (h *Host) rolledBackFrom(name model.Raw) bool {
	return slices.ContainsFunc(h.systems.generations, func(g generation) bool {
		return g.number > h.systems.newest && !g.gone && g.system.declares(name)
	})
}

// Deploy is microvm.deploy.installOnHost from another machine. Over a VM that
// is there already it keeps the previous runner as `old`; where nothing is
// new, it leaves `new` behind.
func (h *Host) Deploy(name model.Raw) bool {
	h.pass(30 * time.Second)
	d := h.dir(name)
	if d == nil {
		d = h.makeDir(name, uidMicrovm, gidKVM, 0o755)
	}
	d.uid, d.gid, d.mode, d.modified = uidMicrovm, gidKVM, 0o755, h.now
	h.root(name, d.path()+"/current")
	h.root("booted-"+name, d.path()+"/booted")
	h.root("old-"+name, d.path()+"/old")
	b := h.realise(h.source(name))
	if d.purpose == "" {
		d.purpose = keptDeployed
	}
	if d.current.works() == b {
		d.fresh = h.link(b, uidRoot)
		return true
	}
	d.old, d.fresh = nil, nil
	if d.current.works() != nil {
		d.old = d.current
	}
	d.current = h.link(b, uidRoot)
	d.byNixOS, d.forDeclaration = false, h.meant(name)
	return true
}

// Manual is a directory made by hand, by a CI script or by another tool
// (nilla): a link `current`, nothing else. Over a VM that is there already it
// replaces `current`.
func (h *Host) Manual(name model.Raw, uid uint32) bool {
	h.pass(5 * time.Second)
	own := guest{Guest: h.source(name).Guest} // it comes from somewhere else
	d := h.dir(name)
	if d == nil {
		d = h.makeDir(name, uid, gidKVM, 0o775)
	}
	d.current = h.link(h.realise(&own), uid)
	d.byNixOS, d.forDeclaration = false, false
	if d.purpose == "" {
		d.purpose = keptManual
	}
	return true
}
