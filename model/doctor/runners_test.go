package doctor_test

import "microtui/model"

func runnerTroubles() []trouble {
	const broken, untrusted, old, frozen, drift = "broken-runner", "untrusted-runner", "old-runner", "frozen-flake", "update-flake-drift"
	const install, reboot, drifted, root, wrong = "install-skipped", "reboot-needed", "drifted", "no-gcroot", "wrong-state-dir"
	const unseen = "unseen-by-switch"
	lab := func() *host { return newHost().imperative("lab") }
	once := func(change func(*host)) *host {
		h := newHost().declared("db").running("db").do(func(h *host) {
			h.dir("db").Toplevel, h.dir("db").Flake = nil, &model.Flake{Ref: "git+https://a", Newline: true, UID: microvmUID}
			for i := range h.o.Systems {
				d := &h.o.Systems[i].Declared[0]
				d.Toplevel, d.Flake, d.Once = "", "git+https://a", true
			}
		})
		return h.do(change)
	}
	updated := func(h *host) {
		h.dir("lab").Current.Target = "/nix/store/r-new-lab"
		h.runnerAt("/nix/store/r-new-lab")
	}
	return []trouble{
		{broken, "collected", lab().do(func(h *host) {
			*h.runner("lab") = model.Runner{Path: runnerOf("lab"), Missing: true}
			h.dir("lab").Current.Dangling = true
		}), []string{"error broken-runner vm lab"}},
		{broken, "without microvm-run", lab().do(func(h *host) {
			h.runner("lab").Bin = []model.Raw{"tap-up", "virtiofsd-run", "microvm-shutdown"}
		}), []string{"error broken-runner vm lab"}},
		{broken, "a script that is gone", lab().do(func(h *host) { h.runner("lab").Broken = []model.Raw{"bin/tap-up"} }),
			[]string{"error broken-runner vm lab"}},
		{broken, "its hypervisor is gone while it runs", one().do(func(h *host) {
			h.o.Processes = append(h.o.Processes, model.Process{PID: 7, Cgroup: "/x/microvm@db.service", Program: "/nix/store/q/bin/qemu", ProgramGone: true})
		}), []string{"error broken-runner vm db"}},
		{broken, "a user's own unit has its name", one().do(func(h *host) {
			h.o.Processes = append(h.o.Processes, model.Process{PID: 7, Cgroup: "/user.slice/user-1000.slice/user@1000.service/app.slice/microvm@db.service", Program: "/nix/store/q/bin/qemu", ProgramGone: true})
		}), nil},
		{broken, "its hypervisor is there", one().do(func(h *host) {
			h.o.Processes = append(h.o.Processes, model.Process{PID: 7, Cgroup: "/x/microvm@db.service", Program: "/nix/store/q/bin/qemu"})
		}), nil},
		{broken, "booted dangles while it is off", lab().do(func(h *host) {
			h.dir("lab").Booted = &model.Symlink{Target: "/nix/store/r-gone", Dangling: true}
		}), nil},

		{untrusted, "a folder in a home", lab().do(func(h *host) {
			h.dir("lab").Current.Target = "/home/joe/result-lab"
			h.runnerAt("/home/joe/result-lab").Trusted = false
		}), []string{"error untrusted-runner vm lab"}},
		{untrusted, "in the store", lab(), nil},

		{old, "without scripts", lab().do(func(h *host) { h.runner("lab").Bin = []model.Raw{"microvm-run", "microvm-shutdown"} }),
			[]string{"error old-runner vm lab"}},
		{old, "on a host of its age", lab().do(func(h *host) {
			h.runner("lab").Bin = []model.Raw{"microvm-run", "microvm-shutdown"}
			h.o.Template.RunnerScripts = false
		}), nil},

		{frozen, "imperative", lab().do(func(h *host) { h.dir("lab").Flake.Ref = "/nix/store/abc-source" }), []string{"info frozen-flake vm lab"}},
		{frozen, "declared by a flake", once(func(h *host) {
			h.dir("db").Flake.Ref = "/nix/store/abc-source"
			for i := range h.o.Systems {
				d := &h.o.Systems[i].Declared[0]
				d.Flake, d.Once = "/nix/store/abc-source", false
			}
		}), nil},

		{drift, "changed since", once(func(h *host) { h.dir("db").Flake.Ref = "git+https://b" }), []string{"warning update-flake-drift vm db"}},
		{drift, "written anew at each switch", once(func(h *host) {
			for i := range h.o.Systems {
				h.o.Systems[i].Declared[0].Once = false
			}
			h.dir("db").Flake.Ref = "git+https://b"
		}), nil},
		{drift, "the same", once(func(*host) {}), nil},

		{"install-blocked", "declared with config before", once(func(h *host) {
			h.dir("db").Flake, h.dir("db").Toplevel = nil, &model.Symlink{Target: "/nix/store/old-system"}
		}), []string{"warning install-blocked vm db"}},
		{"install-blocked", "installed anew at each switch", once(func(h *host) {
			for i := range h.o.Systems {
				h.o.Systems[i].Declared[0].Once = false
			}
			h.dir("db").Toplevel = &model.Symlink{Target: "/nix/store/old-system"}
		}), nil},
		{"install-blocked", "installed from its flake", once(func(*host) {}), nil},

		{install, "its directory was there before", once(func(h *host) {
			h.stopped("db")
			h.dir("db").Current, h.dir("db").Booted, h.dir("db").Flake = nil, nil, nil
		}), []string{"warning install-skipped vm db"}},
		{install, "not there", newHost().declared("db").do(func(h *host) { h.o.StateDir.Directories = nil }),
			[]string{"warning install-skipped vm db"}},
		{install, "comes with the next boot", one().do(func(h *host) {
			s := h.system(model.SystemNewest)
			s.Path = "/nix/store/s43-nixos"
			h.declare(s, "next")
		}), nil},

		{reboot, "updated", lab().running("lab").do(updated), []string{"info reboot-needed vm lab"}},
		{reboot, "updated while off", lab().do(updated), nil},

		{drifted, "deployed over", one().do(func(h *host) {
			h.dir("db").Current.Target, h.dir("db").Booted.Target = "/nix/store/r-new-db", "/nix/store/r-new-db"
			h.runnerAt("/nix/store/r-new-db")
		}), []string{"warning drifted vm db", "warning no-gcroot vm db"}},
		{drifted, "updated, as updateFlake is for", once(func(h *host) {
			h.dir("db").Current.Target, h.dir("db").Booted.Target = "/nix/store/r-new-db", "/nix/store/r-new-db"
			h.runnerAt("/nix/store/r-new-db")
			h.o.OtherRoots = []model.GCRoot{{Name: "x", Target: stateDir + "/db/current"}, {Name: "y", Target: "/nix/store/r-new-db"}}
		}), nil},

		{drifted, "a switch was refused: the newest system differs from the live one", one().do(func(h *host) {
			s := h.system(model.SystemNewest)
			s.Path = "/nix/store/s43-nixos"
			s.Declared[0].Runner = "/nix/store/r-new-db"
		}), nil},
		{unseen, "a dot", newHost().declared("a.b"), []string{"warning autostart-down vm a.b", "warning unseen-by-switch vm a.b"}},
		{unseen, "a dot in a VM that no switch is asked about", newHost().imperative("a.b"), nil},
		{unseen, "a dash", newHost().declared("a-b"), []string{"warning autostart-down vm a-b"}},

		{root, "set by hand", newHost().do(func(h *host) { h.directory("hand", 0) }), []string{"warning no-gcroot vm hand"}},
		{root, "rooted by nix build -o", newHost().do(func(h *host) {
			h.directory("hand", 0)
			h.o.OtherRoots = []model.GCRoot{{Name: "abc", Target: stateDir + "/hand/current"}}
		}), nil},
		{root, "booted is rooted, and current is the same", newHost().do(func(h *host) {
			h.directory("hand", 0)
			h.dir("hand").Booted = h.dir("hand").Current
			h.o.GCRoots = append(h.o.GCRoots, model.GCRoot{Name: "booted-hand", Target: stateDir + "/hand/booted"})
		}), nil},
		{root, "by the link of a VM with the same runner", newHost().do(func(h *host) {
			h.directory("hand", 0)
			h.directory("twin", 0)
			h.dir("twin").Current = h.dir("hand").Current
			h.o.GCRoots = append(h.o.GCRoots, model.GCRoot{Name: "twin", Target: stateDir + "/twin/current"})
		}), []string{"warning duplicate-interface tap vm-hand"}},
		{root, "by a profile", newHost().do(func(h *host) {
			h.directory("hand", 0)
			h.o.OtherRoots = []model.GCRoot{{Name: "vm-1-link", Target: h.dir("hand").Current.Target}}
		}), nil},
		{root, "a root of another VM's old runner", newHost().do(func(h *host) {
			h.directory("hand", 0)
			h.o.OtherRoots = []model.GCRoot{{Name: "x", Target: stateDir + "/hand/old"}}
		}), []string{"warning no-gcroot vm hand"}},
		{root, "not read", newHost().do(func(h *host) { h.directory("hand", 0); h.o.OtherRoots = nil }), nil},

		{wrong, "the units use another", newHost().imperative("lab").do(func(h *host) { h.o.Template.StateDir = "/srv/microvms" }),
			[]string{"warning wrong-state-dir host nixhost"}},
		{wrong, "deployed to the default", lab().do(func(h *host) { h.o.StateDir.Elsewhere = []model.Raw{"web"} }),
			[]string{"warning wrong-state-dir host nixhost"}},
		{wrong, "by a link", lab().do(func(h *host) { h.o.Template.StateDir, h.o.StateDir.Real = "/srv/microvms/", "/srv/microvms" }), nil},
	}
}
