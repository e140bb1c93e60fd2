package demo

import (
	"slices"
	"strings"
	"time"

	"microtui/backend/operation"
	"microtui/model"
)

// What this file holds is there for tests of other packages. (What only tests of
// this one make happen is in moves_*_test.go.)

// Kill ends who works on an operation, as SIGKILL does: what it is at may still
// take effect, and nothing more is recorded. The operation is interrupted then.
func (l *Live) Kill(id string) error {
	p, err := l.performance(id)
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.killed = true
	p.mu.Unlock()
	p.stop()
	return nil
}

// DeclareInSpecialisation declares a VM in a specialisation only.
func (h *Host) DeclareInSpecialisation(spec, name model.Raw) bool {
	if !unitName(name) {
		return false
	}
	h.source(name)
	e := entry{name: name}
	for i := range h.config.specs {
		s := &h.config.specs[i]
		if s.name != spec {
			continue
		}
		if _, there := find(s.vms, name, entryName); there {
			return false
		}
		s.vms = insert(s.vms, e, entryName)
		return true
	}
	h.config.specs = append(h.config.specs, specialisation{spec, []entry{e}})
	return true
}

// Unmount unmounts the state directory's file system, if it has one and
// nothing works in it.
func (h *Host) Unmount() bool {
	if h.settings.Place == OnRoot || !h.files.mounted || h.busy() {
		return false
	}
	h.files.mounted = false
	return true
}

// busy reports whether something works in the state directory.
func (h *Host) busy() bool {
	return slices.ContainsFunc(h.processes, func(p *process) bool { return p.dir != nil })
}

// Dataset gives a VM's directory a file system of its own, while it is
// stopped.
func (h *Host) Dataset(name model.Raw) bool {
	d := h.dir(name)
	if d == nil || d.dataset || h.worksIn(d) {
		return false
	}
	d.dataset = true
	return true
}

// Retarget writes another reference into a file `flake`, as anybody in group
// kvm can.
func (h *Host) Retarget(name, ref model.Raw) bool {
	d := h.dir(name)
	if d == nil || d.flake == nil {
		return false
	}
	d.flake = &model.Flake{Ref: ref, UID: uidAdmin}
	return true
}

// rootedLinks are the links of a directory that a gcroot link points to.
func (h *Host) rootedLinks(d *directory) []*symlink {
	var out []*symlink
	for _, r := range h.roots {
		rest, ok := strings.CutPrefix(string(r.Target), stateDir+"/"+string(d.name)+"/")
		if !ok {
			continue
		}
		if l := map[string]*symlink{"current": d.current, "booted": d.booted, "old": d.old}[rest]; l != nil {
			out = append(out, l)
		}
	}
	return out
}

// Update is `microvm -u NAME`: it refuses a VM with `toplevel`, and leaves an
// indirect root for `current`, but none under gcroots/microvm. On a VM that
// nothing declares any more it is a hand-over: somebody goes on with it.
func (h *Host) Update(name model.Raw) bool {
	d := h.dir(name)
	if d == nil || d.toplevel != nil || d.flake == nil {
		return false
	}
	h.pass(20 * time.Second)
	d.current = h.link(h.realise(h.source(name)), uidRoot)
	declared := h.meant(name)
	d.byNixOS, d.forDeclaration = false, declared
	if !slices.Contains(h.autoRoots, name) {
		h.autoRoots = append(h.autoRoots, name)
	}
	switch {
	case !declared && d.purpose == "":
		d.purpose = keptHandedOver
	case declared && !h.rooted(name):
		d.purpose = "" // it is the declared VM again
	}
	return true
}

// PowerLoss ends everything at once: `booted` links stay.
func (h *Host) PowerLoss() bool {
	h.boot()
	return true
}

// CollectGarbage is `nix-collect-garbage`: what no root reaches goes. A
// running guest is no root.
func (h *Host) CollectGarbage() bool {
	reached := make(map[*build]bool, len(h.builds))
	keep := func(s *system) {
		if s == nil {
			return
		}
		for _, d := range s.declared {
			reached[d.build] = true
		}
		for _, spec := range s.specs {
			for _, d := range spec.declared {
				reached[d.build] = true
			}
		}
	}
	keep(h.systems.live)
	keep(h.systems.booted)
	for _, g := range h.systems.generations {
		if !g.gone {
			keep(g.system)
		}
	}
	for _, p := range h.systems.profiles {
		keep(p.system)
	}
	for _, s := range h.switched { // gcroots/microtui
		if d := h.dir(s.vm); d != nil {
			for _, l := range []*symlink{d.current, d.booted, d.old} {
				if l != nil {
					reached[l.to] = true
				}
			}
		}
	}
	for _, d := range *h.files.visible() {
		if slices.Contains(h.autoRoots, d.name) && d.current != nil {
			reached[d.current.to] = true
		}
		for _, l := range h.rootedLinks(d) {
			reached[l.to] = true
		}
	}
	for _, e := range h.trash {
		for _, l := range []*symlink{e.dir.current, e.dir.booted, e.dir.old} {
			if l != nil {
				reached[l.to] = true
			}
		}
	}
	collected := false
	for _, b := range h.builds {
		if !reached[b] && !b.gone {
			b.gone, collected = true, true
		}
	}
	h.autoRoots = slices.DeleteFunc(h.autoRoots, func(name model.Raw) bool { return h.dir(name) == nil })
	return collected
}

// World is the host as operations change it, without pauses for who watches.
func (l *Live) World() operation.World { return &stage{live: l} }
