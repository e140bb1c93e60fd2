package model

import (
	"slices"
	"strings"
)

// Facts is an observation joined: the same facts, found by what they are
// about. It judges nothing. It is joined once, for an inventory, and only read.
type Facts struct {
	*Observation
	bases        []string // the state directory's paths, with a slash at the end
	faults       map[Source]Raw
	directories  map[Raw]*Directory
	others       map[Raw]*File // entries of the state directory that are no directories
	runners      map[Raw]*Runner
	units        map[Raw]map[Role]*Unit // by VM
	instances    []instance
	declared     map[Raw]*declaration
	autostart    map[Raw]bool
	keep         map[Ref]KeepEntry
	roots        map[Raw][]rootLink // by the VM whose directory they point into
	otherRoots   map[Raw]Raw        // gcroot links that point elsewhere, by name
	usage        map[Raw]*Usage
	lives        map[Raw]*UnitLives   // by unit; of its present life
	sources      map[Raw]*ShareSource // by path
	volumes      map[Raw]*VolumeFile  // by path
	links        map[Raw]*Link
	linksByID    map[int]*Link
	holders      map[Raw][]*Process    // by interface
	inUnits      map[Raw][]vmProcess   // by the VM whose units they are in
	looseIn      map[FileID][]*Process // by working directory, those in no unit of microvm.nix
	hidden       []*Process            // of those, hypervisors whose working directory could not be seen
	unseenUnits  []instance            // VMs' units that run where could not be seen
	aliases      map[Raw]Raw           // directory → the VM that runs from it under another name
	runsFrom     map[Raw]Raw           // the reverse
	generations  []*System             // those that could be read, oldest first
	then         map[Raw][]declaredThen
	unitSettings map[Raw]*UnitSettings // by unit, templates among them
	missing      map[Kind][]Raw        // what missingEvidence found
	claims       *Claims               // who names what, once the VMs are known
	unread       *[]Raw                // what unreadClaims computed
}

// instance is a unit of microvm.nix's with its name taken apart.
type instance struct {
	*Unit
	role Role
	vm   Raw
}

// vmProcess is a process in the cgroup of one of a VM's units.
type vmProcess struct {
	*Process
	role Role
}

// declaration is that a VM is declared now, and by which systems.
type declaration struct {
	Declaration
	by   []Raw
	live *Declaration  // the live system's; nil: it does not declare it
	all  []Declaration // every system's that counts
}

// rootLink is a gcroot link that points into the state directory.
type rootLink struct {
	GCRoot
	link string // "current", "booted" or "old"
}

func join(o *Observation) *Facts {
	f := &Facts{
		Observation:  o,
		faults:       make(map[Source]Raw, len(o.Faults)),
		directories:  make(map[Raw]*Directory, len(o.StateDir.Directories)),
		others:       make(map[Raw]*File, len(o.StateDir.Other)),
		runners:      make(map[Raw]*Runner, len(o.Runners)),
		units:        make(map[Raw]map[Role]*Unit),
		instances:    make([]instance, 0, len(o.Units)),
		declared:     make(map[Raw]*declaration),
		autostart:    make(map[Raw]bool),
		keep:         make(map[Ref]KeepEntry, len(o.Keep)),
		roots:        make(map[Raw][]rootLink),
		otherRoots:   make(map[Raw]Raw),
		usage:        make(map[Raw]*Usage, len(o.Usage)),
		sources:      make(map[Raw]*ShareSource, len(o.ShareSources)),
		volumes:      make(map[Raw]*VolumeFile, len(o.VolumeFiles)),
		links:        make(map[Raw]*Link, len(o.Links)),
		linksByID:    make(map[int]*Link, len(o.Links)),
		holders:      make(map[Raw][]*Process),
		inUnits:      make(map[Raw][]vmProcess),
		looseIn:      make(map[FileID][]*Process),
		aliases:      make(map[Raw]Raw),
		runsFrom:     make(map[Raw]Raw),
		then:         make(map[Raw][]declaredThen),
		claims:       &Claims{},
		unitSettings: settingsByName(o),
		missing:      make(map[Kind][]Raw),
	}
	for _, fault := range o.Faults {
		if before, more := f.faults[fault.Source]; more {
			fault.Error = before + "; " + fault.Error
		}
		f.faults[fault.Source] = fault.Error
	}
	for _, path := range []Raw{o.StateDir.Path, o.StateDir.Real} {
		if path != "" {
			f.bases = append(f.bases, strings.TrimRight(string(path), "/")+"/")
		}
	}
	for i := range o.Runners {
		f.runners[o.Runners[i].Path] = &o.Runners[i]
	}
	for _, entry := range o.Keep {
		f.keep[Ref{entry.Kind, entry.Name}] = entry
	}
	slices.SortFunc(f.bases, func(a, b string) int { return len(b) - len(a) })
	f.joinUnits()
	f.joinSystems()
	f.joinGenerations()
	f.joinFiles()
	f.joinLinks()
	f.joinProcesses()
	f.findUnseen()
	return f
}

func (f *Facts) joinUnits() {
	for i := range f.Units {
		unit := &f.Units[i]
		role, vm, ok := ParseUnitName(unit.Name)
		if !ok {
			continue
		}
		f.instances = append(f.instances, instance{unit, role, vm})
		if f.units[vm] == nil {
			f.units[vm] = make(map[Role]*Unit, len(Roles))
		}
		f.units[vm][role] = unit
	}
	f.lives = make(map[Raw]*UnitLives, len(f.Lives))
	for i := range f.Lives {
		f.lives[f.Lives[i].Unit] = &f.Lives[i]
	}
	for i := range f.Usage {
		f.usage[f.Usage[i].Unit] = &f.Usage[i]
	}
}

