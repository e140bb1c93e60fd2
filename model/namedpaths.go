package model

import (
	"slices"
	"strings"
)

// NamedPaths are the paths that VMs name, as the host has them: what a backend
// looks at, and answers by the same paths.
type NamedPaths struct {
	Sources []Raw // of shares
	Volumes []Raw
	Places  []Raw // all others, see [Place]
}

// PathsOf gathers the paths that VMs name: by the runners of `current`,
// `booted` and `old` and those that are declared, by the links in their
// directories, by links beside those.
func PathsOf(o *Observation) NamedPaths {
	var named NamedPaths
	f := &Facts{Observation: o, unitSettings: settingsByName(o)}
	base := strings.TrimRight(string(o.StateDir.Path), "/") + "/"
	for name, runners := range runnersByVM(o) {
		within := base + string(name) + "/"
		for _, r := range runners {
			for _, share := range r.Shares {
				named.Sources = append(named.Sources, f.onHost(name, opensShares, pathIn(within, share.Source)))
			}
			for _, image := range r.Volumes {
				named.Volumes = append(named.Volumes, f.onHost(name, opensVolumes, pathIn(within, image)))
			}
			named.Places = append(named.Places, r.NamedPaths...)
		}
		named.Places = append(named.Places, f.bound(name)...)
	}
	for i := range o.StateDir.Directories {
		named.Places = append(named.Places, o.StateDir.Directories[i].leads(base)...)
	}
	for i := range o.StateDir.Other {
		if other := &o.StateDir.Other[i]; other.Type == "link" {
			named.Places = append(named.Places, Raw(base)+other.Name)
		}
	}
	for _, list := range []*[]Raw{&named.Sources, &named.Volumes, &named.Places} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return named
}

// pathIn is a path that may be relative to a folder, whose path ends in a
// slash.
func pathIn(folder string, path Raw) Raw {
	if strings.HasPrefix(string(path), "/") {
		return path
	}
	return Raw(folder) + path
}

// leads are the links that a directory consists of, but for those that lead
// straight into the store.
func (d *Directory) leads(base string) []Raw {
	within := Raw(base) + d.Name + "/"
	var paths []Raw
	for _, link := range d.ownLinks() {
		if link.Symlink != nil && !strings.HasPrefix(string(link.Target), storeFolder) {
			paths = append(paths, within+Raw(link.name))
		}
	}
	for i := range d.Files {
		if d.Files[i].Type == "link" {
			paths = append(paths, within+d.Files[i].Name)
		}
	}
	return paths
}

const storeFolder = "/nix/store/"

// namedLink is one of microvm.nix's links in a directory.
type namedLink struct {
	name string
	*Symlink
}

// ownLinks are microvm.nix's links of a directory; those that are not there
// are nil.
func (d *Directory) ownLinks() [4]namedLink {
	return [...]namedLink{{"current", d.Current}, {"booted", d.Booted}, {"old", d.Old}, {"toplevel", d.Toplevel}}
}

// runnersByVM are the runners that each VM's links, and the declarations that
// count, name.
func runnersByVM(o *Observation) map[Raw][]*Runner {
	known := make(map[Raw]*Runner, len(o.Runners))
	for i := range o.Runners {
		if r := &o.Runners[i]; !r.Missing {
			known[r.Path] = r
		}
	}
	by := make(map[Raw][]*Runner, len(o.StateDir.Directories))
	add := func(vm, path Raw) {
		if r := known[path]; r != nil && !slices.Contains(by[vm], r) {
			by[vm] = append(by[vm], r)
		}
	}
	for i := range o.StateDir.Directories {
		d := &o.StateDir.Directories[i]
		for _, link := range d.ownLinks() {
			if link.Symlink != nil {
				add(d.Name, link.Target)
			}
		}
	}
	for i := range o.Systems {
		if system := &o.Systems[i]; system.Counts() {
			for _, declared := range system.Declared {
				add(declared.Name, declared.Runner)
			}
		}
	}
	return by
}
