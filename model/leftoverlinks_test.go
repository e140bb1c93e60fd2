package model_test

import (
	"testing"
	"time"

	"microtui/model"
)

func TestLeftoverTaps(t *testing.T) {
	leaked := func() *host { h := newHost().declared("db"); h.tap("leak"); return h }
	link := func(change func(l *model.Link)) *host {
		h := newHost().declared("db")
		change(h.tap("leak"))
		return h
	}
	only := func(v model.Verdict) verdicts { return verdicts{"vm db": kept, "tap leak": v} }
	nothing := verdicts{"vm db": kept}
	tests := []struct {
		name string
		host *host
		want verdicts
	}{
		{"leaked", leaked(), only(orphan)},
		{"leaked, down: its carrier cannot be read", link(func(l *model.Link) { l.Up, l.Carrier = false, nil }), only(orphan)},

		{"claimed by current of a stopped VM", newHost().declared("db").do(func(h *host) { h.tap("vm-db") }), nothing},
		{"claimed by booted", newHost().declared("db").do(func(h *host) {
			h.runnerAt("/nix/store/older", "db").Taps = []model.Raw{"leak"}
			h.dir("db").Booted = &model.Symlink{Target: "/nix/store/older"}
			h.tap("leak")
		}), nothing},
		{"claimed by old", newHost().deployed("db").do(func(h *host) {
			h.runnerAt(runnerOf("db")+"-old", "db").Taps = []model.Raw{"leak"}
			h.tap("leak")
		}), nothing},
		{"claimed by a declaration that is not installed", newHost().declared("db").do(func(h *host) {
			h.runnerAt("/nix/store/newer", "db").Taps = []model.Raw{"leak"}
			h.declare(model.SystemSpecialisation, 0, model.Declaration{Name: "db", Runner: "/nix/store/newer"})
			h.tap("leak")
		}), nothing},
		{"claimed by an instance's own file", newHost().declared("db").do(func(h *host) {
			h.dir("db").InstanceInterfaces = []model.Raw{"leak"}
			h.tap("leak")
		}), nothing},
		{"claimed by an orphan: it belongs to that", newHost().declared("db").undeclared("gone").do(func(h *host) { h.tap("vm-gone") }),
			verdicts{"vm db": kept, "vm gone": orphan}},
		{"claimed by booted of a directory without current", leaked().do(func(h *host) {
			h.runnerAt("/nix/store/older", "x").Taps = []model.Raw{"leak"}
			d := h.directory("x", 0)
			d.Current, d.Booted = nil, &model.Symlink{Target: "/nix/store/older"}
		}), verdicts{"vm db": kept, "state_dir x": unclear, "tap leak": unclear}},
		{"claimed by an instance's file in a directory without current", leaked().do(func(h *host) {
			d := h.directory("x", 0)
			d.Current, d.InstanceInterfaces = nil, []model.Raw{"leak"}
		}), verdicts{"vm db": kept, "state_dir x": unclear, "tap leak": unclear}},

		{"a collected runner may have named it", leaked().imperative("lost").do(func(h *host) {
			h.runner("lost").Missing, h.dir("lost").Modified = true, now.Add(-time.Hour)
			h.o.Host.BootedAt = now.Add(-2 * time.Hour)
		}), verdicts{"vm db": kept, "vm lost": kept, "tap leak": unclear}},
		{"a collected runner that has not run since the boot", leaked().imperative("lost").do(func(h *host) {
			h.runner("lost").Missing, h.dir("lost").Modified = true, now.Add(-2*time.Hour)
			h.o.Host.BootedAt = now.Add(-time.Hour)
		}), verdicts{"vm db": kept, "vm lost": kept, "tap leak": orphan}},
		{"a directory that could not be looked at may claim it", leaked().do(func(h *host) {
			h.o.Host.BootedAt = now.Add(-time.Hour)
			h.o.StateDir.Directories = append(h.o.StateDir.Directories, model.Directory{Name: "dead", Fault: "look at dead: transport endpoint is not connected"})
			h.o.GCRoots = append(h.o.GCRoots, model.GCRoot{Name: "dead", Target: stateDir + "/dead/current"})
		}), verdicts{"vm db": kept, "state_dir dead": unclear, "gcroot dead": unclear, "tap leak": unclear}},
		{"claimed by what a generation installed for a VM that runs without its directory",
			newHost().declared("db").undeclared("ghost").running("ghost").deleteUnderneath("ghost").do(func(h *host) { h.tap("vm-ghost") }),
			verdicts{"vm db": kept, "vm ghost": orphan}},

		{"libvirt's vnet0", link(func(l *model.Link) { l.Owner, l.Persistent, l.Carrier = ptr(uint32(0)), false, ptr(true) }), only(foreign)},
		{"another user's", link(func(l *model.Link) { l.Owner = ptr(uint32(1000)) }), only(foreign)},
		{"a VPN's: no owner", link(func(l *model.Link) { l.Owner = nil }), only(foreign)},
		{"a TUN", link(func(l *model.Link) { l.Tap = false }), nothing},
		{"a veth", link(func(l *model.Link) { l.Kind, l.Tap = "veth", false }), nothing},
		{"networkd's", leaked().do(func(h *host) {
			h.o.Netdevs = []model.Netdev{{Name: "leak", By: "/etc/systemd/network/10-leak.netdev"}}
		}), only(foreign)},
		{"networkd's other one", leaked().do(func(h *host) {
			h.o.Netdevs = []model.Netdev{{Name: "leaky", By: "/etc/systemd/network/10-leaky.netdev"}}
		}), only(orphan)},
		{"qemu-bridge-helper's: not persistent", link(func(l *model.Link) { l.Persistent = false }), only(unclear)},
		{"carrier on: attached", link(func(l *model.Link) { l.Carrier = ptr(true) }), only(unclear)},
		{"held by a process", leaked().do(func(h *host) {
			h.looseProcess("qemu", "elsewhere").Holds = []model.Raw{"leak"}
		}), only(unclear)},
		{"held by a VM that runs outside", leaked().do(func(h *host) {
			h.looseProcess("microvm@db", "db").Holds = []model.Raw{"leak"}
		}), nothing},
		{"held by a VM whose runner does not name it", leaked().running("db").do(func(h *host) {
			h.o.Processes[0].Holds = append(h.o.Processes[0].Holds, "leak")
		}), nothing},
		{"held by a VM without a directory", leaked().running("ghost").do(func(h *host) {
			h.o.Processes[0].Holds = append(h.o.Processes[0].Holds, "leak")
		}), verdicts{"vm db": kept, "vm ghost": unclear}},
		{"user microvm is gone", leaked().do(func(h *host) { h.o.Host.MicrovmUID = nil }), only(foreign)},
		{"user microvm could not be looked up", leaked().fault(model.SourceHost).do(func(h *host) { h.o.Host.MicrovmUID = nil }), only(unclear)},

		{"TAPs are being set up", leaked().do(func(h *host) {
			h.unit("microvm-tap-interfaces@db.service", "activating", "start")
		}), only(unclear)},
		{"TAPs are about to be set up", leaked().do(func(h *host) {
			h.unit("microvm-tap-interfaces@new.service", "inactive", "dead").Job = &model.Job{Type: "start"}
		}), only(unclear)},
		{"macvtaps are being taken down", leaked().do(func(h *host) {
			h.unit("microvm-macvtap-interfaces@db.service", "deactivating", "stop")
		}), only(unclear)},
		{"a running VM's runner is gone", leaked().running("db").do(func(h *host) { h.runner("db").Missing = true }),
			verdicts{"vm db": kept, "tap leak": unclear}},
		{"a stopped VM's runner is gone", leaked().do(func(h *host) { h.runner("db").Missing = true }), only(unclear)},
		{"what a stopped VM ran before is gone", leaked().do(func(h *host) {
			h.dir("db").Booted = &model.Symlink{Target: "/nix/store/gone", Dangling: true}
		}), only(unclear)},
		{"a hostile directory", leaked().do(func(h *host) {
			h.directory("x", 0).Strange = []model.Raw{"booted is a fifo"}
		}), verdicts{"vm db": kept, "vm x": unclear, "tap leak": unclear}},
		{"a hostile directory whose links are whole", leaked().do(func(h *host) {
			h.directory("x", 0).Strange = []model.Raw{"flake is a fifo"}
		}), verdicts{"vm db": kept, "vm x": unclear, "tap leak": orphan}},
		{"an orphan's runner is gone: left over either way", leaked().undeclared("gone").do(func(h *host) {
			h.runner("gone").Missing = true
		}), verdicts{"vm db": kept, "vm gone": orphan, "tap leak": orphan}},
		{"a running orphan's runner is gone", leaked().undeclared("gone").running("gone").do(func(h *host) {
			h.runner("gone").Missing = true
		}), verdicts{"vm db": kept, "vm gone": orphan, "tap leak": unclear}},
		{"a VM's directory cannot be read", leaked().do(func(h *host) {
			h.directory("x", 0).Fault = "EIO"
		}), verdicts{"vm db": kept, "vm x": unclear, "tap leak": unclear}},
		{"a VM runs from a directory that is a link", leaked().running("far").do(func(h *host) {
			h.o.StateDir.Other = []model.File{{Name: "far", Type: "link"}}
		}), verdicts{"vm db": kept, "vm far": unclear, "tap leak": unclear}},
		{"a VM runs whose directory, and runner, are gone", leaked().imperative("gone").running("gone").deleteUnderneath("gone"),
			verdicts{"vm db": kept, "vm gone": suspect, "tap leak": unclear}},
		{"a VM runs whose links were removed", leaked().imperative("bare").running("bare").do(func(h *host) {
			h.dir("bare").Current, h.dir("bare").Booted = nil, nil
		}), verdicts{"vm db": kept, "vm bare": kept, "tap leak": unclear}},
		{"a VM's directory is a mount of its own, not mounted", leaked().unmounted(stateDir + "/vault").do(func(h *host) {
			h.directory("vault", 0).Current = nil
		}), verdicts{"vm db": kept, "state_dir vault": unclear, "tap leak": unclear}},

		{"on the keep list", leaked().keep(model.KindTap, "leak"), only(kept)},
		{"a VM of that name is on the keep list", leaked().keep(model.KindVM, "leak"), only(orphan)},
		{"read without root", leaked().do(func(h *host) { h.o.Host.Privileged = false }), only(unclear)},
		{"the system switches", leaked().do(func(h *host) { h.o.Host.Switching = "x" }), only(unclear)},
		{"the state directory is not mounted", leaked().unmounted(stateDir), only(unclear)},
		{"the state directory is empty", leaked().removeDir("db"), only(unclear)},
		{"the newest system was not read", leaked().do(func(h *host) { h.system(model.SystemNewest, 0).Fault = "x" }), only(unclear)},
		{"figures and gcroots were not read", leaked().fault(model.SourceUsage).fault(model.SourceGCRoots), only(orphan)},
	}
	for source, v := range map[model.Source]model.Verdict{
		model.SourceHost: unclear, model.SourceKeep: unclear, model.SourceSystemd: unclear, model.SourceSystems: unclear,
		model.SourceStateDir: unclear, model.SourceRunners: unclear, model.SourceNetwork: unclear, model.SourceNetdevs: unclear,
		model.SourceProcesses: unclear, model.SourceHolders: unclear,
	} {
		tests = append(tests, struct {
			name string
			host *host
			want verdicts
		}{"without " + string(source), leaked().fault(source), only(v)})
	}
	runVerdicts(t, tests)
}

