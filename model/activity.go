package model

import "time"

// subWords say what a service of systemd is at in its substates
// (service_state of systemd).
var subWords = map[string]Raw{
	"start-pre":     "preparing the hypervisor",
	"start":         "waiting for the guest to report that it is up",
	"start-post":    "registering the VM",
	"running":       "checking that the hypervisor stays up",
	"stop":          "asking the guest to shut down",
	"stop-sigterm":  "sent SIGTERM to the hypervisor",
	"stop-sigkill":  "sent SIGKILL to the hypervisor",
	"stop-post":     "cleaning up",
	"final-sigterm": "sent SIGTERM to its remaining processes",
	"final-sigkill": "sent SIGKILL to its remaining processes",
	"auto-restart":  "waiting to be restarted",

	"auto-restart-queued": "waiting to be restarted", // since systemd 254
}

// Activity says in a few words what an action on a VM waits for, from its
// units.
func Activity(action Action, units []VMUnit) Raw {
	vm := VM{Units: units}
	main := vm.MainUnit()
	verb := Raw("stopping: ")
	if action.Starts() && (action == ActionStart || !main.goesDown()) {
		verb = "starting: "
	}
	switch {
	case main.ActiveState() == "activating" && main.Sub == "start" && main.Known().StatusText != "":
		return verb + "the guest reports: " + main.Known().StatusText
	case main != nil && main.Active != "inactive" && main.Active != "failed" && subWords[main.Sub] != "" &&
		(main.Sub != "running" || action.Starts()):
		return verb + subWords[main.Sub]
	}
	if helper := busyHelper(units); helper != nil {
		return verb + "waiting for " + helper.Name
	}
	return verb + "job is queued"
}

// goesDown reports whether a unit that is to be restarted has not ended yet.
func (u *Unit) goesDown() bool {
	return u.ActiveState() == "deactivating" || u.ActiveState() == "active" && u.Job != nil
}

// busyHelper is the first unit, in the order of a start, that is between two
// states.
func busyHelper(units []VMUnit) *Unit {
	for i := range units {
		unit := &units[i].Unit
		if units[i].Role != RoleVM && (unit.Active == "activating" || unit.Active == "deactivating" || unit.Job != nil) {
			return unit
		}
	}
	return nil
}

// Deadline is how long an action may take by the unit's own limits: what a
// guest has to shut down, to come up, or both; 0: for ever, or the limits are
// not known. One that shuts down later is killed, so that a stop can outlast it:
// systemd gives each of SIGTERM, SIGKILL and ExecStopPost= as long again
// (systemd.service(5)).
func Deadline(action Action, p *UnitProperties) time.Duration {
	limit := UnitTimeout(action, p)
	if action != ActionRestart || limit == 0 {
		return limit
	}
	if p.TimeoutStop == 0 {
		return 0
	}
	return p.TimeoutStop + limit
}

// UnitTimeout is the unit's own limit that an action can run into; 0: none.
func UnitTimeout(action Action, p *UnitProperties) time.Duration {
	switch {
	case p == nil:
		return 0
	case action.Starts():
		return p.TimeoutStart
	}
	return p.TimeoutStop
}
