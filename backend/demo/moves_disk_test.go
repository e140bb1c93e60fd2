package demo

import (
	"slices"

	"microtui/model"
)

// Rename is `mv DIR OTHER`. What runs in it goes on there.
func (h *Host) Rename(name, to model.Raw) bool {
	d := h.dir(name)
	if d == nil || d.dataset || h.dir(to) != nil {
		return false
	}
	h.unlink(d)
	d.rename(to)
	d.changed = h.now
	at := h.files.visible()
	*at = insert(*at, d, directoryName)
	return true
}

// rename changes the name; under its first name again, a directory is what it
// was.
func (d *directory) rename(to model.Raw) {
	if d.first == nil {
		d.first = &firstName{d.name, d.purpose, d.byNixOS}
	}
	d.name = to
	d.purpose, d.byNixOS = keptRenamed, false
	if to == d.first.name {
		d.purpose, d.byNixOS, d.first = d.first.purpose, d.first.byNixOS, nil
	}
}

// StrayFile leaves a file beside the VMs' directories.
func (h *Host) StrayFile(name model.Raw) bool {
	for _, f := range h.files.other {
		if f.Name == name {
			return false
		}
	}
	h.files.other = append(h.files.other, model.File{Name: name, Type: "file", Size: 1 << 20, Allocated: 1 << 20, Modified: h.now})
	return true
}

// Sabotage puts a FIFO in place of `flake`, as anybody in group kvm can.
func (h *Host) Sabotage(name model.Raw) bool {
	d := h.dir(name)
	if d == nil || len(d.strange) > 0 {
		return false
	}
	d.flake, d.strange = nil, []model.Raw{"flake is a fifo"}
	return true
}

// Instance gives a VM an interface by DIR/instance/interfaces (proposed for
// microvm.nix): no runner names it.
func (h *Host) Instance(name model.Raw) bool {
	d := h.dir(name)
	if d == nil || len(d.instance) > 0 {
		return false
	}
	tap := ifname("in-", name)
	d.instance = []model.Raw{tap}
	owner := uidMicrovm
	h.deleteLink(tap)
	h.addLink(model.Link{Name: tap, Kind: "tun", Tap: true, Owner: &owner, Persistent: true, VnetHdr: true, Up: true, OperState: "down"}, "microvm")
	return true
}

// Mount mounts it again, if nothing works in what is beneath.
func (h *Host) Mount() bool {
	if h.files.mounted || h.busy() {
		return false
	}
	h.files.mounted = true
	return true
}

// Filesystem puts the state directory on another file system: "nfs4" is one
// that another machine serves.
func (h *Host) Filesystem(name string) bool {
	if h.settings.Place == OnRoot || h.files.filesystem == name {
		return false
	}
	h.files.filesystem = name
	h.files.network = name == "nfs4"
	return true
}

// UnmountDataset unmounts it: an empty directory is left in its place.
func (h *Host) UnmountDataset(name model.Raw) bool {
	d := h.dir(name)
	if d == nil || !d.dataset || d.hidden != nil || h.worksIn(d) {
		return false
	}
	h.unlink(d)
	bare := h.makeDir(name, uidRoot, 0, 0o755)
	bare.dataset, bare.hidden = true, d
	return true
}

// MountDataset mounts it again.
func (h *Host) MountDataset(name model.Raw) bool {
	d := h.dir(name)
	if d == nil || d.hidden == nil || h.worksIn(d) {
		return false
	}
	h.unlink(d)
	at := h.files.visible()
	*at = insert(*at, d.hidden, directoryName)
	return true
}

// Copied is how a host came to be from a copy of another's disks.
type Copied struct {
	// Chown: all files belong to Owner now. Otherwise their owners were kept.
	Chown bool
	Owner uint32
	// RootsLost: /nix/var/nix/gcroots was not in the copy.
	RootsLost bool
	// Reinstalled: NixOS was installed anew from the configuration, so that
	// the system profile begins again at generation 1.
	Reinstalled bool
	// StoreLost: the profile's links came along, but not what old ones name.
	StoreLost bool
}

// Restore is a host that was restored from a backup or copied: it boots with
// what the copy kept.
func (h *Host) Restore(c Copied) bool {
	h.files.mounted = true
	for _, d := range h.files.disk {
		d.changed = h.now
		if c.Chown {
			d.own(c.Owner)
		}
	}
	if c.RootsLost {
		h.roots, h.autoRoots = nil, nil
		for _, d := range h.files.disk {
			if d.forDeclaration {
				d.purpose = "" // nothing tells that it was ever another's
			}
		}
	}
	ss := &h.systems
	if c.StoreLost {
		for i := range ss.generations {
			if g := &ss.generations[i]; g.number != ss.newest {
				g.gone = true
			}
		}
	}
	if c.Reinstalled {
		s := h.evaluate()
		ss.generations, ss.profiles = nil, nil
		ss.live = s
		h.add(s)
	}
	h.boot()
	return true
}

// own is `chown -R`, which keeps times.
func (d *directory) own(uid uint32) {
	d.uid = uid
	for _, l := range []*symlink{d.current, d.booted, d.old, d.fresh, d.toplevel} {
		if l != nil {
			l.uid = uid
		}
	}
	if d.flake != nil {
		flake := *d.flake
		flake.UID = uid
		d.flake = &flake
	}
}

// EditFlake is a `flake` opened in an editor, which ends the line.
func (h *Host) EditFlake(name model.Raw) bool {
	d := h.dir(name)
	if d == nil || d.flake == nil {
		return false
	}
	flake := *d.flake
	flake.Newline = true
	d.flake = &flake
	return true
}

// Chown changes the owner of one VM's files.
func (h *Host) Chown(name model.Raw, uid uint32) bool {
	d := h.dir(name)
	if d == nil {
		return false
	}
	d.own(uid)
	return true
}

// LoseRoots removes the gcroot links of a VM.
func (h *Host) LoseRoots(name model.Raw) bool {
	before := len(h.roots)
	h.roots = slices.DeleteFunc(h.roots, func(r model.GCRoot) bool {
		return r.Target == stateDir+"/"+name+"/current" || r.Target == stateDir+"/"+name+"/booted" || r.Target == stateDir+"/"+name+"/old"
	})
	if d := h.dir(name); d != nil && d.forDeclaration {
		d.purpose = ""
	}
	return len(h.roots) < before
}
