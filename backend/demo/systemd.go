package demo

import (
	"time"

	"microtui/model"
)

// restartPause is microvm@'s RestartSec.
const restartPause = 5 * time.Second

// stopTimeout is microvm@'s TimeoutSec.
const stopTimeout = 150 * time.Second

// roles are the units that systemd may hold under a VM's name: the install
// unit first, the hypervisor's own last.
var roles = append([]model.Role{model.RoleInstall}, model.Roles...)

// Places in roles.
const (
	install = iota
	setBooted
	tapInterfaces
	macvtapInterfaces
	pciDevices
	virtiofsd
	vm
)

// unitName reports whether a VM's name can be part of a unit's: systemd takes
// nothing else (unit_name_is_valid), and nixpkgs checks the same.
func unitName(name model.Raw) bool {
	for _, c := range []byte(name) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case c == ':', c == '-', c == '_', c == '.', c == '\\', c == '@':
		default:
			return false
		}
	}
	return name != ""
}

// instance is all that systemd holds under one name.
type instance struct {
	name  model.Raw
	units [vm + 1]unit

	names, cgroups [vm + 1]model.Raw
	overrides      [vm + 1][]model.Raw // drop-ins, once they were asked for

	hypervisor *process
	shares     *process
	runs       *build // what the hypervisor was started from
	loop       *loop  // it crashes again and again
	doom       *loop  // what its loop was before it was stopped
	deaf       bool   // its guest does not react when asked to shut down
	load       load   // what it uses
}

// unit is one unit's state as far as it is remembered.
type unit struct {
	active, sub string
	result      string
	restarts    uint32
	invocation  string
	condition   bool
	conditionAt time.Time
	enter, exit time.Time // active
	leave, rest time.Time // left inactive, entered inactive
	pid         int
	code        int32
	status      int32
}

func instanceName(in *instance) model.Raw { return in.name }

// instance is what systemd holds under a name, now that something asks for it.
func (h *Host) instance(name model.Raw) *instance {
	if in, ok := find(h.instances, name, instanceName); ok {
		return in
	}
	in := &instance{name: name}
	for i, role := range roles {
		in.names[i] = model.UnitName(role, name)
		in.cgroups[i] = cgroup(i, in.names[i])
		in.units[i] = unit{active: "inactive", sub: "dead", result: "success"}
	}
	in.load = h.character(name)
	h.instances = insert(h.instances, in, instanceName)
	return in
}

// peek is what systemd holds under a name; nil: nothing.
func (h *Host) peek(name model.Raw) *instance {
	in, _ := find(h.instances, name, instanceName)
	return in
}

// running reports whether the VM's own unit is up: active, or about to be.
func (in *instance) running() bool {
	return in != nil && in.units[vm].active != "inactive" && in.units[vm].active != "failed"
}

// begin makes a unit active.
func (h *Host) begin(u *unit, sub string, pid int) {
	*u = unit{
		active: "active", sub: sub, result: "success", restarts: u.restarts,
		invocation: h.hex(32), condition: true, conditionAt: h.now,
		enter: h.now, leave: h.now, rest: u.rest, exit: u.exit, pid: pid,
	}
}

// skip is a start whose condition fails: systemd reports success.
func (h *Host) skip(u *unit) {
	u.condition, u.conditionAt = false, h.now
	u.active, u.sub = "inactive", "dead"
}

// end makes a unit inactive.
func (h *Host) end(u *unit) {
	if u.active == "inactive" {
		return
	}
	u.active, u.sub, u.result = "inactive", "dead", "success"
	u.exit, u.rest, u.pid, u.restarts = h.now, h.now, 0, 0
}

// fail makes a unit failed. A negative status is a signal.
func (h *Host) fail(u *unit, status int32) {
	u.active, u.sub, u.result = "failed", "failed", "exit-code"
	u.code, u.status = 1, status
	if status < 0 {
		u.result, u.code, u.status = "signal", 2, -status
	}
	u.exit, u.rest, u.pid = h.now, h.now, 0
}

// missingScript is systemd's exit status where ExecStart or ExecStop is not
// there (EXIT_EXEC); missingDirectory where WorkingDirectory is (EXIT_CHDIR).
const (
	missingScript    = 203
	missingDirectory = 200
)

