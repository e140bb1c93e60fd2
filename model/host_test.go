package model_test

import (
	"fmt"
	"testing"
	"time"

	"microtui/model"
)

// The fixed points of every host that the tests build.
const (
	stateDir   = "/var/lib/microvms"
	microvmUID = 990
	newest     = 42 // the generation in use; 41 is the one before
)

var (
	now       = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	removedAt = time.Date(2026, 11, 3, 8, 0, 0, 0, time.UTC) // generation 42
	installed = removedAt.AddDate(0, 0, -7)
)

// host builds an observation. Its methods say what happened on the host; each
// leaves what microvm.nix would leave.
type host struct {
	o       model.Observation
	lastPID int
	lastIno uint64
}

func ptr[T any](v T) *T { return &v }

// newHost is a host with microvm.nix's module and no VM, read as root, with
// the live system, the newest one and two generations.
func newHost() *host {
	return &host{lastPID: 1000, lastIno: 100, o: model.Observation{
		Schema: model.ObservationSchema, At: now,
		Host:     model.Host{Name: "nixhost", Privileged: true, MicrovmUID: ptr(uint32(microvmUID))},
		Template: &model.Template{Fragment: "/etc/systemd/system/microvm@.service", StateDir: stateDir, SetBooted: true, RunnerScripts: true, Registers: true},
		StateDir: model.StateDir{Path: stateDir, Real: stateDir, Exists: true, Filesystem: "ext4", ID: model.FileID{Dev: 1, Ino: 2}},
		Systems: []model.System{
			{Kind: model.SystemLive, Path: "/nix/store/s42-nixos", HostModule: true, CanSwitch: true},
			{Kind: model.SystemNewest, Path: "/nix/store/s42-nixos", Generation: newest, HostModule: true, CanSwitch: true},
			{Kind: model.SystemGeneration, Path: "/nix/store/s42-nixos", Generation: newest, Since: removedAt, HostModule: true},
			{Kind: model.SystemGeneration, Path: "/nix/store/s41-nixos", Generation: newest - 1, Since: installed.Add(-time.Minute), HostModule: true},
		},
	}}
}

func (h *host) inventory() model.Inventory { return model.Interpret(h.o) }

// vm is the only VM of that name.
func (h *host) vm(t *testing.T, name model.Raw) model.VM {
	t.Helper()
	for _, vm := range h.inventory().VMs {
		if vm.Name == name {
			return vm
		}
	}
	t.Fatalf("no VM %q is listed", name)
	return model.VM{}
}

// verdicts are those of everything listed, by kind and name.
func (h *host) verdicts() map[string]model.Verdict {
	inventory := h.inventory()
	verdicts := make(map[string]model.Verdict)
	for _, vm := range inventory.VMs {
		verdicts["vm "+string(vm.Name)] = vm.Verdict
	}
	for _, l := range inventory.Leftovers {
		verdicts[string(l.Ref.Kind)+" "+string(l.Ref.Name)] = l.Verdict
	}
	return verdicts
}

// system finds a system by kind, and makes it where there is none.
func (h *host) system(kind model.SystemKind, generation int) *model.System {
	for i := range h.o.Systems {
		s := &h.o.Systems[i]
		if s.Kind == kind && (kind != model.SystemGeneration || s.Generation == generation) {
			return s
		}
	}
	h.o.Systems = append(h.o.Systems, model.System{Kind: kind, Name: model.Raw(kind), Generation: generation,
		Path: model.Raw(fmt.Sprintf("/nix/store/s%s%d-nixos", kind, generation)), HostModule: true,
		Since: removedAt.AddDate(0, 0, 10*(generation-newest))})
	return &h.o.Systems[len(h.o.Systems)-1]
}

// declare adds a declaration to a system.
func (h *host) declare(kind model.SystemKind, generation int, d model.Declaration) *host {
	s := h.system(kind, generation)
	s.Declared = append(s.Declared, d)
	return h
}

func configOf(name model.Raw) model.Declaration {
	return model.Declaration{Name: name, Runner: runnerOf(name), Toplevel: "/nix/store/t-nixos-system-" + name}
}

func flakeOf(name model.Raw, ref model.Raw) model.Declaration {
	return model.Declaration{Name: name, Runner: runnerOf(name), Flake: ref}
}

func runnerOf(name model.Raw) model.Raw { return "/nix/store/r-microvm-qemu-" + name }

// runner adds a runner with one TAP, vm-NAME.
func (h *host) runner(name model.Raw) *model.Runner {
	return h.runnerAt(runnerOf(name), name)
}

