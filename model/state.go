package model

import "time"

// A hypervisor that ends badly and lives for less than this, again and again,
// crashes in a loop.
const (
	loopRestarts = 3
	loopLife     = 30 * time.Second
)

// reading is what a VM's units say: its state, and why, where that is worth a
// note.
type reading struct {
	state State
	why   Raw
}

// severity orders the states: the worst of a VM's units is the VM's.
var severity = map[State]int{
	StateStopped: 0, StateRunning: 1, StatePaused: 2, StateStarting: 3, StateStopping: 4, StateFailed: 5, StateCrashLoop: 6,
}

// readState computes a VM's state from its units.
func (f *Facts) readState(vm Raw, d *Directory, outside []Process) reading {
	if f.failed(SourceSystemd) && len(f.Units) == 0 {
		return reading{StateUnknown, ""}
	}
	units := f.units[vm]
	worst := f.readMain(units[RoleVM], d)
	if (worst.state == StateStopped || worst.state == StateFailed) && len(outside) > 0 {
		return reading{StateOutside, rawf("running outside systemd, as process %d", outside[0].PID)}
	}
	for _, role := range Roles {
		unit := units[role]
		if unit == nil || role == RoleVM {
			continue
		}
		if got := f.readHelper(role, unit, units[RoleVM], worst.state); severity[got.state] > severity[worst.state] {
			worst = got
		}
	}
	return worst
}

// readMain reads microvm@NAME.service.
func (f *Facts) readMain(unit *Unit, d *Directory) reading {
	if unit == nil {
		return reading{StateStopped, ""}
	}
	switch unit.Active {
	case "active", "reloading", "refreshing":
		if f.inLoop(unit) {
			return f.crashLoop(unit)
		}
		if unit.Job != nil && unit.Job.Type == "stop" {
			return reading{StateStopping, ""}
		}
		if f.isFrozen(unit) {
			return reading{StatePaused, frozen(unit)}
		}
		return reading{StateRunning, ""}
	case "activating":
		if unit.Job != nil && unit.Job.Type == "stop" {
			return reading{StateStopping, ""}
		}
		if f.inLoop(unit) {
			return f.crashLoop(unit)
		}
		if f.isFrozen(unit) {
			return reading{StatePaused, "while starting: " + frozen(unit)}
		}
		return reading{StateStarting, unit.Known().StatusText}
	case "deactivating":
		if unit.Job == nil && f.inLoop(unit) { // what comes after its process (ExecStopPost)
			return f.crashLoop(unit)
		}
		if f.isFrozen(unit) { // systemctl kill: what comes after its process is frozen too
			return reading{StateStopping, frozen(unit)}
		}
		return reading{StateStopping, ""}
	case "failed":
		return f.readFailed(unit, d)
	}
	switch {
	case unit.AwaitsStart() && f.inLoop(unit): // what it needs is made anew between two lives
		return f.crashLoop(unit)
	case unit.AwaitsStart():
		return reading{StateStarting, ""}
	}
	return reading{StateStopped, ""}
}

// readFailed tells a failure from the cosmetic end of a VM whose runner has no
// microvm-shutdown (kvmtool, stratovirt, alioth, no control socket): ExecStop
// is missing, so an ordinary stop ends failed with exit-code. A VM that exits
// by itself never ends so: Restart=always starts it again.
func (f *Facts) readFailed(unit *Unit, d *Directory) reading {
	p := unit.Properties
	if p != nil && p.Result == "exit-code" && d != nil {
		if r := f.runner(d.Current); r != nil && len(r.Bin) > 0 && !r.Has("microvm-shutdown") {
			return reading{StateStopped, "shown as failed after every stop: its runner has no microvm-shutdown"}
		}
	}
	return reading{StateFailed, "failed" + unit.because()}
}

