package tui

import (
	"time"

	"microtui/model"
	"microtui/model/doctor"
)

// ward is a host on which much is wrong: web and mail see old secrets, api
// sees all; the bridge of db is down; twin wants the TAP of db, and shop the
// directory that nobody made; nobody wants the TAP vm-gone.
func ward() model.Observation {
	started, switched := now.Add(-72*time.Hour), now.Add(-time.Hour)
	w := &wardBuilder{started: started}
	w.o = model.Observation{
		Schema: model.ObservationSchema, At: now,
		Host:     model.Host{Name: "nixhost", Privileged: true, MicrovmUID: ptr(uint32(990)), BootedAt: started.Add(-time.Hour)},
		Template: &model.Template{Fragment: "/etc/systemd/system/microvm@.service", StateDir: "/var/lib/microvms", SetBooted: true, RunnerScripts: true},
		StateDir: model.StateDir{Path: "/var/lib/microvms", Real: "/var/lib/microvms", Exists: true, Space: &model.Room{Total: 1 << 40, Free: 1 << 39}},
		Systems: []model.System{
			{Kind: model.SystemLive, Path: "/nix/store/s-nixos-system-1", HostModule: true, CanSwitch: true},
			{Kind: model.SystemNewest, Path: "/nix/store/s-nixos-system-1", Generation: 1, HostModule: true, CanSwitch: true},
		},
		Links: []model.Link{
			{Index: 2, Name: "eno1", Up: true, Carrier: ptr(true), Master: 3},
			{Index: 3, Name: "br0", Kind: "bridge", OperState: "down"},
			{Index: 9, Name: "vm-gone", Kind: "tun", Tap: true, Persistent: true, Owner: ptr(uint32(990)), Up: true},
		},
		ShareSources: []model.ShareSource{
			{Path: "/nix/store", Exists: true, Type: "dir", ID: model.FileID{Dev: 1, Ino: 2}, Real: "/nix/store"},
			{Path: "/run/secrets", Exists: true, Type: "dir", ID: model.FileID{Dev: 30, Ino: 8}, Real: "/run/secrets.d/8",
				Links: []model.SourceLink{{Path: "/run/secrets", Target: "/run/secrets.d/8", Modified: switched}}},
		},
		SecretStores: []model.SecretStore{{Link: "/run/secrets", Folder: "/run/secrets.d", Current: 8, Kept: []model.SecretGeneration{
			{Number: 8, ID: model.FileID{Dev: 30, Ino: 8}, Made: switched, Bytes: ptr(uint64(4096))}}}},
		Neighbours: []model.Neighbour{{IP: "192.0.2.7", MAC: "02:00:00:00:00:01", State: "stale"}},
		OtherRoots: []model.GCRoot{},
	}
	for _, name := range []model.Raw{"api", "db", "mail", "web"} {
		w.running(name)
	}
	w.serves("api", "/nix/store", model.Served{ID: model.FileID{Dev: 1, Ino: 2}, Path: "/nix/store"})
	old := model.Served{ID: model.FileID{Dev: 30, Ino: 7}, Path: "/7", Deleted: true}
	w.serves("mail", "/run/secrets", old)
	w.serves("web", "/run/secrets", old)
	w.runner("db").Taps, w.runner("db").MACs = []model.Raw{"vm-db"}, []model.Raw{"02:00:00:00:00:01"}
	w.o.Links = append(w.o.Links, model.Link{Index: 7, Name: "vm-db", Kind: "tun", Tap: true, Persistent: true, Owner: ptr(uint32(990)),
		Up: true, Carrier: ptr(true), OperState: "up", Master: 3, PortState: "forwarding", RxBytes: 5 << 20, TxBytes: 9 << 20})
	w.processOf("microvm@db.service").Holds = []model.Raw{"vm-db"}
	w.runner("db").Volumes = []model.Raw{"db.img"}
	w.directory("db").Files = []model.File{{Name: "db.img", Type: "file", Size: 8 << 30, Allocated: 3 << 30, Modified: now.Add(-time.Hour)}}
	w.imperative("twin")
	w.runner("twin").Taps = []model.Raw{"vm-db"}
	w.rebuilt("db", switched)
	return w.o
}

// wardBuilder makes an observation.
type wardBuilder struct {
	o       model.Observation
	started time.Time
}

