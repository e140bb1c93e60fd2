package demo

import (
	"slices"
	"time"

	"microtui/model"
)

// Switch is `nixos-rebuild switch`. With the guest module on the host it sets
// the profile and then fails, as the new system has nothing to switch with.
func (h *Host) Switch() bool {
	s := h.evaluate()
	h.pass(40 * time.Second)
	h.add(s)
	if !s.canSwitch {
		return false
	}
	h.activate(s)
	return true
}

// BootOnly is `nixos-rebuild boot`: pending until the next boot.
func (h *Host) BootOnly() bool {
	s := h.evaluate()
	h.pass(40 * time.Second)
	h.add(s)
	return true
}

// activate is switch-to-configuration: stop what is gone, forget what failed,
// restart what changed, install, start what microvms.target wants.
func (h *Host) activate(s *system) {
	old := h.systems.live
	h.systems.live = s
	if old != nil && old.module && !s.module {
		h.stopAll()
	}
	h.account = s.module
	var restart []*instance
	for _, in := range h.instances {
		if !in.running() || old == nil || !s.module {
			continue
		}
		was, had := find(old.declared, in.name, declaredName)
		is, has := find(s.declared, in.name, declaredName)
		switch {
		case had && !has && h.settings.Version.StopsRemoved:
			h.down(in)
		case had && has && is.as == ByConfig && was.build != is.build:
			restart = append(restart, in) // restartIfChanged, by default for config
		}
	}
	for _, in := range h.instances {
		h.resetFailed(in) // of every unit, whosever it is
	}
	for _, in := range restart {
		h.down(in)
	}
	h.install(s)
	for _, in := range restart {
		h.up(in)
	}
	h.startWanted(s)
}

// noticed: whoever declares something again has seen that the configuration
// was empty. What is not declared now is meant so.
func (h *Host) noticed(s *system) {
	if len(s.declared) == 0 {
		return
	}
	for _, d := range slices.Concat(h.files.disk, h.files.beneath) {
		d.accident = false
		if d.hidden != nil {
			d.hidden.accident = false
		}
	}
}

// stopAll is what happens when the templates vanish: every instance is stopped.
func (h *Host) stopAll() {
	for _, in := range h.instances {
		if in.running() {
			h.down(in)
		}
	}
}

// install runs the install units of a system. They run at each switch and
// boot; those with updateFlake only while the directory is missing.
func (h *Host) install(s *system) {
	for _, e := range s.declared {
		d := h.dir(e.name)
		if d != nil && e.as == ByUpdateFlake {
			if d.purpose == keptHandedOver {
				d.purpose, d.forDeclaration = "", true // taken back
			}
			continue
		}
		if d == nil {
			d = h.makeDir(e.name, uidRoot, 0, 0o755)
		}
		h.writeDeclared(d, e)
	}
}

// writeDeclared is the install unit's script. It replaces links even by the
// same, and leaves what another kind of VM wrote before.
func (h *Host) writeDeclared(d *directory, e declared) {
	d.uid, d.gid, d.modified, d.changed = uidMicrovm, gidKVM, h.now, h.now
	d.current = h.link(e.build, uidMicrovm)
	unit := e.unit()
	if unit.Toplevel != "" {
		d.toplevel = &symlink{to: e.build, system: true, uid: uidRoot, modified: h.now}
	} else {
		d.flake = &model.Flake{Ref: unit.Flake, Newline: true, UID: uidMicrovm}
	}
	d.byNixOS, d.forDeclaration, d.accident = true, true, false
	if !h.rooted(d.name) {
		d.purpose = "" // it is NixOS's now
	}
}

// startWanted starts what microvms.target wants and is not up.
func (h *Host) startWanted(s *system) {
	if !s.module {
		return
	}
	for _, name := range s.autostart {
		h.Start(name)
	}
}

// Reboot shuts the host down in order and boots the newest system.
func (h *Host) Reboot() bool {
	for _, in := range h.instances {
		if in.running() {
			h.down(in)
		}
	}
	h.boot()
	return true
}

// boot starts the newest system on what the disks hold: nothing of the kernel
// and of systemd is left from before, and networkd makes its interfaces anew.
func (h *Host) boot() {
	h.lostPower()
	h.pass(90 * time.Second)
	h.booted = h.now
	h.bootID = h.uuid()
	h.switching = ""
	h.instances, h.processes = nil, nil
	before := h.links
	h.links = nil
	for _, l := range before {
		l.holder = nil
		switch l.maker {
		case "kernel", "networkd":
			h.addLink(l.Link, l.maker)
		}
	}
	h.relink(before)
	if h.settings.Place != OnMount {
		h.files.mounted = true
	}
	s := h.systems.profile()
	if s.module || h.systems.live.module {
		h.account = s.module
	}
	h.systems.live, h.systems.booted = s, s
	h.install(s)
	h.startWanted(s)
}

// relink repairs indices that name other links, after a boot.
func (h *Host) relink(before []*link) {
	names := make(map[int]model.Raw, len(before))
	for _, l := range before {
		names[l.Index] = l.Name
	}
	for _, l := range h.links {
		l.Master, l.Parent = h.indexOf(names[l.Master]), h.indexOf(names[l.Parent])
	}
}

// DeleteGenerations is `nix-collect-garbage --delete-old`'s first half: all
// generations but the one that the profile names, newer ones too.
func (h *Host) DeleteGenerations() bool {
	ss := &h.systems
	before := len(ss.generations)
	ss.generations = slices.DeleteFunc(ss.generations, func(g generation) bool { return g.number != ss.newest })
	return len(ss.generations) < before
}

// resetFailed is `systemctl reset-failed` for one name.
func (h *Host) resetFailed(in *instance) bool {
	found := false
	for i := range in.units {
		if u := &in.units[i]; u.active == "failed" {
			u.active, u.sub, u.result, u.restarts = "inactive", "dead", "success", 0
			found = true
		}
	}
	return found
}
