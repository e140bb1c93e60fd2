package model_test

import (
	"strings"
	"testing"
	"time"

	"microtui/model"
)

func TestState(t *testing.T) {
	const tapUnit, virtiofsd, dbUnit = "microvm-tap-interfaces@db.service", "microvm-virtiofsd@db.service", "microvm@db.service"
	lived := func(u *model.Unit, life time.Duration) { // its last life, and that it is over
		u.Properties.ActiveEnter, u.Properties.ActiveExit = now.Add(-life-2*time.Second), now.Add(-2*time.Second)
	}
	tests := []struct {
		name string
		host func(h *host)
		want model.State
		note string // part of a note; empty: none
	}{
		{"no unit in memory", func(h *host) {}, model.StateStopped, ""},
		{"an instance is loaded under any name", func(h *host) { h.main("db", "inactive", "dead") }, model.StateStopped, ""},
		{"a start whose condition failed", func(h *host) {
			p := h.main("db", "inactive", "dead").Properties
			p.Condition, p.ConditionAt = false, now.Add(-time.Minute)
		}, model.StateStopped, ""},
		{"runs", func(h *host) { h.running("db") }, model.StateRunning, ""},
		{"reloads", func(h *host) { h.running("db").main("db", "reloading", "reload") }, model.StateRunning, ""},
		{"refreshes", func(h *host) { h.running("db").main("db", "refreshing", "refresh") }, model.StateRunning, ""},
		{"frozen", func(h *host) { h.running("db").freeze(dbUnit) }, model.StatePaused, "frozen: systemctl thaw " + dbUnit},
		{"frozen while it starts", func(h *host) { h.main("db", "activating", "start"); h.freeze(dbUnit) }, model.StatePaused, "systemctl thaw " + dbUnit},
		{"frozen, and to stop", func(h *host) {
			h.running("db").freeze(dbUnit).main("db", "active", "running").Job = &model.Job{Type: "stop"}
		}, model.StateStopping, ""},
		{"killed while it was frozen", func(h *host) { h.main("db", "deactivating", "stop-post"); h.freeze(dbUnit) }, model.StateStopping, "systemctl thaw " + dbUnit},
		{"a frozen helper", func(h *host) {
			h.running("db").unit(virtiofsd, "active", "running")
			h.freeze(virtiofsd)
		}, model.StatePaused, "virtiofsd is frozen: systemctl thaw " + virtiofsd},
		{"a frozen helper of a VM that failed", func(h *host) {
			h.main("db", "failed", "failed")
			h.unit(virtiofsd, "active", "running")
			h.freeze(virtiofsd)
		}, model.StateFailed, "failed"},
		{"without properties", func(h *host) { h.main("db", "active", "running").Properties = nil }, model.StateRunning, ""},

		{"Type=notify before READY", func(h *host) {
			h.main("db", "activating", "start").Properties.StatusText = "Starting OpenSSH"
		}, model.StateStarting, "Starting OpenSSH"},
		{"stop while it starts", func(h *host) {
			h.main("db", "activating", "start").Job = &model.Job{Type: "stop"}
		}, model.StateStopping, ""},
		{"start queued behind its helpers", func(h *host) {
			h.main("db", "inactive", "dead").Job = &model.Job{Type: "start"}
		}, model.StateStarting, ""},
		{"restart queued", func(h *host) {
			h.main("db", "inactive", "dead").Job = &model.Job{Type: "restart"}
		}, model.StateStarting, ""},
		{"a helper comes up first", func(h *host) { h.unit(virtiofsd, "activating", "start") }, model.StateStarting, ""},
		{"stop queued", func(h *host) {
			h.running("db").main("db", "active", "running").Job = &model.Job{Type: "stop"}
		}, model.StateStopping, ""},
		{"deactivating", func(h *host) { h.main("db", "deactivating", "stop") }, model.StateStopping, ""},
		{"a helper stops last", func(h *host) { h.unit(virtiofsd, "deactivating", "stop-sigterm") }, model.StateStopping, ""},
		{"helpers that stay up are no running VM", func(h *host) { h.unit(tapUnit, "active", "exited") }, model.StateStopped, "tap-interfaces up without it"},
		{"a dependency failed, others stay up", func(h *host) {
			h.main("db", "inactive", "dead")
			h.unit(tapUnit, "active", "exited")
			h.unit("microvm-set-booted@db.service", "active", "exited")
			h.unit(virtiofsd, "failed", "failed")
		}, model.StateFailed, "set-booted and tap-interfaces up without it"},
		{"what a host of 2025 leaves failed at each stop", func(h *host) {
			h.o.Template.SetBooted = false
			h.main("db", "inactive", "dead")
			p := h.unit(tapUnit, "failed", "failed").Properties
			p.Result, p.InactiveExit, p.ActiveEnter = "exit-code", now, now
		}, model.StateStopped, ""},

		{"auto-restart, again and again", func(h *host) {
			u := h.main("db", "activating", "auto-restart")
			u.Properties.Restarts, u.Properties.Result = 412, "exit-code"
			u.Properties.ExecMainCode, u.Properties.ExecMainStatus = 1, 3
			lived(u, time.Second)
		}, model.StateCrashLoop, "412 restarts: exit code 3"},
		{"a loop, while what it needs is made anew", func(h *host) {
			u := badly(h.main("db", "inactive", "dead"))
			u.Properties.Restarts, u.Job = 412, &model.Job{Type: "start"}
			lived(u, time.Second)
		}, model.StateCrashLoop, "412 restarts"},
		{"a loop of signals", func(h *host) {
			u := h.main("db", "activating", "auto-restart")
			u.Properties.Restarts, u.Properties.Result = 7, "signal"
			u.Properties.ExecMainCode, u.Properties.ExecMainStatus = 2, 9
			lived(u, time.Second)
		}, model.StateCrashLoop, "7 restarts: killed by signal 9"},
		{"a loop that never comes up", func(h *host) {
			u := h.main("db", "activating", "start")
			u.Properties.Restarts, u.Properties.Result = 5, "timeout"
		}, model.StateCrashLoop, "5 restarts: timeout"},
		{"a guest that is never ready any more", func(h *host) {
			u := h.main("db", "activating", "start")
			u.Properties.Restarts = 5
			u.Properties.ActiveEnter, u.Properties.ActiveExit = now.Add(-72*time.Hour), now.Add(-time.Hour)
			u.Properties.InactiveEnter = now.Add(-time.Minute)
		}, model.StateCrashLoop, "5 restarts"},
		{"between two crashes", func(h *host) {
			u := h.main("db", "active", "running")
			u.Properties.Restarts, u.Properties.ActiveEnter = 9, now.Add(-time.Second)
		}, model.StateCrashLoop, "9 restarts"},
		{"what comes after a crash", func(h *host) {
			u := badly(h.main("db", "deactivating", "stop-post"))
			u.Properties.Restarts = 9
			lived(u, time.Second)
		}, model.StateCrashLoop, "9 restarts"},
		{"stopped while it crashes in a loop", func(h *host) {
			u := h.main("db", "deactivating", "stop-sigterm")
			u.Properties.Restarts, u.Job = 9, &model.Job{Type: "stop"}
			lived(u, time.Second)
		}, model.StateStopping, ""},
		{"the first crashes are no loop yet", func(h *host) {
			u := h.main("db", "activating", "auto-restart")
			u.Properties.Restarts = 2
			lived(u, time.Second)
		}, model.StateStarting, ""},
		{"a guest that powered itself off is restarted, no loop", func(h *host) {
			u := h.main("db", "activating", "auto-restart")
			u.Properties.Restarts = 40
			lived(u, 24*time.Hour)
			u.Properties.InactiveEnter = u.Properties.ActiveExit.Add(time.Second)
		}, model.StateStarting, ""},
		{"a guest that was restarted often and is up", func(h *host) {
			u := h.main("db", "active", "running")
			u.Properties.Restarts, u.Properties.ActiveEnter = 40, now.Add(-time.Minute)
		}, model.StateRunning, ""},

		{"failed", func(h *host) {
			h.main("db", "failed", "failed").Properties.Result = "timeout"
		}, model.StateFailed, "failed: timeout"},
		{"failed with an exit code", func(h *host) {
			h.main("db", "failed", "failed").Properties.Result = "exit-code"
		}, model.StateFailed, "failed"},
		{"a normal stop of a runner without microvm-shutdown", func(h *host) {
			h.runner("db").Bin = []model.Raw{"microvm-run"}
			h.main("db", "failed", "failed").Properties.Result = "exit-code"
		}, model.StateStopped, "no microvm-shutdown"},
		{"a time-out of a runner without microvm-shutdown", func(h *host) {
			h.runner("db").Bin = []model.Raw{"microvm-run"}
			h.main("db", "failed", "failed").Properties.Result = "timeout"
		}, model.StateFailed, "timeout"},
		{"a runner of which nothing is known", func(h *host) {
			h.runner("db").Bin = nil
			h.main("db", "failed", "failed").Properties.Result = "exit-code"
		}, model.StateFailed, "failed"},
		{"a helper failed in an automatic restart: dead, never retried", func(h *host) {
			p := h.main("db", "inactive", "dead").Properties
			p.Result, p.Restarts = "exit-code", 3
			h.unit(tapUnit, "failed", "failed").Properties.Result = "exit-code"
		}, model.StateFailed, "tap-interfaces failed"},
		{"a helper of a running VM failed", func(h *host) {
			h.running("db").unit("microvm-virtiofsd@db.service", "failed", "failed")
		}, model.StateFailed, "virtiofsd failed"},
		{"the share daemons of a running VM restart", func(h *host) {
			h.running("db").unit("microvm-virtiofsd@db.service", "activating", "auto-restart")
		}, model.StateFailed, "virtiofsd restarts"},
		{"the loop is worse than its helper's failure", func(h *host) {
			badly(h.main("db", "activating", "auto-restart")).Properties.Restarts = 9
			h.unit(tapUnit, "failed", "failed")
		}, model.StateCrashLoop, "9 restarts"},
		{"a failed install unit is not the VM's state", func(h *host) {
			h.running("db").unit("install-microvm-db.service", "failed", "failed")
		}, model.StateRunning, ""},

		{"outside its unit", func(h *host) { h.looseProcess("microvm@db", "db") }, model.StateOutside, "process 1001"},
		{"outside, by the program's name", func(h *host) { h.looseProcess("qemu", "db") }, model.StateOutside, "process 1001"},
		{"outside, after its unit failed", func(h *host) {
			h.looseProcess("microvm@db", "db")
			h.main("db", "failed", "failed")
		}, model.StateOutside, "process 1001"},
		{"outside, and its host name is another", func(h *host) { h.looseProcess("microvm@guest", "db") }, model.StateOutside, "process 1001"},
		{"outside, seen without root", func(h *host) { h.looseProcess("microvm@db", "db").Cwd = nil }, model.StateOutside, "process 1001"},
		{"another's, seen without root", func(h *host) { h.looseProcess("microvm@web", "web").Cwd = nil }, model.StateStopped, ""},
		{"a hypervisor of another directory", func(h *host) { h.looseProcess("microvm@db", "other") }, model.StateStopped, ""},
		{"a shell in its directory", func(h *host) { h.looseProcess("-bash", "db").Comm = "bash" }, model.StateStopped, ""},
		{"its hypervisor in its unit", func(h *host) { h.running("db") }, model.StateRunning, ""},

		{"systemd cannot be asked", func(h *host) { h.fault(model.SourceSystemd) }, model.StateUnknown, ""},
		{"systemd answered in part", func(h *host) { h.running("db").fault(model.SourceSystemd) }, model.StateRunning, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			vm := newHost().declared("db").do(test.host).vm(t, "db")
			if vm.State != test.want {
				t.Errorf("state is %s (%q), want %s", vm.State, vm.Notes, test.want)
			}
			notes := ""
			for _, note := range vm.Notes {
				notes += string(note) + "\n"
			}
			if !strings.Contains(notes, test.note) || test.note == "" && notes != "" {
				t.Errorf("notes are %q, want %q", notes, test.note)
			}
		})
	}
}