// storePath is a path of a runner.
func storePath(digit, name model.Raw) model.Raw {
	hash := model.Raw("")
	for range 32 {
		hash += digit
	}
	return "/nix/store/" + hash + "-microvm-qemu-" + name
}

// imperative makes a VM, as `microvm -c` does.
func (w *wardBuilder) imperative(name model.Raw) {
	current := storePath("a", name)
	w.o.StateDir.Directories = append(w.o.StateDir.Directories, model.Directory{
		Name: name, ID: model.FileID{Dev: 1, Ino: uint64(100 + len(w.o.StateDir.Directories))}, UID: 990, Mode: 0o775, Modified: w.started,
		Current: &model.Symlink{Target: current, UID: 990, Modified: w.started},
		Flake:   &model.Flake{Ref: "git+file:///etc/vms", UID: 990}, Bytes: ptr(uint64(8192)),
	})
	w.o.Runners = append(w.o.Runners, model.Runner{Path: current, Trusted: true, Hypervisor: "qemu", HostName: name,
		Bin: []model.Raw{"microvm-run", "microvm-shutdown", "tap-up", "tap-down", "virtiofsd-run"}})
	dir := "/var/lib/microvms/" + name
	w.o.GCRoots = append(w.o.GCRoots, model.GCRoot{Name: name, Target: dir + "/current"}, model.GCRoot{Name: "booted-" + name, Target: dir + "/booted"})
}

// running makes one that runs.
func (w *wardBuilder) running(name model.Raw) {
	w.imperative(name)
	w.directory(name).Booted = &model.Symlink{Target: w.directory(name).Current.Target, UID: 990, Modified: w.started}
	for _, role := range []model.Role{model.RoleTap, model.RoleVirtiofsd, model.RoleVM} {
		unit := model.Unit{Name: model.UnitName(role, name), Load: "loaded", Active: "active", Sub: "running", Properties: &model.UnitProperties{
			Invocation: "0123456789abcdef0123456789abcdef", Type: "notify", Result: "success", ActiveEnter: w.started, InactiveExit: w.started,
			MainPID: 700 + len(w.o.Processes), Fragment: "/etc/systemd/system/" + model.UnitName(role, ""),
		}}
		w.o.Units = append(w.o.Units, unit)
		if role != model.RoleTap {
			w.o.Processes = append(w.o.Processes, model.Process{
				PID: unit.Properties.MainPID, Started: 1, UID: 990, Comm: "qemu-system-x86", Cgroup: "/system.slice/" + unit.Name,
				Cwd: &model.ProcessDir{Path: "/var/lib/microvms/" + name, ID: w.directory(name).ID},
			})
		}
	}
}

// serves has the virtiofsd of a VM serve something as a source.
func (w *wardBuilder) serves(name, source model.Raw, served model.Served) {
	w.runner(name).Shares = []model.Share{{Tag: "data", Source: source, Socket: name + "-virtiofs-data.sock"}}
	served.Source = source
	p := w.processOf(model.UnitName(model.RoleVirtiofsd, name))
	p.Comm, p.Serves = "virtiofsd", &served
}

// rebuilt gives a VM another runner for its next start.
func (w *wardBuilder) rebuilt(name model.Raw, at time.Time) {
	dir, before := w.directory(name), *w.runner(name)
	dir.Old = &model.Symlink{Target: before.Path, UID: 990, Modified: at}
	before.Path = storePath("b", name)
	dir.Current = &model.Symlink{Target: before.Path, UID: 990, Modified: at}
	w.o.Runners = append(w.o.Runners, before)
}

func (w *wardBuilder) directory(name model.Raw) *model.Directory {
	for at := range w.o.StateDir.Directories {
		if d := &w.o.StateDir.Directories[at]; d.Name == name {
			return d
		}
	}
	return nil
}

func (w *wardBuilder) runner(name model.Raw) *model.Runner {
	for at := range w.o.Runners {
		if r := &w.o.Runners[at]; r.HostName == name {
			return r
		}
	}
	return nil
}

func (w *wardBuilder) processOf(unit model.Raw) *model.Process {
	for at := range w.o.Processes {
		if p := &w.o.Processes[at]; p.Cgroup == "/system.slice/"+unit {
			return p
		}
	}
	return nil
}

// sick is what that host means.
func sick() model.Inventory { return doctor.Interpret(ward()) }