func (h *host) runnerAt(path, name model.Raw) *model.Runner {
	for i := range h.o.Runners {
		if h.o.Runners[i].Path == path {
			return &h.o.Runners[i]
		}
	}
	h.o.Runners = append(h.o.Runners, model.Runner{Path: path, Trusted: true, Hypervisor: "qemu", HostName: name,
		Bin: []model.Raw{"microvm-run", "microvm-shutdown", "tap-up", "tap-down"}, Taps: []model.Raw{"vm-" + name}})
	return &h.o.Runners[len(h.o.Runners)-1]
}

// directory adds a VM's directory with `current`, owned by a user.
func (h *host) directory(name model.Raw, uid uint32) *model.Directory {
	h.runner(name)
	h.lastIno++
	h.o.StateDir.Directories = append(h.o.StateDir.Directories, model.Directory{
		Name: name, ID: model.FileID{Dev: 1, Ino: h.lastIno}, UID: uid, Mode: 0o755,
		Current: &model.Symlink{Target: runnerOf(name), UID: uid, Modified: installed},
	})
	return h.dir(name)
}

func (h *host) dir(name model.Raw) *model.Directory {
	for i := range h.o.StateDir.Directories {
		if d := &h.o.StateDir.Directories[i]; d.Name == name {
			return d
		}
	}
	return nil
}

// toplevelDir and flakeDir are directories as NixOS leaves them.
func (h *host) toplevelDir(name model.Raw) *host {
	h.directory(name, microvmUID).Toplevel = &model.Symlink{Target: "/nix/store/t-nixos-system-" + name}
	return h
}

func (h *host) flakeDir(name, ref model.Raw) *host {
	h.directory(name, microvmUID).Flake = &model.Flake{Ref: ref, Newline: true, UID: microvmUID}
	return h
}

// declared is a fully declarative VM, installed.
func (h *host) declared(name model.Raw) *host {
	return h.toplevelDir(name).
		declare(model.SystemLive, 0, configOf(name)).
		declare(model.SystemNewest, 0, configOf(name)).
		declare(model.SystemGeneration, newest, configOf(name))
}

// undeclared is a fully declarative VM that generation 42 removed.
func (h *host) undeclared(name model.Raw) *host {
	return h.toplevelDir(name).declare(model.SystemGeneration, newest-1, configOf(name))
}

// imperative is what `microvm -c` leaves.
func (h *host) imperative(name model.Raw) *host {
	h.directory(name, 0).Flake = &model.Flake{Ref: "git+file:///etc/nixos"}
	return h.root(name, name, "current").root("booted-"+name, name, "booted")
}

// deployed is what microvm.deploy leaves, from the second time on.
func (h *host) deployed(name model.Raw) *host {
	d := h.directory(name, microvmUID)
	d.Current.UID = 0
	d.Old = &model.Symlink{Target: runnerOf(name) + "-old"}
	h.runnerAt(d.Old.Target, name)
	return h.root(name, name, "current").root("booted-"+name, name, "booted").root("old-"+name, name, "old")
}

// manual is a directory that another tool made.
func (h *host) manual(name model.Raw) *host {
	h.directory(name, 0)
	return h
}

// root adds a gcroot link into the directory of a VM.
func (h *host) root(name, vm model.Raw, link string) *host {
	return h.rootTo(name, model.Raw(stateDir+"/"+string(vm)+"/"+link))
}

func (h *host) rootTo(name, target model.Raw) *host {
	h.o.GCRoots = append(h.o.GCRoots, model.GCRoot{Name: name, Target: target})
	return h
}

// removeDir is rm -rf of a VM's directory.
func (h *host) removeDir(name model.Raw) *host {
	kept := h.o.StateDir.Directories[:0]
	for _, d := range h.o.StateDir.Directories {
		if d.Name != name {
			kept = append(kept, d)
		}
	}
	h.o.StateDir.Directories = kept
	return h
}

// unit adds a unit, or finds it.
func (h *host) unit(name model.Raw, active, sub string) *model.Unit {
	for i := range h.o.Units {
		if h.o.Units[i].Name == name {
			h.o.Units[i].Active, h.o.Units[i].Sub = active, sub
			return &h.o.Units[i]
		}
	}
	h.o.Units = append(h.o.Units, model.Unit{Name: name, Load: "loaded", Active: active, Sub: sub,
		Properties: &model.UnitProperties{Type: "simple", Result: "success", Invocation: "0123456789abcdef0123456789abcdef"}})
	return &h.o.Units[len(h.o.Units)-1]
}

