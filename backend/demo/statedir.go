package demo

import (
	"slices"
	"time"

	"microtui/model"
)

// files is the state directory with the file systems it may be on.
type files struct {
	filesystem string
	network    bool
	mounted    bool // where it is on a mount of its own
	// disk holds the directories of the state directory; beneath those that
	// are made on the root file system while the state directory's own is not
	// mounted.
	disk, beneath []*directory
	other         []model.File
}

// directory is one directory in the state directory.
type directory struct {
	name     model.Raw
	inode    uint64
	uid, gid uint32
	mode     uint32
	modified time.Time
	changed  time.Time // it, or its name

	current, booted, old, fresh *symlink
	toplevel                    *symlink
	flake                       *model.Flake
	instance                    []model.Raw // instance/interfaces
	files                       []model.File
	strange                     []model.Raw

	removed bool       // unlinked; processes may still work in it
	dataset bool       // a file system of its own is mounted here
	hidden  *directory // what is on its own file system, which is not mounted

	history
}

// history is what happened to a directory: the truth, which cannot be read
// from it.
type history struct {
	// purpose says why somebody keeps it, apart from its declaration; empty:
	// nobody said that they do.
	purpose string
	// byNixOS: an install unit was the last to write `current`.
	byNixOS bool
	first   *firstName // before it was renamed
	// forDeclaration: `current` was last written while the VM was declared, by
	// whomever. With owners and roots lost, nothing tells by whom.
	forDeclaration bool
	// accident: it fell out of the configuration with all others.
	accident bool
}

// firstName is what a directory was before somebody renamed it.
type firstName struct {
	name    model.Raw
	purpose string
	byNixOS bool
}

// symlink is a link to a build's runner or system.
type symlink struct {
	to       *build
	system   bool // to the guest's system, not to the runner
	uid      uint32
	modified time.Time
}

func (l *symlink) target() model.Raw {
	if l.system {
		return l.to.system
	}
	return l.to.runner.Path
}

func (l *symlink) observed() *model.Symlink {
	if l == nil {
		return nil
	}
	return &model.Symlink{Target: l.target(), Dangling: l.to.gone, UID: l.uid, Modified: l.modified}
}

// works is what a link leads to, if that is in the store.
func (l *symlink) works() *build {
	if l == nil || l.to.gone {
		return nil
	}
	return l.to
}

func directoryName(d *directory) model.Raw { return d.name }

// visible are the directories that can be seen now.
func (f *files) visible() *[]*directory {
	if f.mounted {
		return &f.disk
	}
	return &f.beneath
}

// dir is a directory of the state directory; nil: there is none.
func (h *Host) dir(name model.Raw) *directory {
	d, _ := find(*h.files.visible(), name, directoryName)
	return d
}

// makeDir makes a directory.
func (h *Host) makeDir(name model.Raw, uid, gid, mode uint32) *directory {
	h.nextInode += 1 + uint64(h.rng.IntN(9))
	d := &directory{name: name, inode: h.nextInode, uid: uid, gid: gid, mode: mode, modified: h.now, changed: h.now}
	at := h.files.visible()
	*at = insert(*at, d, directoryName)
	return d
}

// unlink takes a directory's name away.
func (h *Host) unlink(d *directory) {
	at := h.files.visible()
	for i, known := range *at {
		if known == d {
			*at = append((*at)[:i:i], (*at)[i+1:]...)
		}
	}
}

// link makes one of microvm.nix's links to a build.
func (h *Host) link(to *build, uid uint32) *symlink {
	return &symlink{to: to, uid: uid, modified: h.now}
}

// id is the directory's identity: the file systems have one device each.
func (h *Host) id(d *directory) model.FileID {
	dev := uint64(0xfd00)
	if h.settings.Place != OnRoot && h.files.mounted {
		dev = 0xfd03
	}
	if d.dataset {
		dev = 0x2f
	}
	return model.FileID{Dev: dev, Ino: d.inode}
}

// path is a directory's place.
func (d *directory) path() model.Raw { return stateDir + "/" + d.name }

// fill makes the files that a first start makes: volumes and a supervisor's
// log.
func (h *Host) fill(d *directory, b *build) {
	if len(d.files) > 0 {
		return
	}
	for _, volume := range b.runner.Volumes {
		allocated := uint64(16+h.rng.IntN(900)) << 20
		d.files = append(d.files, model.File{Name: volume, Type: "file", Size: 4 << 30, Allocated: allocated, Modified: h.now})
	}
	if len(b.runner.Shares) > 0 {
		d.files = append(d.files, model.File{Name: "supervisord.log", Type: "file", Size: 2310, Allocated: 4096, Modified: h.now})
	}
}

func (d *directory) observed(id model.FileID) model.Directory {
	out := model.Directory{
		Name: d.name, ID: id, UID: d.uid, GID: d.gid, Mode: d.mode, Modified: d.modified, Changed: d.changed, Mounted: d.dataset && d.hidden == nil,
		Current: d.current.observed(), Booted: d.booted.observed(), Old: d.old.observed(),
		Toplevel: d.toplevel.observed(), Flake: d.flake, InstanceInterfaces: d.instance,
		Files: d.files, Strange: d.strange,
	}
	bytes := uint64(4096)
	for _, f := range d.files {
		bytes += f.Allocated
	}
	out.Bytes = &bytes
	if d.fresh != nil {
		out.Files = append(slices.Clone(d.files), model.File{Name: "new", Type: "link", Modified: d.fresh.modified})
	}
	return out
}
