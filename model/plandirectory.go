package model

import (
	"crypto/sha256"
	"strings"
)

func (t subject) directory() Raw {
	if t.dir == nil {
		return t.absent(SourceStateDir)
	}
	return t.dir.ID.words()
}

// words write a file's identity: device and inode, "fd00:12".
func (id FileID) words() Raw { return rawf("%x:%d", id.Dev, id.Ino) }

func (t subject) target(which func(*Directory) *Symlink) Raw {
	switch {
	case t.dir == nil:
		return t.absent(SourceStateDir)
	case t.dir.Fault != "":
		return unknownAs + t.dir.Fault
	}
	if link := which(t.dir); link != nil {
		return link.Target
	}
	return ""
}

func (t subject) flake() Raw {
	switch {
	case t.dir == nil:
		return t.absent(SourceStateDir)
	case t.dir.Fault != "":
		return unknownAs + t.dir.Fault
	case t.dir.Flake == nil:
		return ""
	}
	return flakeWords(t.dir.Flake.Ref)
}

// flakeWords are a flake reference without its credentials, and then with the
// beginning of a checksum, so that others make a difference.
func flakeWords(ref Raw) Raw {
	shown := MaskedFlake(ref)
	if shown == ref {
		return ref
	}
	sum := sha256.Sum256([]byte(ref))
	return rawf("%s (sha256 %x)", shown, sum[:4])
}

// Flake is the flake reference in a VM's directory, as it is there; empty:
// there is none. It may hold credentials, and anybody may have written it: it
// is shown as [MaskedFlake] only, and built from only where [FlakeFault] and a
// plan allow it.
func (i Inventory) Flake(vm Raw) Raw {
	d := i.Facts().directories[vm]
	if d == nil || d.Flake == nil {
		return ""
	}
	return d.Flake.Ref
}

func (t subject) mount() Raw {
	if t.dir == nil {
		return t.absent(SourceStateDir)
	}
	if at, inside := t.mountsOf(t.dir); at || len(inside) > 0 {
		return "yes"
	}
	return ""
}

// mountsOf says whether a directory is a mount of its own, and what is mounted
// inside it, as far as systemd and its own device tell.
func (f *Facts) mountsOf(d *Directory) (at bool, inside []Raw) {
	at = d.Mounted
	for _, mount := range f.StateDir.Mounts {
		rest, _ := f.below(mount.Where)
		name, within, _ := strings.Cut(rest, "/")
		switch {
		case !mount.Active || name == "" || Raw(name) != d.Name:
		case within == "":
			at = true
		default:
			inside = append(inside, mount.Where)
		}
	}
	return at, inside
}
