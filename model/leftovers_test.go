package model_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"microtui/model"
)

func TestLeftoverRoots(t *testing.T) {
	gone := func() *host { return newHost().declared("db").imperative("api").removeDir("api") }
	both := func(v model.Verdict) verdicts {
		return verdicts{"vm db": kept, "gcroot api": v, "gcroot booted-api": v}
	}
	tests := []struct {
		name string
		host *host
		want verdicts
	}{
		{"their directory is gone", gone(), both(orphan)},
		{"old- too", gone().root("old-api", "api", "old"),
			verdicts{"vm db": kept, "gcroot api": orphan, "gcroot booted-api": orphan, "gcroot old-api": orphan}},
		{"through the real path", newHost().declared("db").do(func(h *host) { h.o.StateDir.Real = "/data/vms" }).rootTo("api", "/data/vms/api/current"),
			verdicts{"vm db": kept, "gcroot api": orphan}},
		{"dangling while its VM is there", newHost().declared("db").imperative("api").root("old-api", "api", "old"),
			verdicts{"vm db": kept, "vm api": kept}},
		{"its VM is declared", newHost().declared("db").root("db", "db", "current").removeDir("db").toplevelDir("other"),
			verdicts{"vm db": kept, "vm other": suspect}},
		{"its VM runs without a directory", newHost().declared("db").imperative("api").running("api").removeDir("api"),
			verdicts{"vm db": kept, "vm api": unclear}},
		{"another target", newHost().declared("db").rootTo("x", "/nix/store/x").rootTo("y", "/srv/vms/y/current").
			rootTo("z", stateDir+"/z/toplevel").rootTo("w", stateDir+"/w").rootTo("v", "../v/current").rootTo("u", stateDir+"2/u/current"),
			verdicts{"vm db": kept, "gcroot x": foreign, "gcroot y": foreign, "gcroot z": foreign, "gcroot w": foreign, "gcroot v": foreign, "gcroot u": foreign}},
		{"the directory is there without current", gone().do(func(h *host) { h.directory("api", 0).Current = nil }),
			verdicts{"vm db": kept, "gcroot api": unclear, "gcroot booted-api": unclear, "state_dir api": unclear}},
		{"the directory is a link", gone().do(func(h *host) {
			h.o.StateDir.Other = []model.File{{Name: "api", Type: "link"}}
		}), both(unclear)},
		{"another entry is a link", gone().do(func(h *host) {
			h.o.StateDir.Other = []model.File{{Name: "result", Type: "link"}}
		}), both(orphan)},
		{"names that are not looked at", newHost().declared("db").root("a", "..", "current").root("b", ".hidden", "current").root("c", "lost+found", "old"),
			verdicts{"vm db": kept, "gcroot a": unclear, "gcroot b": unclear, "gcroot c": unclear}},
		{"autostart wants the VM", gone().autostart("api"), both(kept)},
		{"the VM is on the keep list", gone().keep(model.KindVM, "api"), both(kept)},
		{"one link is on the keep list", gone().keep(model.KindGCRoot, "booted-api"),
			verdicts{"vm db": kept, "gcroot api": orphan, "gcroot booted-api": kept}},
		{"its directory is not mounted", gone().unmounted(stateDir + "/api"), both(unclear)},
		{"another directory is not mounted", gone().unmounted(stateDir + "/db"), both(orphan)},
		{"the state directory is not mounted", gone().unmounted(stateDir), both(unclear)},
		{"the state directory is on a network", gone().do(func(h *host) { h.o.StateDir.Network = true }), both(unclear)},
		{"the state directory is empty", gone().removeDir("db"), both(unclear)},
		{"the state directory is not there", gone().do(func(h *host) { h.o.StateDir.Exists = false }), both(unclear)},
		{"the system switches", gone().do(func(h *host) { h.o.Host.Switching = "x" }), both(unclear)},
		{"gcroots were read in part", gone().fault(model.SourceGCRoots), both(unclear)},
		{"the state directory was read in part", gone().fault(model.SourceStateDir), both(unclear)},
		{"the host was not read", gone().fault(model.SourceHost), both(unclear)},
		{"figures were not read", gone().fault(model.SourceUsage).fault(model.SourceNetwork).fault(model.SourceHolders), both(orphan)},

		{"a renamed directory beside: the links protect nothing", gone().do(func(h *host) {
			h.directory("api2", 0).Flake = &model.Flake{Ref: "."}
		}), verdicts{"vm db": kept, "vm api2": unclear, "gcroot api": orphan, "gcroot booted-api": orphan}},
		{"a manual VM never had one", gone().manual("hand"),
			verdicts{"vm db": kept, "vm hand": kept, "gcroot api": orphan, "gcroot booted-api": orphan}},
		{"foo and booted-foo: the target decides", newHost().declared("db").imperative("foo").imperative("booted-foo").removeDir("booted-foo"),
			verdicts{"vm db": kept, "vm foo": kept, "gcroot booted-foo": orphan, "gcroot booted-booted-foo": orphan}},
	}
	runVerdicts(t, tests)
}