// up starts a VM's units in their order. It does what the conditions allow;
// false: microvm@ itself was skipped.
func (h *Host) up(in *instance) bool {
	d := h.dir(in.name)
	var b *build
	if d != nil {
		b = d.current.works()
	}
	if b == nil {
		h.skip(&in.units[vm])
		return false
	}
	d.booted, d.changed = h.link(b, uidMicrovm), h.now
	in.runs, in.load.cpuUsec = b, 0
	h.fill(d, b)
	if !h.settings.Version.LeaksTaps {
		h.begin(&in.units[setBooted], "exited", 0)
	}
	h.upHelper(&in.units[tapInterfaces], len(b.runner.Taps) > 0, func() { h.tapUp(b) })
	h.upHelper(&in.units[macvtapInterfaces], len(b.runner.Macvtaps) > 0, func() { h.macvtapUp(b) })
	h.upHelper(&in.units[pciDevices], len(b.runner.PCI) > 0, func() {})
	if len(b.runner.Shares) > 0 {
		in.shares = h.spawn(model.Process{
			UID: uidRoot, Comm: "supervisord", Argv0: "supervisord",
			Cgroup: in.cgroups[virtiofsd],
		}, d, "virtiofsd")
		in.shares.serve = h.beginServing(d, b)
		h.begin(&in.units[virtiofsd], "running", in.shares.PID)
	} else {
		h.skip(&in.units[virtiofsd])
	}
	in.hypervisor = h.spawn(model.Process{
		UID: uidMicrovm, Comm: comm(b.runner.Hypervisor), Argv0: "microvm@" + b.runner.HostName,
		Cgroup: in.cgroups[vm],
	}, d, "hypervisor")
	for _, tap := range b.runner.Taps {
		in.hypervisor.hold(h.linkNamed(tap))
	}
	for _, m := range b.runner.Macvtaps {
		in.hypervisor.hold(h.linkNamed(m.Name))
	}
	h.begin(&in.units[vm], "running", in.hypervisor.PID)
	h.born(in)
	return true
}

func (h *Host) upHelper(u *unit, wanted bool, script func()) {
	if !wanted {
		h.skip(u)
		return
	}
	script()
	h.begin(u, "exited", 0)
}

// down stops a VM's units, the VM's own first. The scripts of a stop are
// looked up in DIR/booted, by the VM's name, at this moment.
func (h *Host) down(in *instance) {
	d := h.dir(in.name)
	var b *build
	if d != nil {
		b = d.booted.works()
	}
	h.diary(in.name).close(h.now, shutDown, 0)
	h.kill(in.hypervisor)
	h.kill(in.shares)
	in.hypervisor, in.shares, in.runs, in.loop = nil, nil, nil, nil

	switch u := &in.units[vm]; {
	case b == nil && u.active == "active":
		h.fail(u, missingScript)
	case b != nil && !hasShutdown(b) && u.active == "active":
		h.fail(u, missingScript) // cosmetic: the guest was powered off by SIGTERM
	default:
		h.end(u)
	}
	if h.settings.Version.LeaksTaps {
		if d != nil {
			d.booted, d.changed = nil, h.now // post-stop, before tap-down is looked up
		}
		b = nil
	}
	h.downHelper(&in.units[tapInterfaces], b, h.tapDown)
	h.downHelper(&in.units[macvtapInterfaces], b, h.macvtapDown)
	h.end(&in.units[pciDevices])
	h.end(&in.units[virtiofsd])
	if u := &in.units[setBooted]; u.active == "active" {
		if d == nil {
			h.fail(u, missingDirectory)
		} else {
			d.booted, d.changed = nil, h.now
			h.end(u)
		}
	}
}

func (h *Host) downHelper(u *unit, b *build, script func(*build)) {
	if u.active != "active" {
		return
	}
	if b == nil {
		h.fail(u, missingScript)
		return
	}
	script(b)
	h.end(u)
}

func hasShutdown(b *build) bool { return b.runner.Has("microvm-shutdown") }

// again is one turn of Restart=always: helpers stop and start with the VM, so
// its interfaces are made anew. Where the condition no longer holds, the VM
// ends inactive and its helpers failed.
func (h *Host) again(in *instance) {
	u := &in.units[vm]
	restarts, loop := u.restarts+1, in.loop
	u.active = "activating" // auto-restart: ExecStop does not run again
	h.down(in)
	if h.up(in) {
		in.loop = loop
	}
	in.units[vm].restarts = restarts
	if l := h.diary(in.name).open(); l != nil {
		l.restarts = restarts
	}
}

// sliceOf holds the slice of each template, as systemd escapes their names.
var sliceOf = [...]model.Raw{
	setBooted:         `system-microvm\x2dset\x2dbooted.slice`,
	tapInterfaces:     `system-microvm\x2dtap\x2dinterfaces.slice`,
	macvtapInterfaces: `system-microvm\x2dmacvtap\x2dinterfaces.slice`,
	pciDevices:        `system-microvm\x2dpci\x2ddevices.slice`,
	virtiofsd:         `system-microvm\x2dvirtiofsd.slice`,
	vm:                "system-microvm.slice",
}

func cgroup(role int, unit model.Raw) model.Raw {
	if role == install {
		return "/system.slice/" + unit
	}
	return "/system.slice/" + sliceOf[role] + "/" + unit
}
