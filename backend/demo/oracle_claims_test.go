package demo

import (
	"slices"

	"microtui/model"
)

// lent says that a VM which somebody wants has files in a directory; empty: none
// has, as far as its runners can be read.
func (t *truth) lent(name model.Raw) string {
	for _, other := range t.vms() {
		if t.borrows(other, name) && t.whyWanted(other) != "" {
			return "holds files of another VM"
		}
	}
	return ""
}

// borrowed reports whether any VM has files in the directory of a name.
func (t *truth) borrowed(name model.Raw) bool {
	return slices.ContainsFunc(t.vms(), func(other model.Raw) bool { return t.borrows(other, name) })
}

func (t *truth) borrows(other, name model.Raw) bool {
	d := t.h.dir(name)
	if d == nil || other == name {
		return false
	}
	for _, b := range t.builds(other) {
		for _, path := range b.paths() {
			if slices.Contains(t.h.through(path), t.h.id(d)) {
				return true
			}
		}
	}
	return false
}

// builds are what a VM's links and declarations name, and is not collected.
func (t *truth) builds(name model.Raw) []*build {
	var found []*build
	if d := t.h.dir(name); d != nil {
		for _, l := range [...]*symlink{d.current, d.booted, d.old} {
			found = append(found, l.works())
		}
	}
	for _, c := range t.counting {
		if is, ok := find(c.system.declared, name, declaredName); ok {
			found = append(found, is.build)
		}
	}
	return slices.DeleteFunc(found, func(b *build) bool { return b == nil || b.gone })
}

// paths are the full paths that a build names.
func (b *build) paths() []model.Raw {
	paths := slices.Clone(b.runner.Volumes)
	for _, share := range b.runner.Shares {
		paths = append(paths, share.Source)
	}
	return paths
}

// whyWantedOfUnit says why an interface is wanted that a unit of the host made:
// its text tells, or a VM that somebody wants names it. With neither, nothing
// tells it from a leftover.
func (t *truth) whyWantedOfUnit(l *link) string {
	if slices.ContainsFunc(t.h.netdevs, func(n model.Netdev) bool { return n.Name == l.Name }) {
		return "interface of a unit"
	}
	for _, name := range t.vms() {
		if t.wanted[name] && slices.ContainsFunc(t.builds(name), func(b *build) bool { return slices.Contains(b.runner.NamedInterfaces, l.Name) }) {
			return "interface named in a script"
		}
	}
	return t.blanket
}

// names reports whether the runner claims an interface, collected or not.
func (b *build) names(iface model.Raw) bool {
	for _, tap := range b.runner.Taps {
		if tap == iface {
			return true
		}
	}
	for _, m := range b.runner.Macvtaps {
		if m.Name == iface {
			return true
		}
	}
	return false
}