// main is a VM's own unit.
func (h *host) main(vm model.Raw, active, sub string) *model.Unit {
	return h.unit(model.UnitName(model.RoleVM, vm), active, sub)
}

// badly ends a unit's process with an exit code.
func badly(u *model.Unit) *model.Unit {
	u.Properties.Result, u.Properties.ExecMainCode, u.Properties.ExecMainStatus = "exit-code", 1, 3
	return u
}

// running starts a VM under its units: its TAP is up and held, booted is
// current.
func (h *host) running(vm model.Raw) *host {
	h.main(vm, "active", "running").Properties.ActiveEnter = now.Add(-12 * 24 * time.Hour)
	h.unit(model.UnitName(model.RoleSetBooted, vm), "active", "exited")
	h.unit(model.UnitName(model.RoleTap, vm), "active", "exited")
	p := h.process(vm, model.RoleVM)
	p.Holds = []model.Raw{"vm-" + vm}
	h.tap("vm-" + vm).Carrier = ptr(true)
	if d := h.dir(vm); d != nil {
		d.Booted = &model.Symlink{Target: d.Current.Target, UID: microvmUID}
	}
	return h
}

// process adds a process to the cgroup of a VM's unit, working in its
// directory.
func (h *host) process(vm model.Raw, role model.Role) *model.Process {
	p := h.looseProcess("microvm@"+vm, vm)
	p.Cgroup = "/system.slice/system-microvm.slice/" + model.UnitName(role, vm)
	return p
}

// looseProcess adds a process of a user's session, working in a directory.
func (h *host) looseProcess(argv0, vm model.Raw) *model.Process {
	h.lastPID++
	p := model.Process{PID: h.lastPID, Started: uint64(h.lastPID), Comm: "qemu-system-x86", Argv0: argv0,
		Cgroup: "/user.slice/user-0.slice/session-1.scope",
		Cwd:    &model.ProcessDir{Path: model.Raw(stateDir + "/" + string(vm))}}
	if d := h.dir(vm); d != nil {
		p.Cwd.ID = d.ID
	}
	h.o.Processes = append(h.o.Processes, p)
	return &h.o.Processes[len(h.o.Processes)-1]
}

// deleteUnderneath is rm -rf of the directory of a VM that runs.
func (h *host) deleteUnderneath(vm model.Raw) *host {
	for i := range h.o.Processes {
		if cwd := h.o.Processes[i].Cwd; cwd.Path == model.Raw(stateDir+"/"+string(vm)) {
			cwd.Deleted = true
		}
	}
	return h.removeDir(vm)
}

// tap adds a TAP as tap-up makes it.
func (h *host) tap(name model.Raw) *model.Link {
	return h.link(model.Link{Name: name, Kind: "tun", Tap: true, Persistent: true, VnetHdr: true,
		Owner: ptr(uint32(microvmUID)), Up: true, Carrier: ptr(false)})
}

func (h *host) macvtap(name model.Raw) *model.Link {
	return h.link(model.Link{Name: name, Kind: "macvtap", Mode: "bridge", DeviceOwner: ptr(uint32(microvmUID)), Up: true})
}

func (h *host) link(l model.Link) *model.Link {
	for i := range h.o.Links {
		if h.o.Links[i].Name == l.Name {
			return &h.o.Links[i]
		}
	}
	l.Index = 10 + len(h.o.Links)
	h.o.Links = append(h.o.Links, l)
	return &h.o.Links[len(h.o.Links)-1]
}

func (h *host) autostart(name model.Raw) *host {
	s := h.system(model.SystemLive, 0)
	s.Autostart = append(s.Autostart, name)
	return h
}

func (h *host) keep(kind model.Kind, name model.Raw) *host {
	h.o.Keep = append(h.o.Keep, model.KeepEntry{Kind: kind, Name: name, Note: "wanted"})
	return h
}

func (h *host) fault(source model.Source) *host {
	h.o.Faults = append(h.o.Faults, model.Fault{Source: source, Error: "permission denied"})
	return h
}

func (h *host) unmounted(where model.Raw) *host {
	h.o.StateDir.Mounts = append(h.o.StateDir.Mounts, model.Mount{Unit: "x.mount", Where: where})
	return h
}

// do changes a host in a table where no method says what happened.
func (h *host) do(change func(*host)) *host {
	change(h)
	return h
}
