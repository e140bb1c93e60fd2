package model

import (
	"cmp"
	"microtui/model/order"
	"path"
	"slices"
	"strings"
)

// settingsOrTemplate are a unit's settings as they are written: with the
// specifiers of its template in them. They tell what there is to look at
// without the cost of filling those in.
func (f *Facts) settingsOrTemplate(vm Raw, role Role) *UnitSettings {
	if own := f.unitSettings[UnitName(role, vm)]; own != nil {
		return own
	}
	return f.unitSettings[UnitName(role, "")]
}

// hostNamespace is the network namespace of whatever is given none of its own:
// that of PID 1.
const hostNamespace Raw = ""

// namespace is the network namespace that a VM's unit runs in: a path, or the
// unit that it shares a private one with. What is not known of it counts as the
// host's.
func (f *Facts) namespace(vm Raw, role Role) Raw {
	written := f.settingsOrTemplate(vm, role)
	if written == nil || written.NetworkNamespacePath == "" && !written.PrivateNetwork {
		return hostNamespace
	}
	s := f.settings(vm, role)
	switch {
	case s.NetworkNamespacePath != "":
		return Raw(path.Clean(string(s.NetworkNamespacePath)))
	case len(s.JoinsNamespaceOf) > 0:
		return "that of " + s.JoinsNamespaceOf[0]
	}
	return "that of " + UnitName(role, vm)
}

// onHost is where a path of a VM's unit lies for the host: what the unit binds
// to another place is looked for there (BindPaths=).
func (f *Facts) onHost(vm Raw, role Role, at Raw) Raw {
	written := f.settingsOrTemplate(vm, role)
	if written == nil || len(written.BindPaths) == 0 {
		return at
	}
	clean := Raw(path.Clean(string(at)))
	binds := slices.Clone(f.settings(vm, role).BindPaths)
	order.By(binds, func(a, b *BindMount) int { return cmp.Compare(len(b.Destination), len(a.Destination)) })
	for _, bind := range binds {
		if rest, ok := strings.CutPrefix(string(clean)+"/", strings.TrimRight(string(bind.Destination), "/")+"/"); ok {
			return Raw(path.Join(string(bind.Source), rest))
		}
	}
	return at
}

// bound are the paths that a VM's units show in another place.
func (f *Facts) bound(vm Raw) []Raw {
	var paths []Raw
	for _, role := range [...]Role{opensVolumes, opensShares} {
		if s := f.settingsOrTemplate(vm, role); s == nil || len(s.BindPaths) == 0 {
			continue
		}
		for _, bind := range f.settings(vm, role).BindPaths {
			paths = append(paths, bind.Source)
		}
	}
	return paths
}

// settingsByName finds units' settings by their names.
func settingsByName(o *Observation) map[Raw]*UnitSettings {
	by := make(map[Raw]*UnitSettings, len(o.UnitSettings))
	for i := range o.UnitSettings {
		by[o.UnitSettings[i].Name] = &o.UnitSettings[i]
	}
	return by
}

// What a runner names is opened by these units: its volumes by the hypervisor,
// the sources of its shares by their daemons.
const (
	opensVolumes = RoleVM
	opensShares  = RoleVirtiofsd
)
