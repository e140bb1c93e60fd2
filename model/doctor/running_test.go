package doctor_test

import (
	"strings"
	"time"

	"microtui/model"
)

// unit finds a VM's unit, or adds it as active since the VMs were started.
func (h *host) unit(role model.Role, vm model.Raw) *model.Unit {
	name := model.UnitName(role, vm)
	for i := range h.o.Units {
		if h.o.Units[i].Name == name {
			return &h.o.Units[i]
		}
	}
	h.o.Units = append(h.o.Units, model.Unit{Name: name, Load: "loaded", Active: "active", Sub: "exited",
		Properties: &model.UnitProperties{Type: "oneshot", Result: "success", Condition: true, ConditionAt: started,
			InactiveExit: started, ActiveEnter: started, TimeoutStart: 150 * time.Second, TimeoutStop: 150 * time.Second}})
	return &h.o.Units[len(h.o.Units)-1]
}

// running starts a VM: its units are active, its TAP is in the bridge and held,
// its share is served.
func (h *host) running(vm model.Raw) *host {
	for _, role := range []model.Role{model.RoleSetBooted, model.RoleTap, model.RoleVirtiofsd, model.RoleVM} {
		h.unit(role, vm)
	}
	main := h.unit(model.RoleVM, vm)
	main.Sub, main.Properties.Type = "running", "simple"
	h.unit(model.RoleVirtiofsd, vm).Properties.Type = "notify"
	h.process(vm, model.RoleVM).Holds = []model.Raw{"vm-" + vm}
	h.tap("vm-" + vm).Carrier = ptr(true)
	h.serve(vm, "/nix/store")
	d := h.dir(vm)
	d.Booted = &model.Symlink{Target: d.Current.Target, UID: microvmUID}
	return h
}

// ended puts a VM's own unit into a state, with how it came there.
func (h *host) ended(vm model.Raw, active, sub, result string, change ...func(*model.UnitProperties)) *host {
	u := h.unit(model.RoleVM, vm)
	u.Active, u.Sub, u.Properties.Result = active, sub, result
	u.Properties.ActiveExit, u.Properties.InactiveEnter = switched, switched.Add(40*time.Second)
	for _, c := range change {
		c(u.Properties)
	}
	return h
}

// stopped stops a VM cleanly: what it had is gone.
func (h *host) stopped(vm model.Raw) *host {
	h.gone(vm)
	for _, role := range []model.Role{model.RoleSetBooted, model.RoleTap, model.RoleVirtiofsd} {
		u := h.unit(role, vm)
		u.Active, u.Sub = "inactive", "dead"
	}
	return h.ended(vm, "inactive", "dead", "success")
}

// gone takes away a VM's processes and interfaces.
func (h *host) gone(vm model.Raw) {
	kept := h.o.Processes[:0]
	for _, p := range h.o.Processes {
		if !strings.Contains(string(p.Cgroup), "@"+string(vm)+".service") {
			kept = append(kept, p)
		}
	}
	h.o.Processes = kept
	links := h.o.Links[:0]
	for _, l := range h.o.Links {
		if l.Name != "vm-"+vm {
			links = append(links, l)
		}
	}
	h.o.Links = links
	if d := h.dir(vm); d != nil {
		d.Booted = nil
	}
}

// process adds a process to the cgroup of a VM's unit, working in its
// directory.
func (h *host) process(vm model.Raw, role model.Role) *model.Process {
	h.lastPID++
	p := model.Process{PID: h.lastPID, Started: uint64(h.lastPID), Comm: "qemu-system-x86", Argv0: "microvm@" + vm,
		Cgroup: "/system.slice/system-microvm.slice/" + model.UnitName(role, vm),
		Cwd:    &model.ProcessDir{Path: stateDir + "/" + vm}}
	if d := h.dir(vm); d != nil {
		p.Cwd.ID = d.ID
	}
	h.o.Processes = append(h.o.Processes, p)
	return &h.o.Processes[len(h.o.Processes)-1]
}

// serve adds a virtiofsd that serves what a source names now.
func (h *host) serve(vm, source model.Raw) *model.Served {
	p := h.process(vm, model.RoleVirtiofsd)
	p.Comm, p.Argv0 = "virtiofsd", "/nix/store/v/bin/virtiofsd"
	p.Serves = &model.Served{Source: source, Socket: "x.sock", ID: h.source(source).ID, Path: "/"}
	return p.Serves
}