func (f *Facts) joinSystems() {
	for i := range f.Systems {
		system := &f.Systems[i]
		if !system.Counts() {
			continue
		}
		for _, d := range system.Declared {
			if f.declared[d.Name] == nil {
				f.declared[d.Name] = &declaration{Declaration: d}
			}
			known := f.declared[d.Name]
			known.by, known.all = append(known.by, system.title()), append(known.all, d)
			if system.Kind == SystemLive {
				known.live = &d
			}
		}
		for _, name := range system.Autostart {
			f.autostart[name] = true
		}
	}
}

// title names a system as a user would look for it.
func (s System) title() Raw {
	switch s.Kind {
	case SystemLive:
		return "the live system"
	case SystemNewest:
		return "the newest system profile"
	case SystemSpecialisation:
		return "specialisation " + s.Name
	case SystemProfile:
		return "system profile " + s.Name
	}
	return rawf("generation %d", s.Generation)
}

func (f *Facts) joinFiles() {
	for i := range f.StateDir.Directories {
		d := &f.StateDir.Directories[i]
		f.directories[d.Name] = d
	}
	for i := range f.StateDir.Other {
		f.others[f.StateDir.Other[i].Name] = &f.StateDir.Other[i]
	}
	for i := range f.ShareSources {
		f.sources[f.ShareSources[i].Path] = &f.ShareSources[i]
	}
	for i := range f.VolumeFiles {
		f.volumes[f.VolumeFiles[i].Path] = &f.VolumeFiles[i]
	}
	for _, root := range f.GCRoots {
		if vm, link, ok := f.rootTarget(root.Target); ok {
			f.roots[vm] = append(f.roots[vm], rootLink{root, link})
		} else {
			f.otherRoots[root.Name] = root.Target
		}
	}
}

// failed reports whether a source could not be read, or only in part.
func (f *Facts) failed(source Source) bool {
	_, failed := f.faults[source]
	return failed
}

// below takes the state directory off the front of a path.
func (f *Facts) below(path Raw) (rest string, ok bool) {
	for _, base := range f.bases {
		if rest, ok = strings.CutPrefix(string(path), base); ok {
			return rest, true
		}
	}
	return "", false
}

// rootTarget takes apart the target of a gcroot link that points into the
// state directory. Only the target counts: the link booted-x is that of the
// VM booted-x as well as x's.
func (f *Facts) rootTarget(target Raw) (vm Raw, link string, ok bool) {
	rest, _ := f.below(target)
	name, link, _ := strings.Cut(rest, "/")
	ok = name != "" && (link == "current" || link == "booted" || link == "old")
	return Raw(name), link, ok
}

func (f *Facts) joinLinks() {
	for i := range f.Links {
		link := &f.Links[i]
		f.links[link.Name] = link
		f.linksByID[link.Index] = link
	}
}

func (f *Facts) joinProcesses() {
	byID := make(map[FileID]*Directory, len(f.StateDir.Directories))
	for _, d := range f.directories {
		if known := byID[d.ID]; d.ID != (FileID{}) && (known == nil || known.Link != "") {
			byID[d.ID] = d // of two names for one directory its own
		}
	}
	for i := range f.Processes {
		p := &f.Processes[i]
		for _, name := range p.Holds {
			f.holders[name] = append(f.holders[name], p)
		}
		role, vm, ok := p.Unit()
		if ok {
			f.inUnits[vm] = append(f.inUnits[vm], vmProcess{p, role})
		} else if p.Cwd != nil && p.Cwd.ID != (FileID{}) {
			f.looseIn[p.Cwd.ID] = append(f.looseIn[p.Cwd.ID], p)
		} else if p.Cwd == nil && (p.isHypervisor() || p.isNamedAsHypervisor() && !p.isMachine()) {
			f.hidden = append(f.hidden, p)
		}
		if !ok || role != RoleVM || p.Cwd == nil || p.Cwd.Deleted {
			continue
		}
		if d := byID[p.Cwd.ID]; d != nil && d.Name != vm {
			f.aliases[d.Name] = vm
			if f.runsFrom[vm] == "" {
				f.runsFrom[vm] = d.Name
			}
		}
	}
}

// runner is the runner that a link of a VM's directory points to; nil where
// there is no link, or what it points to is not there or was not read.
func (f *Facts) runner(link *Symlink) *Runner {
	if link == nil {
		return nil
	}
	if r := f.runners[link.Target]; r != nil && !r.Missing {
		return r
	}
	return nil
}

// directoryOf is the directory a VM runs from or would start from.
func (f *Facts) directoryOf(vm Raw) *Directory {
	if d := f.directories[vm]; d != nil {
		return d
	}
	return f.directories[f.runsFrom[vm]]
}

// whyPresent says why the directory of a VM of which none is listed may be
// there all the same; empty: it is gone. (Links and names that begin with a dot
// are not followed, but systemd would.)
func (f *Facts) whyPresent(vm Raw) Raw {
	path := rawf("%s/%s", strings.TrimRight(string(f.StateDir.Path), "/"), vm)
	switch d, other, mount := f.directories[vm], f.others[vm], f.unmounted(vm); {
	case mount != nil:
		return rawf("%s is not mounted (%s is inactive)", mount.Where, mount.Unit)
	case d != nil && d.Current != nil:
		return path + " is there"
	case d != nil:
		return path + " exists, but holds no VM"
	case other != nil:
		return rawf("%s exists, but is not a directory (%s)", path, other.Type)
	case !f.StateDir.Exists:
		return rawf("%s does not exist", f.StateDir.Path)
	case !ParseName(vm):
		return rawf("%q is a name that microtui ignores", string(vm))
	}
	return ""
}
