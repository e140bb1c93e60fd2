package model

import "strings"

// facts is an observation joined: the same facts, found by what they are
// about. It judges nothing.
type facts struct {
	*Observation
	faults      map[Source]Raw
	directories map[Raw]*Directory
	runners     map[Raw]*Runner
	units       map[Raw]map[Role]*Unit // by VM
	unitsByName map[Raw]*Unit
	declared    map[Raw]*declaration
	autostart   map[Raw]bool
	keep        map[Ref]KeepEntry
	roots       map[Raw][]rootLink // by the VM whose directory they point into
	usage       map[Raw]*Usage
	links       map[Raw]*Link
	linksByID   map[int]*Link
	holders     map[Raw][]*Process // by interface
	inUnit      map[Raw][]*Process // by unit
	aliases     map[Raw]Raw        // directory → the VM that runs from it under another name
	then        map[Raw][]declaredThen
	doubted     map[Kind][]Raw // what doubts computed
}

// declaration is that a VM is declared now, and by which systems.
type declaration struct {
	Declaration
	by []Raw
}

// rootLink is a gcroot link that points into the state directory.
type rootLink struct {
	GCRoot
	link string // "current", "booted" or "old"
}

func join(o *Observation) *facts {
	f := &facts{
		Observation: o,
		faults:      make(map[Source]Raw, len(o.Faults)),
		directories: make(map[Raw]*Directory, len(o.StateDir.Directories)),
		runners:     make(map[Raw]*Runner, len(o.Runners)),
		units:       make(map[Raw]map[Role]*Unit),
		unitsByName: make(map[Raw]*Unit, len(o.Units)),
		declared:    make(map[Raw]*declaration),
		autostart:   make(map[Raw]bool),
		keep:        make(map[Ref]KeepEntry, len(o.Keep)),
		roots:       make(map[Raw][]rootLink),
		usage:       make(map[Raw]*Usage, len(o.Usage)),
		links:       make(map[Raw]*Link, len(o.Links)),
		linksByID:   make(map[int]*Link, len(o.Links)),
		holders:     make(map[Raw][]*Process),
		inUnit:      make(map[Raw][]*Process),
		aliases:     make(map[Raw]Raw),
		then:        make(map[Raw][]declaredThen),
		doubted:     make(map[Kind][]Raw),
	}
	for _, fault := range o.Faults {
		f.faults[fault.Source] = fault.Error
	}
	for i := range o.Runners {
		f.runners[o.Runners[i].Path] = &o.Runners[i]
	}
	for _, entry := range o.Keep {
		f.keep[Ref{entry.Kind, entry.Name}] = entry
	}
	f.joinUnits()
	f.joinSystems()
	f.joinGenerations()
	f.joinFiles()
	f.joinLinks()
	f.joinProcesses()
	return f
}

func (f *facts) joinUnits() {
	for i := range f.Units {
		unit := &f.Units[i]
		f.unitsByName[unit.Name] = unit
		role, vm, ok := ParseUnitName(unit.Name)
		if !ok {
			continue
		}
		if f.units[vm] == nil {
			f.units[vm] = make(map[Role]*Unit, len(Roles))
		}
		f.units[vm][role] = unit
	}
	for i := range f.Usage {
		f.usage[f.Usage[i].Unit] = &f.Usage[i]
	}
}

func (f *facts) joinSystems() {
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
			known.by = append(known.by, system.title())
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

func (f *facts) joinFiles() {
	for i := range f.StateDir.Directories {
		d := &f.StateDir.Directories[i]
		f.directories[d.Name] = d
	}
	for _, root := range f.GCRoots {
		if vm, link, ok := f.rootTarget(root.Target); ok {
			f.roots[vm] = append(f.roots[vm], rootLink{root, link})
		}
	}
}

// rootTarget takes apart the target of a gcroot link that points into the
// state directory. Only the target counts: the link booted-x is that of the
// VM booted-x as well as x's.
func (f *facts) rootTarget(target Raw) (vm Raw, link string, ok bool) {
	for _, base := range []Raw{f.StateDir.Path, f.StateDir.Real} {
		rest, found := strings.CutPrefix(string(target), string(base)+"/")
		if base == "" || !found {
			continue
		}
		name, link, found := strings.Cut(rest, "/")
		if found && name != "" && (link == "current" || link == "booted" || link == "old") {
			return Raw(name), link, true
		}
	}
	return "", "", false
}

func (f *facts) joinLinks() {
	for i := range f.Links {
		link := &f.Links[i]
		f.links[link.Name] = link
		f.linksByID[link.Index] = link
	}
}

func (f *facts) joinProcesses() {
	byID := make(map[FileID]*Directory, len(f.StateDir.Directories))
	for _, d := range f.directories {
		byID[d.ID] = d
	}
	for i := range f.Processes {
		p := &f.Processes[i]
		for _, name := range p.Holds {
			f.holders[name] = append(f.holders[name], p)
		}
		unit := unitOfCgroup(p.Cgroup)
		if unit == "" {
			continue
		}
		f.inUnit[unit] = append(f.inUnit[unit], p)
		role, vm, ok := ParseUnitName(unit)
		if !ok || role != RoleVM || p.Cwd == nil || p.Cwd.Deleted {
			continue
		}
		if d := byID[p.Cwd.ID]; d != nil && d.Name != vm {
			f.aliases[d.Name] = vm
		}
	}
}

// unitOfCgroup is the service whose cgroup, or a cgroup below it, this is.
func unitOfCgroup(cgroup Raw) Raw {
	for part := range strings.SplitSeq(string(cgroup), "/") {
		if strings.HasSuffix(part, ".service") {
			return Raw(part)
		}
	}
	return ""
}

// runner is the runner that a link of a VM's directory points to; nil where
// there is no link, or what it points to is not there or was not read.
func (f *facts) runner(link *Symlink) *Runner {
	if link == nil {
		return nil
	}
	if r := f.runners[link.Target]; r != nil && !r.Missing {
		return r
	}
	return nil
}

// directoryOf is the directory a VM runs from or would start from.
func (f *facts) directoryOf(vm Raw) *Directory {
	if d := f.directories[vm]; d != nil {
		return d
	}
	for dir, runsAs := range f.aliases {
		if runsAs == vm {
			return f.directories[dir]
		}
	}
	return nil
}
