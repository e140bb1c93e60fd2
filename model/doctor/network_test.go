package doctor_test

import (
	"time"

	"microtui/model"
)

func networkTroubles() []trouble {
	const name, mac, cid, loose, flags = "duplicate-interface", "duplicate-mac", "duplicate-vsock-cid", "interface-unconnected", "tap-flags-mismatch"
	sameMAC := func(h *host) {
		h.runner("db").MACs = []model.Raw{"02:00:00:00:0A:01"}
		h.runner("web").MACs = []model.Raw{"02:00:00:00:0a:01"}
	}
	sameCID := func(hypervisor string) func(*host) {
		return func(h *host) {
			for _, vm := range []model.Raw{"db", "web"} {
				h.runner(vm).VsockCID, h.runner(vm).Hypervisor = ptr(uint32(3)), hypervisor
			}
		}
	}
	crash := func(h *host) *host {
		h.link(model.Link{Name: "vm-db"}).Carrier = ptr(false)
		return h.ended("db", "activating", "auto-restart", "exit-code", func(p *model.UnitProperties) {
			p.ActiveEnter, p.ActiveExit, p.Restarts = switched, switched.Add(time.Second), 9
		})
	}
	return []trouble{
		{name, "of a stopped VM", one().imperative("twin").do(func(h *host) { h.runner("twin").Taps = []model.Raw{"vm-db"} }),
			[]string{"warning duplicate-interface tap vm-db"}},
		{name, "of two that run", two().do(func(h *host) { h.runner("web").Taps = []model.Raw{"vm-db"} }),
			[]string{"error duplicate-interface tap vm-db"}},
		{name, "of an earlier runner alone", one().imperative("twin").do(func(h *host) {
			h.dir("twin").Old = &model.Symlink{Target: "/nix/store/r-old-twin"}
			h.runnerAt("/nix/store/r-old-twin").Taps = []model.Raw{"vm-db"}
		}), nil},
		{name, "of what is left of a removed VM", one().undeclared("old").do(func(h *host) { h.runner("old").Taps = []model.Raw{"vm-db"} }),
			[]string{"warning undeclared-state vm old"}},

		{mac, "in one bridge", two().do(sameMAC), []string{"error duplicate-mac vm db"}},
		{mac, "in two bridges", two().do(sameMAC).do(func(h *host) {
			other := h.link(model.Link{Name: "br1", Kind: "bridge", Up: true}).Index
			h.link(model.Link{Name: "vm-web"}).Master = other
		}), nil},
		{mac, "two of three in one bridge", two().do(sameMAC).declared("api").running("api").do(func(h *host) {
			h.runner("api").MACs = []model.Raw{"02:00:00:00:0a:01"}
			other := h.link(model.Link{Name: "br1", Kind: "bridge", Up: true}).Index
			h.link(model.Link{Name: "vm-api"}).Master = other
		}), []string{"error duplicate-mac vm db"}},
		{mac, "twice in one VM", one().do(func(h *host) {
			r := h.runner("db")
			r.Taps, r.MACs = append(r.Taps, "vm-db2"), append(r.MACs, r.MACs[0])
			h.tap("vm-db2")
		}), []string{"warning duplicate-mac vm db"}},

		{cid, "qemu", two().do(sameCID("qemu")), []string{"error duplicate-vsock-cid vm db"}},
		{cid, "cloud-hypervisor", two().do(sameCID("cloud-hypervisor")), nil},

		{loose, "in no bridge", one().do(func(h *host) { h.link(model.Link{Name: "vm-db"}).Master = 0 }),
			[]string{"warning interface-unconnected vm db"}},
		{loose, "in a bridge a second after start", one().do(func(h *host) {
			h.link(model.Link{Name: "vm-db"}).Master = 0
			for _, role := range []model.Role{model.RoleTap, model.RoleVM} {
				h.unit(role, "db").Properties.ActiveEnter = now.Add(-time.Second)
			}
		}), nil},
		{loose, "routed, by address", one().do(func(h *host) { l := h.link(model.Link{Name: "vm-db"}); l.Master, l.Addressed = 0, true }), nil},
		{loose, "routed, by route", one().do(func(h *host) { l := h.link(model.Link{Name: "vm-db"}); l.Master, l.Routed = 0, true }), nil},

		{flags, "single queue", crash(one()).do(func(h *host) { h.runner("db").TapFlags = []model.Raw{"vnet_hdr", "multi_queue"} }),
			[]string{"error crash-loop vm db", "error tap-flags-mismatch tap vm-db"}},
		{flags, "several queues", crash(one()).do(func(h *host) { h.link(model.Link{Name: "vm-db"}).MultiQueue = true }),
			[]string{"error crash-loop vm db", "error tap-flags-mismatch tap vm-db"}},
		{flags, "several queues in both", crash(one()).do(func(h *host) {
			h.link(model.Link{Name: "vm-db"}).MultiQueue = true
			h.runner("db").TapFlags = []model.Raw{"vnet_hdr", "multi_queue"}
		}), []string{"error crash-loop vm db"}},
		{flags, "no vnet_hdr: the last to open it decides", crash(one()).do(func(h *host) { h.link(model.Link{Name: "vm-db"}).VnetHdr = false }),
			[]string{"error crash-loop vm db"}},
		{flags, "vnet_hdr that the runner does not name", crash(one()).do(func(h *host) { h.runner("db").TapFlags = []model.Raw{"no_pi"} }),
			[]string{"error crash-loop vm db"}},
		{flags, "the same", crash(one()), []string{"error crash-loop vm db"}},
		{flags, "open all the same", one().do(func(h *host) { h.runner("db").TapFlags = []model.Raw{"vnet_hdr", "multi_queue"} }), nil},
	}
}
