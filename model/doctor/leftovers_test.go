package doctor_test

import "microtui/model"

func leftoverTroubles() []trouble {
	const running, state, leaked = "undeclared-running", "undeclared-state", "leaked-interface"
	return []trouble{
		{running, "removed from the configuration", newHost().declared("db").undeclared("old").running("old"),
			[]string{"warning autostart-down vm db", "warning undeclared-running vm old"}},
		{running, "declared", one(), nil},
		{running, "imperative", newHost().imperative("lab").running("lab"), nil},
		{running, "directory deleted while running", one().undeclared("old").running("old").do(func(h *host) {
			for i := range h.o.Processes {
				if p := &h.o.Processes[i]; p.Cwd.Path == stateDir+"/old" {
					p.Cwd.Deleted = true
					p.Deleted = []model.Raw{stateDir + "/old/data.img"}
				}
			}
			h.o.StateDir.Directories = h.o.StateDir.Directories[:1]
		}), []string{"error deleted-while-open vm old"}},
		{running, "directory deleted, with nothing open in it", one().undeclared("old").running("old").do(func(h *host) {
			for i := range h.o.Processes {
				if p := &h.o.Processes[i]; p.Cwd.Path == stateDir+"/old" {
					p.Cwd.Deleted = true
				}
			}
			h.o.StateDir.Directories = h.o.StateDir.Directories[:1]
		}), []string{"warning undeclared-running vm old"}},
		{running, "a virtiofsd that outlived its VM", one().do(func(h *host) {
			p := h.process("old", model.RoleVirtiofsd)
			p.Comm, p.Argv0, p.Cwd.Deleted, p.Cgroup = "virtiofsd", "virtiofsd", true, "/system.slice"
		}), []string{"warning undeclared-running process 1003"}},
		{running, "a helper without its VM", one().do(func(h *host) { h.unit(model.RoleTap, "old") }),
			[]string{"warning undeclared-running unit microvm-tap-interfaces@old.service"}},

		{state, "removed from the configuration", one().undeclared("old"), []string{"warning undeclared-state vm old"}},
		{state, "stopped on purpose", newHost().imperative("lab"), nil},
		{state, "on the keep list", one().undeclared("old").do(func(h *host) {
			h.o.Keep = []model.KeepEntry{{Kind: model.KindVM, Name: "old"}}
		}), nil},

		{leaked, "of no VM", one().do(func(h *host) { h.tap("vm-gone") }), []string{"warning leaked-interface tap vm-gone"}},
		{leaked, "of a stopped VM", newHost().imperative("lab").running("lab").stopped("lab").do(func(h *host) {
			h.tap("vm-lab")
		}), []string{"info leaked-interface tap vm-lab"}},
		{leaked, "a stopped VM without TAP", newHost().imperative("lab").running("lab").stopped("lab"), nil},
		{leaked, "described by networkd", newHost().imperative("lab").running("lab").stopped("lab").do(func(h *host) {
			h.tap("vm-lab")
			h.o.Netdevs = []model.Netdev{{Name: "vm-lab", By: "/etc/systemd/network/20-lab.netdev"}}
		}), nil},
		{leaked, "while the VM starts", newHost().imperative("lab").do(func(h *host) {
			h.tap("vm-lab")
			u := h.unit(model.RoleTap, "lab")
			u.Active, u.Job = "activating", &model.Job{ID: 1, Type: "start"}
		}), nil},
		{leaked, "of another user, under a stopped VM's name", newHost().imperative("lab").running("lab").stopped("lab").do(func(h *host) {
			h.tap("vm-lab").Owner = ptr(uint32(1000))
		}), nil},
		{leaked, "of libvirt", one().do(func(h *host) { h.tap("vnet0").Owner = ptr(uint32(64055)) }), nil},

		{"dangling-gcroot", "directory gone", one().root("old", stateDir+"/old/current"), []string{"info dangling-gcroot gcroot old"}},
		{"dangling-gcroot", "a stopped VM's booted", newHost().imperative("lab"), nil},

		{"failed-unit-without-vm", "failed", one().do(func(h *host) { h.unit(model.RoleVM, "old").Active = "failed" }),
			[]string{"warning failed-unit-without-vm unit microvm@old.service"}},
		{"failed-unit-without-vm", "inactive under any name", one().do(func(h *host) { h.unit(model.RoleVM, "old").Active = "inactive" }), nil},
	}
}