func TestLeftoverMacvtaps(t *testing.T) {
	leaked := func() *host { h := newHost().declared("db"); h.macvtap("leak"); return h }
	only := func(v model.Verdict) verdicts { return verdicts{"vm db": kept, "macvtap leak": v} }
	tests := []struct {
		name string
		host *host
		want verdicts
	}{
		{"leaked", leaked(), only(orphan)},
		{"claimed", leaked().do(func(h *host) {
			h.runner("db").Macvtaps = []model.MacvtapEntry{{Name: "leak", Mode: "bridge"}}
		}), verdicts{"vm db": kept}},
		{"claimed by old of a directory without current", leaked().do(func(h *host) {
			h.runnerAt("/nix/store/older", "x").Macvtaps = []model.MacvtapEntry{{Name: "leak"}}
			d := h.directory("x", 0)
			d.Current, d.Old = nil, &model.Symlink{Target: "/nix/store/older"}
		}), verdicts{"vm db": kept, "state_dir x": unclear, "macvtap leak": unclear}},
		{"libvirt's", leaked().do(func(h *host) { h.o.Links[0].DeviceOwner = ptr(uint32(0)) }), only(foreign)},
		{"nobody's, or unknown", leaked().do(func(h *host) { h.o.Links[0].DeviceOwner = nil }), only(foreign)},
		{"networkd's", leaked().do(func(h *host) { h.o.Netdevs = []model.Netdev{{Name: "leak", By: "x"}} }), only(foreign)},
		{"held", leaked().do(func(h *host) { h.looseProcess("qemu", "elsewhere").Holds = []model.Raw{"leak"} }), only(unclear)},
		{"the state directory is empty", leaked().removeDir("db"), only(unclear)},
		{"read without root", leaked().do(func(h *host) { h.o.Host.Privileged = false }), only(unclear)},
		{"on the keep list", leaked().keep(model.KindMacvtap, "leak"), only(kept)},
	}
	runVerdicts(t, tests)
}

func TestLinkStamp(t *testing.T) {
	h := newHost().declared("db")
	h.tap("leak").Index = 77
	h.macvtap("mv").Index = 78
	for _, l := range h.inventory().Leftovers {
		want := model.Stamp{Index: 77, LinkKind: "tun", Owner: ptr(uint32(microvmUID))}
		if l.Ref.Kind == model.KindMacvtap {
			want.Index, want.LinkKind = 78, "macvtap"
		}
		if l.Stamp.Index != want.Index || l.Stamp.LinkKind != want.LinkKind || l.Stamp.Owner == nil || *l.Stamp.Owner != *want.Owner {
			t.Errorf("%v has stamp %+v, want %+v", l.Ref, l.Stamp, want)
		}
	}
}
