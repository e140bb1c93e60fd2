package doctor_test

import (
	"time"

	"microtui/model"
)

func lifecycleTroubles() []trouble {
	const loop, down, helper, silently = "crash-loop", "autostart-down", "helper-failed", "dependency-failed-silently"
	const late, unclean, oom, outside = "start-timeout", "unclean-stop", "oom-killed", "runs-outside"
	restarts := func(n uint32) func(*model.UnitProperties) { return func(p *model.UnitProperties) { p.Restarts = n } }
	short := func(p *model.UnitProperties) { p.ActiveEnter, p.ActiveExit = switched, switched.Add(time.Second) }
	failed := func(h *host, role model.Role) *host {
		u := h.unit(role, "db")
		u.Active, u.Sub, u.Properties.Result = "failed", "failed", "exit-code"
		return h
	}
	lab := func() *host { return newHost().imperative("lab").running("lab") }
	starting := func(elapsed time.Duration) *host {
		return lab().ended("lab", "activating", "start", "success", func(p *model.UnitProperties) {
			p.Type, p.Restarts, p.InactiveExit = "notify", 2, now.Add(-elapsed)
		})
	}
	noShutdown := func(h *host) { h.runner("lab").Bin = []model.Raw{"microvm-run", "tap-up", "tap-down", "virtiofsd-run"} }
	hasty := func(took time.Duration) *host {
		return lab().stopped("lab").do(func(h *host) {
			h.runner("lab").HastyShutdown = true
			p := h.unit(model.RoleVM, "lab").Properties
			p.InactiveEnter = p.ActiveExit.Add(took)
		})
	}
	atStop := func(main string, setBooted bool) func(*host) {
		return func(h *host) {
			h.o.Template.SetBooted = setBooted
			h.unit(model.RoleVM, "lab").Active = main
			u := h.unit(model.RoleTap, "lab")
			u.Active, u.Sub, u.Properties.Result = "failed", "failed", "exit-code"
		}
	}
	quick := func(h *host, life *model.Life) *host {
		h.unit(model.RoleVM, "lab").Properties.Invocation, life.Invocation = "a", "a"
		h.o.Lives = []model.UnitLives{{Unit: "microvm@lab.service", Invocation: "a", Ended: []model.Life{*life}, Whole: true}}
		return h
	}
	return []trouble{
		{loop, "in the pause", one().ended("db", "activating", "auto-restart", "exit-code", restarts(412), short), []string{"error crash-loop vm db"}},
		{loop, "a guest that powers itself off", one().do(func(h *host) { h.unit(model.RoleVM, "db").Properties.Restarts = 40 }), nil},

		{down, "never started", newHost().declared("db"), []string{"warning autostart-down vm db"}},
		{down, "stopped by hand", one().stopped("db"), []string{"info autostart-down vm db"}},
		{down, "a name without a VM", one().do(func(h *host) { s := h.system(model.SystemLive); s.Autostart = append(s.Autostart, "old") }),
			[]string{"warning autostart-down unit microvm@old.service"}},
		{down, "a name without a VM on a host that skips it", one().do(func(h *host) {
			h.o.Template.SetBooted = false
			s := h.system(model.SystemLive)
			s.Autostart = append(s.Autostart, "old")
		}), []string{"info autostart-down unit microvm@old.service"}},
		{down, "a name whose directory holds no VM", one().do(func(h *host) {
			h.directory("old", 0).Current = nil
			h.dir("old").Booted = &model.Symlink{Target: "booted", Dangling: true}
			s := h.system(model.SystemLive)
			s.Autostart = append(s.Autostart, "old")
		}), []string{"info autostart-down unit microvm@old.service"}},
		{down, "not in autostart", newHost().imperative("lab"), nil},
		{down, "only the next system starts it", newHost().imperative("lab").do(func(h *host) {
			s := h.system(model.SystemNewest)
			s.Path, s.Autostart = "/nix/store/s43-nixos", []model.Raw{"lab"}
		}), nil},

		{helper, "failed", failed(one(), model.RoleVirtiofsd), []string{"warning helper-failed vm db"}},
		{helper, "failed at each stop, on a host of 2025", lab().stopped("lab").do(atStop("inactive", false)), []string{"warning helper-failed host nixhost"}},
		{helper, "failed at a stop, on a host of today", lab().stopped("lab").do(atStop("inactive", true)), []string{"warning helper-failed vm lab"}},
		{helper, "failed at its start, on a host of 2025", lab().stopped("lab").do(func(h *host) {
			atStop("inactive", false)(h)
			h.unit(model.RoleTap, "lab").Properties.ActiveEnter = time.Time{}
		}), []string{"warning helper-failed vm lab"}},
		{helper, "failed while its VM runs, on a host of 2025", lab().do(atStop("active", false)), []string{"warning helper-failed vm lab"}},

		{"helpers-left-up", "what it needs did not come up", lab().stopped("lab").do(func(h *host) {
			for _, role := range []model.Role{model.RoleSetBooted, model.RoleVirtiofsd} {
				u := h.unit(role, "lab")
				u.Active, u.Sub = "active", "exited"
			}
		}), []string{"info helpers-left-up vm lab"}},
		{"helpers-left-up", "they are stopped in this moment", lab().stopped("lab").do(func(h *host) {
			u := h.unit(model.RoleVirtiofsd, "lab")
			u.Active, u.Sub, u.Job = "active", "running", &model.Job{Type: "stop"}
		}), nil},
		{"helpers-left-up", "it is about to start", lab().stopped("lab").do(func(h *host) {
			h.unit(model.RoleSetBooted, "lab").Active = "active"
			h.unit(model.RoleVM, "lab").Job = &model.Job{Type: "start"}
		}), nil},
		{"helpers-left-up", "it runs", lab(), nil},

		{helper, "installed and inactive", one().do(func(h *host) {
			u := h.unit(model.RoleInstall, "db")
			u.Active, u.Sub = "inactive", "dead"
		}), nil},

		{silently, "after a restart", failed(one(), model.RoleTap).ended("db", "inactive", "dead", "exit-code", restarts(3)),
			[]string{"error dependency-failed-silently vm db"}},
		{silently, "a helper that failed on the way down", lab().stopped("lab").do(func(h *host) {
			h.unit(model.RoleTap, "lab").Active = "failed"
		}), []string{"warning helper-failed vm lab"}},
		{silently, "stopped after restarts", newHost().imperative("lab").running("lab").stopped("lab").ended("lab", "inactive", "dead", "success", restarts(3)), nil},

		{late, "killed at the limit", lab().ended("lab", "activating", "auto-restart", "timeout", restarts(3), func(p *model.UnitProperties) {
			p.Type, p.ActiveEnter, p.ActiveExit = "notify", time.Time{}, time.Time{}
		}), []string{"error start-timeout vm lab"}},
		{late, "on its way to the limit again", starting(80 * time.Second), []string{"error start-timeout vm lab"}},
		{late, "a further start that has just begun", starting(20 * time.Second), nil},

		{unclean, "killed at the limit", lab().stopped("lab").ended("lab", "failed", "failed", "timeout"), []string{"warning unclean-stop vm lab"}},
		{unclean, "killed by a signal", lab().stopped("lab").ended("lab", "failed", "failed", "signal"), []string{"warning unclean-stop vm lab"}},
		{unclean, "a runner that does not wait", hasty(time.Second), []string{"warning unclean-stop vm lab"}},
		{unclean, "a runner that does not wait, for a guest that was quick", hasty(20 * time.Second), []string{"info unclean-stop vm lab"}},
		{unclean, "a runner that does not wait, and systemd's signal", quick(hasty(time.Second), &model.Life{Result: "success", Asked: true, By: model.EndedBySignal}), []string{"warning unclean-stop vm lab"}},
		{unclean, "a runner that does not wait, for a guest that shut down", quick(hasty(time.Second), &model.Life{Result: "success", Asked: true, By: model.EndedByReset}), []string{"info unclean-stop vm lab"}},
		{unclean, "a runner that does not wait, for a guest that rebooted by itself", quick(hasty(time.Second), &model.Life{Result: "success"}), []string{"info unclean-stop vm lab"}},
		{unclean, "a runner that does not wait, and a power-off", hasty(time.Second).do(func(h *host) {
			p := h.unit(model.RoleVM, "lab").Properties
			p.ExecMainCode, p.ExecMainStatus = 2, 9
		}), []string{"info unclean-stop vm lab"}},
		{unclean, "a normal stop without microvm-shutdown", lab().do(noShutdown).stopped("lab").ended("lab", "failed", "failed", "exit-code"), nil},
		{unclean, "a clean stop", lab().stopped("lab"), nil},

		{oom, "by the unit's result", lab().ended("lab", "activating", "auto-restart", "oom-kill", restarts(1)), []string{"error oom-killed vm lab"}},
		{oom, "by the cgroup's count", lab().do(func(h *host) {
			h.o.Usage = []model.Usage{{Unit: "microvm-virtiofsd@lab.service", OOMKills: ptr(uint64(1))}}
		}), []string{"warning oom-killed vm lab"}},
		{oom, "none", lab().do(func(h *host) {
			h.o.Usage = []model.Usage{{Unit: "microvm@lab.service", OOMKills: ptr(uint64(0))}}
		}), nil},

		{outside, "by hand", newHost().imperative("lab").do(func(h *host) { h.process("lab", model.RoleVM).Cgroup = "/user.slice/session-1.scope" }),
			[]string{"warning runs-outside vm lab"}},
		{outside, "under its unit", lab(), nil},
	}
}
