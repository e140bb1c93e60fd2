package demo

import (
	"microtui/model"
	"microtui/model/order"
)

// observedUnits lists what systemd has in memory: units that are not plainly
// inactive, and those that something refers to (microvms.target wants the
// install units and the autostart list; a VM requires its helpers).
func (h *Host) observedUnits() []model.Unit {
	out := make([]model.Unit, 0, 8*len(h.instances))
	properties := make([]model.UnitProperties, 0, cap(out)+8)
	live := h.systems.live
	for _, name := range live.autostart {
		h.instance(name)
	}
	for _, in := range h.instances {
		up := in.running()
		wanted := live.starts(in.name)
		declared := live.declares(in.name)
		for i := range in.units {
			u := &in.units[i]
			referred := declared
			if i != install {
				referred = up || wanted
			}
			if u.active != "inactive" || referred && (i != setBooted || !h.settings.Version.LeaksTaps) {
				properties = append(properties, h.properties(in, i, declared))
				out = append(out, h.observedUnit(in, i, declared, &properties[len(properties)-1]))
			}
		}
	}
	for _, name := range live.templates {
		out = append(out, templateInstall(name))
	}
	order.By(out, func(a, b *model.Unit) int { return rawCompare(a.Name, b.Name) })
	return out
}

func (h *Host) observedUnit(in *instance, i int, declared bool, p *model.UnitProperties) model.Unit {
	u := &in.units[i]
	out := model.Unit{Name: in.names[i], Load: "loaded", Active: u.active, Sub: u.sub, Properties: p}
	if h.fileGone(i, declared) {
		out.Load = "not-found"
	}
	return out
}

// fileGone reports whether a unit's file is not there: only its state is left.
func (h *Host) fileGone(i int, declared bool) bool {
	return !h.systems.live.module || i == install && !declared
}

func (h *Host) properties(in *instance, i int, declared bool) model.UnitProperties {
	u := &in.units[i]
	p := model.UnitProperties{
		Invocation: u.invocation, Result: u.result, Restarts: u.restarts,
		Condition: u.condition, ConditionAt: u.conditionAt,
		ActiveEnter: u.enter, ActiveExit: u.exit, InactiveEnter: u.rest, InactiveExit: u.leave,
		MainPID: u.pid, ExecMainCode: u.code, ExecMainStatus: u.status,
	}
	if h.fileGone(i, declared) {
		return p
	}
	p.Fragment, p.Type = fragments[i], types[i]
	if i == install {
		p.Fragment = "/etc/systemd/system/" + in.names[i]
	}
	if i == vm {
		p.TimeoutStart, p.TimeoutStop = stopTimeout, stopTimeout
	}
	if declared && (i == vm || i == tapInterfaces || i == pciDevices || i == virtiofsd) {
		p.DropIns = in.dropIns(i)
	}
	if u.active == "active" || u.active == "activating" {
		p.ControlGroup = in.cgroups[i]
	}
	return p
}

// dropIns are the drop-ins that a declared VM's unit has.
func (in *instance) dropIns(i int) []model.Raw {
	if in.overrides[i] == nil {
		in.overrides[i] = []model.Raw{"/etc/systemd/system/" + in.names[i] + ".d/overrides.conf"}
	}
	return in.overrides[i]
}

var fragments, types = func() (f [vm + 1]model.Raw, t [vm + 1]string) {
	for i, role := range roles {
		f[i] = "/etc/systemd/system/" + model.UnitName(role, "")
		t[i] = "oneshot"
	}
	t[virtiofsd], t[vm] = "notify", "simple"
	return f, t
}()

// templateInstall is the unit that installs one of microvm.nix's proposed
// templates: infrastructure, whatever its name looks like.
func templateInstall(name model.Raw) model.Unit {
	unit := "install-microvm-template-" + name + ".service"
	return model.Unit{Name: unit, Load: "loaded", Active: "failed", Sub: "failed", Properties: &model.UnitProperties{
		Fragment: "/etc/systemd/system/" + unit, Type: "oneshot", Result: "exit-code", ExecMainCode: 1, ExecMainStatus: 1,
	}}
}

// unitSettings are those of the templates; what declared VMs have of their own
// decides nothing.
func (h *Host) unitSettings() []model.UnitSettings {
	if !h.systems.live.module {
		return nil
	}
	all := make([]model.UnitSettings, 0, len(roles))
	for i, role := range roles {
		if role == model.RoleInstall || role == model.RoleSetBooted && h.settings.Version.LeaksTaps {
			continue
		}
		s := model.UnitSettings{Name: model.UnitName(role, ""), Fragment: fragments[i], Type: types[i], Runs: true}
		if i == vm {
			s.Restart, s.RestartDelay = "always", restartPause
		}
		if i == vm || role == model.RoleSetBooted {
			s.User, s.Group = "microvm", "kvm"
		}
		all = append(all, s)
	}
	return all
}

// observedUsage are the cgroup figures of what runs.
func (h *Host) observedUsage() []model.Usage {
	out := make([]model.Usage, 0, 2*len(h.instances))
	for _, in := range h.instances {
		if in.shares != nil {
			cpu, memory := uint64(in.load.cpuUsec/40), uint64(18<<20)
			out = append(out, model.Usage{Unit: in.names[virtiofsd], CPUUsec: &cpu, CPUUserUsec: &cpu, CPUSystemUsec: new(uint64), Memory: &memory})
		}
		if in.hypervisor != nil {
			cpu, memory, kills := uint64(in.load.cpuUsec), in.load.resides, uint64(0)
			system := cpu / 4
			user := cpu - system
			out = append(out, model.Usage{Unit: in.names[vm], CPUUsec: &cpu, CPUUserUsec: &user, CPUSystemUsec: &system, Memory: &memory, OOMKills: &kills, Frozen: in.hypervisor.frozen})
		}
	}
	order.By(out, func(a, b *model.Usage) int { return rawCompare(a.Unit, b.Unit) })
	return out
}
