package doctor

import (
	"strings"
	"time"

	"microtui/model"
)

// unitOf is a VM's unit in a role; nil: systemd does not have it in memory.
func unitOf(vm *model.VM, role model.Role) *model.Unit {
	for at := range vm.Units {
		if vm.Units[at].Role == role {
			return &vm.Units[at].Unit
		}
	}
	return nil
}

func isUp(u *model.Unit) bool {
	if u == nil {
		return false
	}
	switch u.Active {
	case "active", "activating", "reloading", "refreshing", "deactivating":
		return true
	}
	return false
}

// isSettled reports whether nothing is under way with a unit.
func isSettled(u *model.Unit) bool {
	return u == nil || u.Job == nil && u.Active != "activating" && u.Active != "deactivating"
}

func isFailed(u *model.Unit) bool { return u != nil && u.Active == "failed" }

// awaitsRestart reports whether systemd will start a unit again in a moment
// (auto-restart-queued: since systemd 254).
func awaitsRestart(u *model.Unit) bool {
	return u != nil && u.Active == "activating" && strings.HasPrefix(u.Sub, "auto-restart")
}

// properties are a unit's, or those of a unit of which nothing is known.
func properties(u *model.Unit) *model.UnitProperties {
	if u == nil || u.Properties == nil {
		return &model.UnitProperties{}
	}
	return u.Properties
}

// cldExited is CLD_EXITED of waitid(2): the status is an exit code.
const cldExited = 1

// ended says how a unit's process ended, as far as systemd still knows; empty:
// well, or it does not know.
func ended(u *model.Unit) model.Raw {
	switch p := properties(u); {
	case p.Result == "" || p.Result == "success":
		return ""
	case p.Result == "exit-code" && p.ExecMainCode == cldExited && p.ExecMainStatus != 0:
		return rawf("exit code %d", p.ExecMainStatus)
	case p.Result == "signal" && p.ExecMainStatus != 0:
		return rawf("killed by signal %d", p.ExecMainStatus)
	default:
		return model.Raw(p.Result)
	}
}

// ending says how a unit's process ended, in every case.
func ending(u *model.Unit) model.Raw {
	if how := ended(u); how != "" {
		return how
	}
	return "no longer known how"
}

// lastLifeWasActive reports whether a unit came up after its last start.
func lastLifeWasActive(p *model.UnitProperties) bool {
	return !p.ActiveEnter.IsZero() && !p.ActiveEnter.Before(p.InactiveExit)
}

// upFor is how long a unit has been active; 0: it is not.
func (h *host) upFor(u *model.Unit) time.Duration {
	if p := properties(u); u != nil && u.Active == "active" && !p.ActiveEnter.IsZero() {
		return h.At.Sub(p.ActiveEnter)
	}
	return 0
}
