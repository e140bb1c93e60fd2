package model

import "time"

// Where a process works is seen by root only, and by root without
// CAP_SYS_PTRACE not at all. What works in a directory goes on there when that
// is renamed, so that a VM may run from a directory of any name; where it runs
// from cannot be seen, it may be this one.

// unseenWork says what may run from a VM's directory, or of this VM elsewhere,
// for all that could be seen; empty: nothing.
func (f *Facts) unseenWork(vm Raw, d *Directory) Raw {
	for _, unit := range f.unseenUnits {
		switch {
		case unit.vm == vm:
			return rawf("%s is running, and its directory cannot be seen%s", unit.Name, f.forWhom())
		case !f.untouchedSince(d, unit.Unit):
			return rawf("%s is running, and whether in this directory, which was renamed, cannot be seen%s", unit.Name, f.forWhom())
		}
	}
	for _, p := range f.hidden {
		if d == nil || !f.isCalled(d, p.Argv0) { // one that is counts as this VM's
			return rawf("process %d (%s) is running outside the units, and whether in this directory cannot be seen%s", p.PID, p.ProgramName(), f.forWhom())
		}
	}
	return ""
}

func (f *Facts) forWhom() Raw {
	if f.Host.Privileged {
		return ""
	}
	return " without root"
}

// stampsRenames are the file systems that note a rename of a directory as a
// change of it (its ctime), as POSIX leaves open.
var stampsRenames = map[Raw]bool{
	"ext2": true, "ext3": true, "ext4": true, "xfs": true, "btrfs": true, "zfs": true, "bcachefs": true, "f2fs": true, "tmpfs": true,
}

// coarseness is more than a file system's times, or the kernel's tick, are
// coarse.
const coarseness = 5 * time.Second

// untouchedSince reports whether a directory has not changed in any way, and so
// was not renamed either, since a unit that is up was started from one of its
// own.
func (f *Facts) untouchedSince(d *Directory, unit *Unit) bool {
	_, vm, _ := ParseUnitName(unit.Name)
	if d == nil || d.Mounted || d.Changed.IsZero() || unit.Properties == nil || !stampsRenames[f.StateDir.Filesystem] || f.others[vm] != nil {
		return false
	}
	start := unit.Properties.InactiveExit
	return !start.IsZero() && !start.After(f.At) && d.Changed.Before(start.Add(-coarseness))
}

// findUnseen finds the VMs' units that are up of which it could not be seen in
// which directory they run.
func (f *Facts) findUnseen() {
	for _, unit := range f.instances {
		if unit.role == RoleVM && unit.IsUp() && f.isUnseen(unit) {
			f.unseenUnits = append(f.unseenUnits, unit)
		}
	}
}

func (f *Facts) isUnseen(unit instance) bool {
	some := false
	for _, p := range f.inUnits[unit.vm] {
		if p.role != RoleVM {
			continue
		}
		if p.Cwd == nil {
			return true
		}
		some = true
	}
	// Between two lives it has no process.
	p := unit.Properties
	return !some && (p == nil || p.Brief || p.MainPID != 0)
}