// TestLoopIsOneState: a VM whose lives take so long is in a crash loop, or is
// not, at each moment of a turn; and so its purge is one plan.
func TestLoopIsOneState(t *testing.T) {
	const gap = 5 * time.Second // RestartSec
	moments := []struct {
		active, sub string
		job         *model.Job
		at          time.Duration // since the life began, of one; after its end where it is longer
	}{
		{"active", "running", nil, 0}, {"active", "running", nil, time.Second}, {"active", "running", nil, 9 * time.Second},
		{"active", "running", nil, 11 * time.Second}, {"active", "running", nil, 28 * time.Second},
		{"deactivating", "stop-post", nil, time.Hour}, {"activating", "auto-restart", nil, time.Hour},
		{"inactive", "dead", &model.Job{Type: "restart"}, time.Hour}, {"activating", "start", nil, time.Hour},
	}
	for _, life := range []time.Duration{time.Second, 8 * time.Second, 12 * time.Second, 20 * time.Second, 29 * time.Second} {
		digests := make(map[string]bool)
		for _, m := range moments {
			if m.active == "active" && m.at >= life {
				continue
			}
			h := newHost().imperative("db")
			u := badly(h.main("db", m.active, m.sub))
			u.Properties.Restarts, u.Job = 9, m.job
			u.Properties.ActiveEnter, u.Properties.ActiveExit = now.Add(-life-time.Second), now.Add(-time.Second)
			if m.active == "active" {
				u.Properties.ActiveEnter, u.Properties.ActiveExit = now.Add(-m.at), now.Add(-m.at-gap)
			}
			if got := h.vm(t, "db").State; got != model.StateCrashLoop {
				t.Errorf("lives of %s, %s %s after %s: %s", life, m.active, m.sub, m.at, got)
			}
			digests[purge(h, "db").Digest()] = true
		}
		if len(digests) != 1 {
			t.Errorf("lives of %s: %d plans", life, len(digests))
		}
	}
}

