package model

import "iter"

// Facts are what an inventory was made from: none, for one that was not made by
// [Interpret].
func (i *Inventory) Facts() *Facts {
	if i.facts == nil {
		return join(&Observation{})
	}
	return i.facts
}

// Fault is why a source could not be read, or only in part.
func (f *Facts) Fault(source Source) (why Raw, failed bool) {
	why, failed = f.faults[source]
	return why, failed
}

// Unit is the unit of microvm.nix's of a name; nil: systemd does not have it in
// memory.
func (f *Facts) Unit(name Raw) *Unit {
	role, vm, _ := ParseUnitName(name)
	return f.units[vm][role]
}

// Directory is the directory of a name in the state directory; nil: none.
func (f *Facts) Directory(name Raw) *Directory { return f.directories[name] }

// Runner is the runner at a path of the store; nil: nobody named it.
func (f *Facts) Runner(path Raw) *Runner { return f.runners[path] }

// ShareSource is what a share's source names now, by its path; nil: it was not
// looked at.
func (f *Facts) ShareSource(path Raw) *ShareSource { return f.sources[path] }

// VolumeFile is what is at a volume's path; nil: it was not looked at.
func (f *Facts) VolumeFile(path Raw) *VolumeFile { return f.volumes[path] }

// Link is the host's interface of a name; nil: none.
func (f *Facts) Link(name Raw) *Link { return f.links[name] }

// LinkAt is the host's interface of an index; nil: none.
func (f *Facts) LinkAt(index int) *Link { return f.linksByID[index] }

// Holders are the processes that have an interface open.
func (f *Facts) Holders(name Raw) []*Process { return f.holders[name] }

// ProcessesIn are those of a VM's unit.
func (f *Facts) ProcessesIn(vm Raw, role Role) iter.Seq[*Process] {
	return func(yield func(*Process) bool) {
		for _, p := range f.inUnits[vm] {
			if p.role == role && !yield(p.Process) {
				return
			}
		}
	}
}

// IsMicrovm reports whether a user id is that of user microvm.
func (f *Facts) IsMicrovm(uid uint32) bool {
	return f.Host.MicrovmUID != nil && *f.Host.MicrovmUID == uid
}
