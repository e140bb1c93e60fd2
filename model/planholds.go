package model

import (
	"path"
	"slices"
	"strings"
	"time"
)

// knowsAllFiles is how many entries of a directory an observation holds at
// most: of one with so many, some may be missing.
const knowsAllFiles = 256

// madeByMicrovm are the entries of a VM's directory that microvm.nix makes
// beside those that it gives a meaning (current, booted, old, toplevel and
// flake, which no observation lists among the files): by name, in a form of
// path.Match, and by type. They come back with the next start, or are of no
// use without it.
var madeByMicrovm = []struct{ name, kind string }{
	{"*", "socket"},             // of the hypervisor, virtiofsd, the guest's notifications
	{"new", "link"},             // a deployment that found nothing new
	{"supervisord.log", "file"}, // of microvm-virtiofsd@
	{"supervisord.log.[0-9]*", "file"},
	{"supervisord.pid", "file"},
	{"*.sock.pid", "file"}, // of virtiofsd
}

// holdsData reports whether its directory holds, or may hold, data that exists
// nowhere else: a volume, what a guest shares, anything that microvm.nix did
// not make. What could not be looked at counts as data. Of a VM without a
// directory it is what its processes have open of deleted files.
func (p *purging) holdsData() bool {
	d := p.dir
	switch {
	case d == nil:
		return p.holdsDeleted(p.name) != ""
	case p.mount, d.Fault != "", len(d.Strange) > 0, len(d.Files) >= knowsAllFiles:
		return true
	}
	return slices.ContainsFunc(d.Files, func(file File) bool { return p.isData(file) })
}

// HoldsData reports whether the directory of a name holds, or may hold, data
// that exists nowhere else, as an item of a plan says it.
func (i Inventory) HoldsData(name Raw) bool {
	p, _ := i.purging(name, PurgeOptions{})
	return p.holdsData() || p.dir == nil && p.failed(SourceStateDir)
}

func (p *purging) isData(file File) bool {
	if p.vm != nil && p.names(file.Name) {
		return true
	}
	for _, made := range madeByMicrovm {
		if ok, _ := path.Match(made.name, string(file.Name)); ok && file.Type == made.kind {
			return false
		}
	}
	return true
}

// names reports whether a volume or a share of the VM is, or is below, an entry
// of its directory.
func (p *purging) names(entry Raw) bool {
	isIt := func(place Raw) bool {
		inside, ok := p.inside(place)
		first, _, _ := strings.Cut(inside, "/")
		return ok && first == string(entry)
	}
	return slices.ContainsFunc(p.vm.Volumes, func(volume Volume) bool { return isIt(volume.Path) }) ||
		slices.ContainsFunc(p.vm.Shares, func(share Share) bool { return isIt(share.Source) })
}

// inside is a path relative to its directory, for one that lies there by name.
func (p *purging) inside(place Raw) (string, bool) {
	clean := path.Clean(string(place))
	if !path.IsAbs(clean) {
		return clean, !strings.HasPrefix(clean, "..")
	}
	rest, _ := p.below(Raw(clean))
	return strings.CutPrefix(rest, string(p.name)+"/")
}

// elsewhere says which volumes and shares lie outside its directory, and so
// stay. The store is nobody's to give up.
func (p *purging) elsewhere() []Raw {
	var left []Raw
	if p.vm == nil {
		return nil
	}
	for _, volume := range p.vm.Volumes {
		if _, ok := p.inside(volume.Path); !ok {
			left = append(left, rawf("volume %s: it is outside its directory", volume.Path))
		}
	}
	for _, share := range p.vm.Shares {
		if _, ok := p.inside(share.Source); !ok && !strings.HasPrefix(string(share.Source)+"/", storeFolder) {
			left = append(left, rawf("share %s: it is outside its directory", share.Source))
		}
	}
	return left
}

// written is when its data was last written to, as far as it lies in its
// directory; zero: there is none, or unknown.
func (p *purging) written() time.Time {
	var last time.Time
	if p.dir == nil {
		return last
	}
	for _, file := range p.dir.Files {
		if p.isData(file) && file.Modified.After(last) {
			last = file.Modified
		}
	}
	return last
}