// A helper's trouble counts for its own VM only.
func TestStateOfOthers(t *testing.T) {
	h := newHost().declared("db").declared("db2").running("db2")
	h.unit("microvm-tap-interfaces@db.service", "failed", "failed")
	if got := h.vm(t, "db2").State; got != model.StateRunning {
		t.Errorf("db2 is %s", got)
	}
}

// Where file identities are unknown nothing works in anything.
func TestOutsideWithoutIdentity(t *testing.T) {
	h := newHost().declared("db")
	h.dir("db").ID = model.FileID{}
	h.looseProcess("microvm@other", "elsewhere")
	if got := h.vm(t, "db").State; got != model.StateStopped {
		t.Errorf("state is %s by a process of unknown place", got)
	}
}

// freeze freezes the processes of a unit.
func (h *host) freeze(unit model.Raw) *host {
	h.o.Usage = append(h.o.Usage, model.Usage{Unit: unit, Frozen: true})
	return h
}

// A start of a VM that is paused changes nothing; a stop of it works.
func TestPausedIsNotStarted(t *testing.T) {
	i := twins().freeze("microvm@db.service").inventory()
	if got := model.Reason(i, model.ActionStart, "db"); got != "db is paused: microtui resume db" {
		t.Errorf("start: %q", got)
	}
	for _, action := range []model.Action{model.ActionStop, model.ActionRestart, model.ActionKill} {
		if got := model.Reason(i, action, "db"); got != "" {
			t.Errorf("%s: %q", action, got)
		}
	}
	if c := model.Count(i); c.Paused != 1 || c.Running != 0 {
		t.Errorf("%+v", c)
	}
}