// readHelper reads one of the units that set a VM up. A note stands beside the
// VM, so that the role says which unit it is.
func (f *Facts) readHelper(role Role, unit, vm *Unit, main State) reading {
	switch unit.Active {
	case "active":
		if f.isFrozen(unit) && main == StateRunning {
			return reading{StatePaused, rawf("%s is frozen: systemctl thaw %s", role, unit.Name)}
		}
	case "failed":
		if f.Template.FailsAtStop(role, unit, vm) {
			return reading{StateStopped, ""}
		}
		return reading{StateFailed, rawf("%s failed%s", role, unit.because())}
	case "activating":
		if unit.AwaitsRestart() && main == StateRunning {
			return reading{StateFailed, rawf("%s restarts%s", role, unit.because())}
		}
		return reading{StateStarting, ""}
	case "deactivating":
		return reading{StateStopping, ""}
	}
	return reading{StateStopped, ""}
}

// isFrozen reports whether a unit's processes are frozen.
func (f *Facts) isFrozen(unit *Unit) bool {
	usage := f.usage[unit.Name]
	return usage != nil && usage.Frozen
}

func frozen(unit *Unit) Raw { return rawf("frozen: systemctl thaw %s", unit.Name) }

// inLoop reports whether systemd restarts a unit again and again since it ends
// badly soon after each start. It is the same at each moment of a turn. The
// journal tells how the lives before ended; where it was not read, one that
// lives has to outlast a crash first, and the last end counts for all.
func (f *Facts) inLoop(unit *Unit) bool {
	p := unit.Properties
	switch {
	case p == nil || p.Restarts < loopRestarts || unit.hasLived(f.At):
		return false
	case f.livesOf(unit) != nil:
		return f.livesOf(unit).badInARow() >= loopRestarts
	case unit.IsActive():
		return true
	case unit.endedWell():
		return false
	}
	// An attempt that failed long after the last life ended: it comes up no
	// more (Type=notify, a guest that is never ready).
	failsSince := p.InactiveEnter.Sub(p.ActiveExit) > loopLife
	return p.ActiveExit.IsZero() || p.ActiveExit.Sub(p.ActiveEnter) < loopLife || failsSince
}

// endedWell reports whether a unit that is between two lives ended the last one
// as [Life.endedBadly] says that it did not. systemd forgets it with the next
// start.
func (u *Unit) endedWell() bool {
	p := u.Properties
	if u.Active == "activating" && !u.AwaitsRestart() {
		return false
	}
	return p.Result == "success" || p.Result == "exit-code" && p.ExecMainCode == cldExited && p.ExecMainStatus == 0
}

// livesOf is what the journal says of a unit's lives; nil: it was not read.
func (f *Facts) livesOf(unit *Unit) *UnitLives {
	if lives := f.lives[unit.Name]; lives != nil && lives.Invocation == unit.Invocation() {
		return lives
	}
	return nil
}

// restarts is how often systemd restarted a unit by itself since somebody asked
// for its start. Its own counter goes on where the unit was stopped while it
// waited for a restart, and started again (systemd 252).
func (f *Facts) restarts(unit *Unit) uint32 {
	n := unit.Properties.Restarts
	lives := f.livesOf(unit)
	if lives == nil || !lives.Whole {
		return n
	}
	n = uint32(len(lives.Ended))
	if last := lives.last(); last != nil && last.Invocation == lives.Invocation {
		n-- // it waits for the next one
	}
	return n
}

func (f *Facts) crashLoop(unit *Unit) reading {
	why := unit.because()
	if lives := f.livesOf(unit); lives != nil && lives.last() != nil {
		why = ""
		if how := lives.last().Ending(); how != "" {
			why = ": " + how
		}
	}
	return reading{StateCrashLoop, rawf("%s%s", Counted(f.restarts(unit), "restart"), why)}
}

// runs reports whether anything of a VM may be running: its verdict and its
// freshness ask, not its display.
func (f *Facts) runs(vm Raw) bool {
	unit := f.units[vm][RoleVM]
	return unit.IsUp()
}
