package systemd

import (
	"time"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// invocations is where systemd keeps a link for each unit that it has started a
// process for and that is not off, "invocation:UNIT", whose target is the
// invocation's id. It is made right before the first process of an invocation,
// and stays as it is over a daemon-reload and a daemon-reexec.
const invocations = "/run/systemd/units/invocation:"

// saysAll reports whether the list says of a unit all but what brief asks for:
// it runs, has done its work, or is off and has nothing to tell. A VM's own unit
// that is off is always worth a look: one whose helper failed during a restart
// ends "inactive" with the reason in its Result.
func saysAll(u model.Unit, l line) bool {
	role, _, ours := model.ParseUnitName(u.Name)
	if !ours || u.Load != "loaded" || u.Job != nil {
		return false
	}
	switch u.Active {
	case "active":
		return l.invocation != "" && (u.Sub == "running" || u.Sub == "exited" && role != model.RoleVM)
	case "inactive":
		return u.Sub == "dead" && role != model.RoleVM
	}
	return false
}

// brief are the properties of a plain unit, as far as they follow from that.
func brief(u model.Unit, l line) model.UnitProperties {
	p := model.UnitProperties{Brief: true, Result: "success"}
	if u.Active == "active" {
		p.Invocation, p.Condition = l.invocation, true
		p.InactiveExit, p.ActiveEnter = l.since, l.since
	}
	return p
}

// restarts and activeEnter are what a VM's row needs beyond that, and result
// what may be wrong with a unit that is off and that systemd would have started
// again by itself.
var (
	restarts    = named(serviceIface, "NRestarts")
	activeEnter = named(unitIface, "ActiveEnterTimestamp")
	result      = named(serviceIface, "Result")
)

// briefly are the properties of a plain unit that have to be asked for. What
// differs from the plain there makes it one that is read as a whole.
func briefly(u model.Unit) []property {
	role, _, _ := model.ParseUnitName(u.Name)
	switch {
	case role == model.RoleVM:
		return []property{restarts, activeEnter}
	case role == model.RoleVirtiofsd && u.Active == "inactive":
		return []property{result}
	}
	return nil
}

// isHealthy reports whether what was asked of a plain unit is plain too.
func isHealthy(p *model.UnitProperties) bool { return p.Restarts == 0 && p.Result == "success" }

// readInvocation gives the invocation of a unit that is not off, and since when
// it is; empty: there is no link, as the unit has just ended, or no process was
// ever started for it.
func readInvocation(unit model.Raw, buf []byte) (id string, since time.Time) {
	path := invocations + string(unit)
	n, err := unix.Readlink(path, buf)
	if err != nil {
		return "", time.Time{}
	}
	var st unix.Stat_t
	if unix.Lstat(path, &st) != nil {
		return "", time.Time{}
	}
	return string(buf[:n]), time.Unix(st.Mtim.Unix()).UTC()
}