func runVerdicts(t *testing.T, tests []struct {
	name string
	host *host
	want verdicts
},
) {
	t.Helper()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := test.host.verdicts()
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("verdicts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLeftoverUnits(t *testing.T) {
	const tapUnit, virtiofsd = "microvm-tap-interfaces@x.service", "microvm-virtiofsd@x.service"
	with := func(name model.Raw, active, sub string) *host {
		h := newHost().declared("db")
		h.unit(name, active, sub)
		return h
	}
	only := func(name string, v model.Verdict) verdicts { return verdicts{"vm db": kept, "unit " + name: v} }
	tests := []struct {
		name string
		host *host
		want verdicts
	}{
		{"failed", with("microvm@x.service", "failed", "failed"), only("microvm@x.service", orphan)},
		{"a failed helper", with(tapUnit, "failed", "failed"), only(tapUnit, orphan)},
		{"inactive is nothing at all", with("microvm@x.service", "inactive", "dead"), verdicts{"vm db": kept}},
		{"an inactive helper", with(tapUnit, "inactive", "dead"), verdicts{"vm db": kept}},
		{"an install unit is inactive by nature", with("install-microvm-x.service", "inactive", "dead"), verdicts{"vm db": kept}},
		{"an install unit that runs", with("install-microvm-x.service", "activating", "start"), verdicts{"vm db": kept}},
		{"a failed install unit that is gone", with("install-microvm-x.service", "failed", "failed").do(func(h *host) {
			h.o.Units[0].Load = "not-found"
		}), only("install-microvm-x.service", orphan)},
		{"a failed install unit that is there", with("install-microvm-x.service", "failed", "failed"), only("install-microvm-x.service", unclear)},
		{"units of others", with("xmicrovm@x.service", "failed", "failed"), verdicts{"vm db": kept}},
		{"a failed unit of a VM goes with it", with("microvm-virtiofsd@db.service", "failed", "failed"), verdicts{"vm db": kept}},

		{"a helper that is up", with(virtiofsd, "active", "running"), only(virtiofsd, orphan)},
		{"a helper that is up, and its VM failed", with(virtiofsd, "active", "running").do(func(h *host) {
			h.main("x", "failed", "failed")
		}), verdicts{"vm db": kept, "unit " + virtiofsd: orphan, "unit microvm@x.service": orphan}},
		{"while its VM's start is queued", with(virtiofsd, "active", "running").do(func(h *host) {
			h.main("x", "inactive", "dead").Job = &model.Job{Type: "start"}
		}), only(virtiofsd, unclear)},
		{"while another helper stops", with(virtiofsd, "active", "running").do(func(h *host) {
			h.unit(tapUnit, "deactivating", "stop")
		}), verdicts{"vm db": kept, "unit " + virtiofsd: unclear, "unit " + tapUnit: unclear}},
		{"while it starts", with(virtiofsd, "activating", "start"), only(virtiofsd, unclear)},
		{"it holds a deleted file", with(virtiofsd, "active", "running").do(func(h *host) {
			h.process("x", model.RoleVirtiofsd).Deleted = []model.Raw{"home/mail"}
		}), only(virtiofsd, suspect)},
		{"what it holds cannot be seen", with(virtiofsd, "active", "running").fault(model.SourceHolders), only(virtiofsd, unclear)},
		{"read without root", with(virtiofsd, "active", "running").do(func(h *host) { h.o.Host.Privileged = false }), only(virtiofsd, unclear)},
		{"a failed unit, read without root", with(tapUnit, "failed", "failed").do(func(h *host) { h.o.Host.Privileged = false }), only(tapUnit, orphan)},
		{"a directory is there, with something else", with(virtiofsd, "active", "running").do(func(h *host) {
			h.directory("x", 0).Current = nil
		}), verdicts{"vm db": kept, "unit " + virtiofsd: unclear, "state_dir x": unclear}},
		{"failed, and a directory with something else", with(tapUnit, "failed", "failed").do(func(h *host) {
			h.directory("x", 0).Current = nil
		}), verdicts{"vm db": kept, "unit " + tapUnit: orphan, "state_dir x": unclear}},
		{"the directory is a link", with(tapUnit, "failed", "failed").do(func(h *host) {
			h.o.StateDir.Other = []model.File{{Name: "x", Type: "link"}}
		}), only(tapUnit, unclear)},
		{"its name is no name", with("microvm@a b.service", "failed", "failed"), only("microvm@a b.service", unclear)},
		{"autostart", with(tapUnit, "failed", "failed").autostart("x"), only(tapUnit, kept)},
		{"the unit is on the keep list", with(tapUnit, "failed", "failed").keep(model.KindUnit, tapUnit), only(tapUnit, kept)},
		{"the VM is on the keep list", with(tapUnit, "failed", "failed").keep(model.KindVM, "x"), only(tapUnit, kept)},
		{"its directory is not mounted", with(tapUnit, "failed", "failed").unmounted(stateDir + "/x"), only(tapUnit, unclear)},
		{"its directory is not mounted, and a mount point", with(tapUnit, "failed", "failed").unmounted(stateDir + "/x").do(func(h *host) {
			h.directory("x", 0).Current = nil
		}), verdicts{"vm db": kept, "unit " + tapUnit: unclear, "state_dir x": unclear}},
		{"its directory cannot be read", with(tapUnit, "failed", "failed").do(func(h *host) {
			d := h.directory("x", 0)
			d.Current, d.Fault = nil, "EIO"
		}), verdicts{"vm db": kept, "unit " + tapUnit: unclear, "state_dir x": unclear}},
		{"of a directory from which another unit runs", with(tapUnit, "failed", "failed").imperative("y").running("y").do(func(h *host) {
			h.dir("y").Name = "x"
		}), verdicts{"vm db": kept, "vm y": kept, "unit " + tapUnit: unclear}},
		{"no VM's directory, and gcroots could not be read", with(tapUnit, "failed", "failed").removeDir("db").fault(model.SourceGCRoots),
			only(tapUnit, unclear)},
		{"no VM's directory, and links could not be read", with(tapUnit, "failed", "failed").removeDir("db").fault(model.SourceNetwork),
			only(tapUnit, unclear)},
		{"the system switches", with(tapUnit, "failed", "failed").do(func(h *host) { h.o.Host.Switching = "x" }), only(tapUnit, unclear)},
		{"units were read in part", with(tapUnit, "failed", "failed").fault(model.SourceSystemd), only(tapUnit, unclear)},
		{"the host was not read", with(tapUnit, "failed", "failed").fault(model.SourceHost), only(tapUnit, unclear)},
	}
	runVerdicts(t, tests)
}

func TestLeftoverDirectories(t *testing.T) {
	empty := func() *host {
		return newHost().declared("db").do(func(h *host) { h.directory("x", 0).Current = nil })
	}
	only := func(v model.Verdict) verdicts { return verdicts{"vm db": kept, "state_dir x": v} }
	tests := []struct {
		name string
		host *host
		want verdicts
	}{
		{"without current", empty(), only(unclear)},
		{"with proof of a declaration", empty().declare(model.SystemGeneration, newest-1, configOf("x")), only(unclear)},
		{"unreadable", empty().do(func(h *host) { h.dir("x").Fault = "EIO" }), only(unclear)},
		{"hostile", empty().do(func(h *host) { h.dir("x").Strange = []model.Raw{"current is a fifo"} }), only(unclear)},
		{"on the keep list", empty().keep(model.KindStateDir, "x"), only(kept)},
		{"on the keep list as a VM", empty().keep(model.KindVM, "x"), only(kept)},
		{"declared", empty().declare(model.SystemLive, 0, configOf("x")), verdicts{"vm db": kept, "vm x": kept}},
		{"files are not listed", newHost().declared("db").do(func(h *host) {
			h.o.StateDir.Other = []model.File{{Name: "notes", Type: "file"}}
		}), verdicts{"vm db": kept}},
	}
	runVerdicts(t, tests)

	h := empty()
	h.dir("x").Bytes = ptr(uint64(4096))
	l := h.inventory().Leftovers[0]
	if l.Bytes == nil || *l.Bytes != 4096 || l.Stamp.File != h.dir("x").ID {
		t.Errorf("bytes %v, stamp %+v", l.Bytes, l.Stamp)
	}
}

func TestLeftoverProcesses(t *testing.T) {
	left := func(comm model.Raw) *host {
		return newHost().declared("db").do(func(h *host) {
			p := h.looseProcess(comm, "x")
			p.Comm, p.Cwd.Deleted, p.Cwd.ID = comm, true, model.FileID{Dev: 1, Ino: 9}
		})
	}
	only := func(v model.Verdict) verdicts { return verdicts{"vm db": kept, "process 1001": v} }
	nothing := verdicts{"vm db": kept}
	tests := []struct {
		name string
		host *host
		want verdicts
	}{
		{"virtiofsd of a VM that is gone", left("virtiofsd"), only(orphan)},
		{"supervisord of a VM that is gone", left("supervisord"), only(orphan)},
		{"a hypervisor of a VM that is gone", left("microvm@x"), only(suspect)},
		{"virtiofsd with a deleted file open", left("virtiofsd").do(func(h *host) {
			h.o.Processes[0].Deleted = []model.Raw{"home/mail"}
		}), only(suspect)},
		{"virtiofsd of a hypervisor started by hand", left("virtiofsd").do(func(h *host) {
			p := h.looseProcess("microvm@x", "x")
			p.Cwd.Deleted, p.Cwd.ID = true, model.FileID{Dev: 1, Ino: 9}
		}), verdicts{"vm db": kept, "process 1001": suspect, "process 1002": suspect}},
		{"virtiofsd beside somebody's shell", left("virtiofsd").do(func(h *host) {
			p := h.looseProcess("-bash", "x")
			p.Comm, p.Cwd.Deleted, p.Cwd.ID = "bash", true, model.FileID{Dev: 1, Ino: 9}
		}), verdicts{"vm db": kept, "process 1001": orphan, "process 1002": suspect}},
		{"virtiofsd of a directory below a VM's", left("virtiofsd").do(func(h *host) {
			h.o.Processes[0].Cwd.Path = stateDir + "/db/old"
		}), nothing},
		{"virtiofsd in a hidden directory", left("virtiofsd").do(func(h *host) {
			h.o.Processes[0].Cwd.Path = stateDir + "/.microtui-trash"
		}), nothing},
		{"libvirt's virtiofsd", left("virtiofsd").do(func(h *host) { h.o.Processes[0].Cwd.Path = "/var/lib/libvirt/x" }), nothing},
		{"virtiofsd in a directory that is there", left("virtiofsd").do(func(h *host) { h.o.Processes[0].Cwd.Deleted = false }), nothing},
		{"virtiofsd whose place is unknown", left("virtiofsd").do(func(h *host) { h.o.Processes[0].Cwd = nil }), nothing},
		{"virtiofsd in a unit that is up goes with it", left("virtiofsd").do(func(h *host) {
			h.o.Processes[0].Cgroup = "/system.slice/microvm-virtiofsd@x.service"
			h.unit("microvm-virtiofsd@x.service", "active", "running")
		}), verdicts{"vm db": kept, "unit microvm-virtiofsd@x.service": orphan}},
		{"virtiofsd that outlived its unit", left("virtiofsd").do(func(h *host) {
			h.o.Processes[0].Cgroup = "/system.slice/microvm-virtiofsd@x.service"
		}), only(orphan)},
		{"virtiofsd of a VM that is listed", left("virtiofsd").do(func(h *host) {
			h.o.Processes[0].Cgroup = "/system.slice/microvm-virtiofsd@db.service"
		}), nothing},
		{"virtiofsd of a VM that is stopping", left("virtiofsd").do(func(h *host) {
			h.unit("microvm-tap-interfaces@x.service", "deactivating", "stop")
		}), verdicts{"vm db": kept, "process 1001": unclear, "unit microvm-tap-interfaces@x.service": unclear}},
		{"a hypervisor run elsewhere", left("microvm@x").do(func(h *host) {
			h.o.Processes[0].Cwd = &model.ProcessDir{Path: "/home/me"}
		}), only(foreign)},
		{"a hypervisor of a VM that is there", newHost().declared("db").do(func(h *host) { h.looseProcess("microvm@db", "db") }), nothing},
		{"what it holds cannot be seen", left("virtiofsd").fault(model.SourceHolders), only(unclear)},
		{"read without root", left("virtiofsd").do(func(h *host) { h.o.Host.Privileged = false }), only(unclear)},
		{"processes were read in part", left("virtiofsd").fault(model.SourceProcesses), only(unclear)},
		{"the system switches", left("virtiofsd").do(func(h *host) { h.o.Host.Switching = "x" }), only(unclear)},
		{"on the keep list", left("virtiofsd").keep(model.KindProcess, "1001"), only(kept)},
	}
	runVerdicts(t, tests)
}
