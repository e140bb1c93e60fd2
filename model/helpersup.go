package model

// HelpersUp are the units that set a VM up and are up without it: systemd
// leaves them so where a unit that the VM needs did not come up, and where its
// hypervisor ended and is not restarted.
func (v *VM) HelpersUp() []VMUnit {
	if main := v.MainUnit(); main.IsUp() || main.AwaitsStart() {
		return nil
	}
	return helpersUp(v.Units)
}

func helpersUp(units []VMUnit) []VMUnit {
	var up []VMUnit
	for _, u := range units {
		switch {
		case u.Role == RoleVM, u.Role == RoleInstall:
		case u.Unit.IsChanging():
			return nil // it is being started, or stopped
		case u.Unit.IsUp():
			up = append(up, u)
		}
	}
	return up
}

// rolesOf names units by their roles: "set-booted and tap-interfaces".
func rolesOf(units []VMUnit) Raw {
	var names []Raw
	for _, u := range units {
		names = append(names, Raw(u.Role))
	}
	return Raw(Listed(names))
}

// addHelpersUp notes what is up without the VM.
func (v *VM) addHelpersUp() {
	if up := v.HelpersUp(); len(up) > 0 && (v.State == StateStopped || v.State == StateFailed) {
		v.Notes = append(v.Notes, rolesOf(up)+" up without it")
	}
}

// helpersDown is the outcome of a stop of what was not running: what was up
// without it is stopped by that too.
func (e JobEnd) helpersDown() Outcome {
	if up := helpersUp(e.HelpersBefore); len(up) > 0 && len(helpersUp(e.Helpers)) == 0 {
		return Outcome{Result: ResultDone, Reason: rawf("it was not running; also stopped: %s", rolesOf(up))}
	}
	return Outcome{Result: ResultUnchanged, Reason: "it was not running"}
}
