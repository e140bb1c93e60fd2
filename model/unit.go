package model

import (
	"strings"
	"time"
)

// Unit is a unit as systemd lists it. LoadState proves nothing about a VM: an
// instance of a template is "loaded" under any name.
type Unit struct {
	Name   Raw    `json:"name"`
	Load   string `json:"load"`
	Active string `json:"active"`
	Sub    string `json:"sub"`
	Job    *Job   `json:"job,omitempty"`
	// Properties is nil where they could not be read.
	Properties *UnitProperties `json:"properties,omitempty"`
}

// Job is a queued or running job of a unit.
type Job struct {
	ID   uint32 `json:"id"`
	Type string `json:"type"` // "start", "stop", "restart", …
}

// UnitProperties are the properties of a unit that do not come with the list:
// how it lives. How it is configured is in [UnitSettings].
// Times are the zero time where systemd has none.
type UnitProperties struct {
	// Brief: systemd was not asked for them all, since the unit's line in the list
	// is plain: it runs, has done its work, or is off. Of one that is up they are
	// its invocation, since when that is, and that nothing is wrong; of a VM's own
	// unit the true ActiveEnter and Restarts (0) too. The others are unknown.
	Brief          bool      `json:"brief,omitempty"`
	Fragment       Raw       `json:"fragment,omitempty"`
	DropIns        []Raw     `json:"drop_ins,omitempty"`
	Invocation     string    `json:"invocation,omitempty"` // 32 hexadecimal digits
	Type           string    `json:"type,omitempty"`       // "simple", "notify", "oneshot"
	Result         string    `json:"result,omitempty"`
	Restarts       uint32    `json:"restarts"`
	Condition      bool      `json:"condition"`             // the last check's result
	ConditionAt    time.Time `json:"condition_at,omitzero"` // zero: never checked, so Condition says nothing
	ActiveEnter    time.Time `json:"active_enter,omitzero"`
	ActiveExit     time.Time `json:"active_exit,omitzero"`
	InactiveEnter  time.Time `json:"inactive_enter,omitzero"`
	InactiveExit   time.Time `json:"inactive_exit,omitzero"`
	MainPID        int       `json:"main_pid,omitempty"`
	ExecMainCode   int32     `json:"exec_main_code,omitempty"` // CLD_EXITED 1, CLD_KILLED 2, CLD_DUMPED 3
	ExecMainStatus int32     `json:"exec_main_status,omitempty"`
	ControlGroup   Raw       `json:"control_group,omitempty"` // below the cgroup root, with a leading slash
	// TimeoutStart and TimeoutStop are the unit's own limits; 0 is none.
	TimeoutStart time.Duration `json:"timeout_start,omitempty"`
	TimeoutStop  time.Duration `json:"timeout_stop,omitempty"`
	StatusText   Raw           `json:"status_text,omitempty"`
	NeedReload   bool          `json:"need_reload,omitempty"`
}

// VMUnit is one of a VM's units.
type VMUnit struct {
	Role Role
	Unit Unit
}

// UnitOf is the unit in a role among some of a VM's; nil: systemd does not have
// it in memory.
func UnitOf(units []VMUnit, role Role) *Unit {
	for at := range units {
		if units[at].Role == role {
			return &units[at].Unit
		}
	}
	return nil
}

// Unit is the VM's unit in a role; nil: systemd does not have it in memory.
func (v *VM) Unit(role Role) *Unit { return UnitOf(v.Units, role) }

// MainUnit is microvm@NAME.service; nil: systemd does not have it in memory.
func (v *VM) MainUnit() *Unit { return v.Unit(RoleVM) }

// ActiveState is systemd's word for how far a unit is: one that it does not
// have in memory is inactive.
func (u *Unit) ActiveState() string {
	if u == nil {
		return "inactive"
	}
	return u.Active
}

// IsActive reports whether a unit came up, and nothing was heard of its end.
func (u *Unit) IsActive() bool { return u.ActiveState() == "active" }

// IsFailed reports whether systemd has a unit for failed.
func (u *Unit) IsFailed() bool { return u.ActiveState() == "failed" }

// IsUp reports whether anything of a unit may be running, on its way up or down
// too.
func (u *Unit) IsUp() bool {
	switch u.ActiveState() {
	case "active", "activating", "reloading", "refreshing", "deactivating":
		return true
	}
	return false
}

// IsChanging reports whether a unit is between two states, or about to be.
func (u *Unit) IsChanging() bool {
	return u != nil && (u.Job != nil || u.Active == "activating" || u.Active == "deactivating")
}

// AwaitsRestart reports whether systemd starts a unit again in a moment: it is
// between two lives of a crash loop (auto-restart-queued: since systemd 254).
func (u *Unit) AwaitsRestart() bool {
	return u.ActiveState() == "activating" && strings.HasPrefix(u.Sub, "auto-restart")
}

// AwaitsStart reports whether a unit that is off has a job that will start it.
func (u *Unit) AwaitsStart() bool {
	return u != nil && (u.Active == "inactive" || u.Active == "failed") && u.Job != nil &&
		(u.Job.Type == "start" || u.Job.Type == "restart")
}

// Invocation is which run of the unit it is; empty: unknown.
func (u *Unit) Invocation() string { return u.Known().Invocation }

// Known are a unit's properties, or those of one of which nothing is known.
func (u *Unit) Known() *UnitProperties {
	if u == nil || u.Properties == nil {
		return &UnitProperties{}
	}
	return u.Properties
}

// How a process ended, as waitid(2) says: the status is an exit code, or a
// signal.
const (
	cldExited = 1
	cldKilled = 2
)

// Ending says how a unit's process ended, as far as systemd still knows: "exit
// code 3". Empty: well, or it does not know.
func (u *Unit) Ending() Raw {
	switch p := u.Known(); {
	case p.Result == "" || p.Result == "success":
		return ""
	case p.Result == "exit-code" && p.ExecMainCode == cldExited && p.ExecMainStatus != 0:
		return rawf("exit code %d", p.ExecMainStatus)
	case p.Result == "signal" && p.ExecMainStatus != 0:
		return rawf("killed by signal %d", p.ExecMainStatus)
	default:
		return Raw(p.Result)
	}
}

// because is the ending as a part of a sentence.
func (u *Unit) because() Raw {
	if how := u.Ending(); how != "" {
		return ": " + how
	}
	return ""
}
