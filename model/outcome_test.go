package model_test

import (
	"strings"
	"testing"
	"time"

	"microtui/model"
)

const dbUnit = "microvm@db.service"

// unitIn is microvm@db.service in a state of one life.
func unitIn(active, sub, invocation string, change ...func(*model.UnitProperties)) *model.Unit {
	p := &model.UnitProperties{Invocation: invocation, Result: "success", Type: "simple"}
	for _, c := range change {
		c(p)
	}
	return &model.Unit{Name: dbUnit, Load: "loaded", Active: active, Sub: sub, Properties: p}
}

func result(r string) func(*model.UnitProperties) {
	return func(p *model.UnitProperties) { p.Result = r }
}

func exited(code int32) func(*model.UnitProperties) {
	return func(p *model.UnitProperties) { p.Result, p.ExecMainCode, p.ExecMainStatus = "exit-code", 1, code }
}

// awaiting is a unit that is off and has a job that will start it.
func awaiting(active string, restarts uint32) *model.Unit {
	u := unitIn(active, "dead", "a", func(p *model.UnitProperties) { p.Restarts = restarts })
	u.Job = &model.Job{ID: 7, Type: "start"}
	return u
}

func helper(role model.Role, active string, change ...func(*model.UnitProperties)) model.VMUnit {
	u := unitIn(active, active, "h", change...)
	u.Name = model.UnitName(role, "db")
	return model.VMUnit{Role: role, Unit: *u}
}

// TestOutcome: what a job's result and the units say together. Each row of
// what systemd was measured to do stands beside its neighbour that differs in
// one fact and ends otherwise.
func TestOutcome(t *testing.T) {
	off, on := unitIn("inactive", "dead", "a"), unitIn("active", "running", "a")
	anew := unitIn("active", "running", "b")
	checked := func(p *model.UnitProperties) { p.ConditionAt = now }
	restarted := func(took time.Duration) *model.Unit {
		return unitIn("active", "running", "b", func(p *model.UnitProperties) {
			p.TimeoutStop, p.ActiveExit, p.InactiveEnter = time.Minute, now, now.Add(took)
		})
	}
	for _, test := range []struct {
		name   string
		end    model.JobEnd
		result model.Result
		reason string // part of it; empty: there is none
	}{
		{"started", model.JobEnd{Action: "start", Result: "done", Before: off, After: anew}, "done", ""},
		{"started, not in memory before", model.JobEnd{Action: "start", Result: "done", After: anew}, "done", ""},
		{"started, the signal was lost", model.JobEnd{Action: "start", Before: off, After: anew}, "done", ""},
		{"was running", model.JobEnd{Action: "start", Result: "done", Before: on, After: on}, "unchanged", "already running"},
		{"condition not met", model.JobEnd{Action: "start", Result: "done", Before: off, Lacks: "/x/current"}, "failed", "skipped: /x/current is missing"},
		{"no directory to work in", model.JobEnd{Action: "start", Result: "dependency", Before: off, After: off, Lacks: "/x/current/bin/microvm-run", Helpers: []model.VMUnit{helper(model.RoleSetBooted, "failed", exited(200))}}, "failed", "was not started: /x/current/bin/microvm-run is missing, and it needs microvm-set-booted@db.service, which failed: exit code 200"},
		{"condition met after all", model.JobEnd{Action: "start", Result: "done", Before: off, After: anew, Lacks: "/x/current"}, "done", ""},
		{"another condition not met", model.JobEnd{Action: "start", Result: "done", Before: off, After: unitIn("inactive", "dead", "a", checked)}, "failed", "one of its conditions is not met"},
		{"a condition that was not looked at", model.JobEnd{Action: "start", Result: "done", Before: unitIn("inactive", "dead", "a", checked), After: unitIn("inactive", "dead", "a", checked)}, "failed", "is not running (job result: done)"},
		{"time limit", model.JobEnd{Action: "start", Result: "failed", Before: off, After: unitIn("failed", "failed", "b", result("timeout")), Limit: 150 * time.Second}, "failed", "did not start within 2m30s"},
		{"time limit, then the next start", model.JobEnd{Action: "start", Result: "failed", Before: off, After: unitIn("activating", "auto-restart", "b", result("timeout"))}, "failed", "did not start within its time limit"},
		{"dependency", model.JobEnd{Action: "start", Result: "dependency", Before: off, After: off, Helpers: []model.VMUnit{helper(model.RoleTap, "failed", exited(1))}}, "failed", "needs microvm-tap-interfaces@db.service, which failed: exit code 1"},
		{"dependency, the signal was lost", model.JobEnd{Action: "start", Before: off, After: off, Helpers: []model.VMUnit{helper(model.RoleTap, "failed")}}, "failed", "needs microvm-tap-interfaces@db.service"},
		{"dependency that is none of ours", model.JobEnd{Action: "start", Result: "dependency", Before: off, After: off}, "failed", "needs a unit that did not start"},
		{"install unit failed, which no start needs", model.JobEnd{Action: "start", Result: "failed", Before: off, After: unitIn("failed", "failed", "b", exited(2)), Helpers: []model.VMUnit{helper(model.RoleInstall, "failed")}}, "failed", dbUnit + " failed: exit code 2"},
		{"crashed at once", model.JobEnd{Action: "start", Result: "done", Before: off, After: unitIn("activating", "auto-restart", "b", exited(3))}, "failed", "exited immediately: exit code 3; systemd keeps restarting it"},
		{"stopping again", model.JobEnd{Action: "start", Result: "done", Before: off, After: unitIn("deactivating", "stop-post", "b", exited(3))}, "failed", "is stopping: exit code 3"},
		{"still starting", model.JobEnd{Action: "start", Before: off, After: unitIn("activating", "start", "b")}, "failed", "is still starting"},
		{"cancelled", model.JobEnd{Action: "start", Result: "canceled", Before: off, After: off}, "failed", "its start was cancelled; it is off"},
		{"cancelled, yet up by another job", model.JobEnd{Action: "start", Result: "canceled", Before: off, After: anew}, "done", ""},
		{"cancelled halfway", model.JobEnd{Action: "start", Result: "canceled", Before: off, After: unitIn("activating", "start", "b")}, "failed", "its start was cancelled; it is activating"},

		{"restarted", model.JobEnd{Action: "restart", Result: "done", Before: on, After: anew}, "done", ""},
		{"restart of what was off", model.JobEnd{Action: "restart", Result: "done", Before: off, After: anew}, "done", ""},
		{"restart that did not happen", model.JobEnd{Action: "restart", Before: on, After: on}, "failed", "is still running"},
		{"restart cancelled before it began", model.JobEnd{Action: "restart", Result: "canceled", Before: on, After: on}, "failed", "its restart was cancelled; it is still running"},
		{"restart within the limit", model.JobEnd{Action: "restart", Result: "done", Before: on, After: restarted(59 * time.Second)}, "done", ""},
		{"restart beyond the limit", model.JobEnd{Action: "restart", Result: "done", Before: on, After: restarted(time.Minute)}, "done", "did not shut down in time"},
		{"restart beyond the limit that cannot ask", model.JobEnd{Action: "restart", Result: "done", Before: on, After: restarted(time.Minute), Way: model.StopBlunt}, "done", "no microvm-shutdown"},

		{"stopped", model.JobEnd{Action: "stop", Result: "done", Before: on, After: off}, "done", ""},
		{"stopped and forgotten", model.JobEnd{Action: "stop", Result: "done", Before: on}, "done", ""},
		{"not loaded", model.JobEnd{Action: "stop"}, "unchanged", "was not running"},
		{"was off, and its helpers were not", model.JobEnd{Action: "stop", Result: "done", Before: off, After: off, HelpersBefore: []model.VMUnit{helper(model.RoleSetBooted, "active"), helper(model.RoleVirtiofsd, "active")}, Helpers: []model.VMUnit{helper(model.RoleSetBooted, "inactive")}}, "done", "it was not running; also stopped: set-booted and virtiofsd"},
		{"was off, and its helpers are up still", model.JobEnd{Action: "stop", Result: "done", Before: off, After: off, HelpersBefore: []model.VMUnit{helper(model.RoleTap, "active")}, Helpers: []model.VMUnit{helper(model.RoleTap, "active")}}, "unchanged", "was not running"},
		{"was off", model.JobEnd{Action: "stop", Result: "done", Before: off, After: off}, "unchanged", "was not running"},
		{"had failed before", model.JobEnd{Action: "stop", Result: "done", Before: unitIn("failed", "failed", "a"), After: unitIn("failed", "failed", "a")}, "unchanged", "was not running"},
		{"stopped while it waited for its restart", model.JobEnd{Action: "stop", Result: "done", Before: unitIn("activating", "auto-restart", "a"), After: off}, "done", "it will not be restarted"},
		{"stopped while its queued restart waited", model.JobEnd{Action: "stop", Result: "done", Before: unitIn("activating", "auto-restart-queued", "a"), After: off}, "done", "it will not be restarted"},
		{"stopped between two lives", model.JobEnd{Action: "stop", Result: "done", Before: awaiting("inactive", 3), After: off}, "done", "it will not be restarted"},
		{"stopped between two lives, and forgotten", model.JobEnd{Action: "stop", Before: awaiting("inactive", 3)}, "done", "it will not be restarted"},
		{"killed between two lives", model.JobEnd{Action: "kill", Result: "done", Before: awaiting("inactive", 1), After: off}, "done", "it will not be restarted"},
		{"stopped before its first start began", model.JobEnd{Action: "stop", Result: "done", Before: awaiting("inactive", 0), After: off}, "done", "its pending start was cancelled"},
		{"stopped before its next start, after a failure", model.JobEnd{Action: "stop", Result: "done", Before: awaiting("failed", 0), After: unitIn("failed", "failed", "a")}, "done", "its pending start was cancelled"},
		{"killed at the limit", model.JobEnd{Action: "stop", Result: "done", Before: on, After: unitIn("failed", "failed", "a", result("timeout")), Limit: time.Second}, "failed", "did not stop within 1s and was killed"},
		{"killed on request", model.JobEnd{Action: "kill", Result: "done", Before: on, After: unitIn("failed", "failed", "a", result("signal"))}, "done", ""},
		{"no microvm-shutdown", model.JobEnd{Action: "stop", Result: "done", Before: on, After: unitIn("failed", "failed", "a", exited(0)), Way: model.StopBlunt}, "done", "no microvm-shutdown"},
		{"no microvm-shutdown, and killed at the limit", model.JobEnd{Action: "stop", Result: "done", Before: on, After: unitIn("failed", "failed", "a", result("timeout")), Way: model.StopBlunt}, "failed", "was killed"},
		{"the guest was off before microvm-shutdown came", model.JobEnd{Action: "stop", Result: "done", Before: on, After: unitIn("failed", "failed", "a", exited(0)), Life: &model.Life{Result: "exit-code", Asked: true, By: model.EndedByShutdown}}, "done", "its guest shut down"},
		{"microvm-shutdown failed", model.JobEnd{Action: "stop", Result: "done", Before: on, After: unitIn("failed", "failed", "a", exited(1))}, "failed", "did not stop cleanly: exit code 1"},
		{"a helper failed on the way down", model.JobEnd{Action: "stop", Result: "done", Before: on, After: off, Helpers: []model.VMUnit{helper(model.RoleTap, "failed", exited(1))}}, "done", "microvm-tap-interfaces@db.service failed: exit code 1"},
		{"stop cancelled", model.JobEnd{Action: "stop", Result: "canceled", Before: on, After: on}, "failed", "its stop was cancelled; it is active"},
		{"stop cancelled while it stops", model.JobEnd{Action: "stop", Result: "canceled", Before: on, After: unitIn("deactivating", "stop", "a")}, "failed", "is still stopping"},
		{"still stopping", model.JobEnd{Action: "stop", Before: on, After: unitIn("deactivating", "stop", "a")}, "failed", "is still stopping"},
		{"up again", model.JobEnd{Action: "stop", Result: "done", Before: on, After: anew}, "failed", "is active again"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := test.end.Outcome()
			if got.Result != test.result || !strings.Contains(string(got.Reason), test.reason) || test.reason == "" && got.Reason != "" {
				t.Errorf("%s: %q", got.Result, got.Reason)
			}
			if got.Kind != nil {
				t.Errorf("kind: %v", got.Kind)
			}
		})
	}
}

func TestDoing(t *testing.T) {
	unit := func(active, sub string) model.VMUnit {
		return model.VMUnit{Role: model.RoleVM, Unit: *unitIn(active, sub, "a")}
	}
	speaks := unit("activating", "start")
	speaks.Unit.Properties.StatusText = "Reached target basic.target."
	goesDown := unit("active", "running")
	goesDown.Unit.Job = &model.Job{ID: 1, Type: "restart"}
	for _, test := range []struct {
		action model.Action
		units  []model.VMUnit
		want   model.Raw
	}{
		{"stop", []model.VMUnit{unit("deactivating", "stop")}, "stopping: asking the guest to shut down"},
		{"stop", []model.VMUnit{unit("deactivating", "stop-sigterm")}, "stopping: sent SIGTERM to the hypervisor"},
		{"stop", []model.VMUnit{unit("active", "running")}, "stopping: job is queued"},
		{"stop", []model.VMUnit{helper(model.RoleVirtiofsd, "deactivating"), unit("inactive", "dead")}, "stopping: waiting for microvm-virtiofsd@db.service"},
		{"start", nil, "starting: job is queued"},
		{"start", []model.VMUnit{helper(model.RoleTap, "activating"), unit("inactive", "dead")}, "starting: waiting for microvm-tap-interfaces@db.service"},
		{"start", []model.VMUnit{unit("activating", "start")}, "starting: waiting for the guest to report that it is up"},
		{"start", []model.VMUnit{speaks}, "starting: the guest reports: Reached target basic.target."},
		{"start", []model.VMUnit{unit("active", "running")}, "starting: checking that the hypervisor stays up"},
		{"restart", []model.VMUnit{unit("deactivating", "stop")}, "stopping: asking the guest to shut down"},
		{"restart", []model.VMUnit{unit("activating", "start")}, "starting: waiting for the guest to report that it is up"},
		{"kill", []model.VMUnit{unit("deactivating", "stop-sigkill")}, "stopping: sent SIGKILL to the hypervisor"},
	} {
		if got := model.Activity(test.action, test.units); got != test.want {
			t.Errorf("%s of %+v: %q, want %q", test.action, test.units, got, test.want)
		}
	}
	if got := model.Activity("restart", []model.VMUnit{goesDown}); !strings.HasPrefix(string(got), "stopping: ") {
		t.Errorf("a restart that has not begun: %q", got)
	}
}

func TestDeadlines(t *testing.T) {
	p := &model.UnitProperties{TimeoutStart: 150 * time.Second, TimeoutStop: 100 * time.Second}
	for action, want := range map[model.Action]time.Duration{"start": 150, "stop": 100, "restart": 250, "kill": 100} {
		if got := model.Deadline(action, p); got != want*time.Second {
			t.Errorf("%s: %s", action, got)
		}
		if got := model.Deadline(action, &model.UnitProperties{}); got != 0 {
			t.Errorf("%s of a unit without limits: %s", action, got)
		}
		if got := model.Deadline(action, nil); got != 0 {
			t.Errorf("%s of a unit that is not known: %s", action, got)
		}
	}
	for action, want := range map[model.Action]time.Duration{"start": 150, "stop": 100, "restart": 150, "kill": 100} {
		if got := model.UnitTimeout(action, p); got != want*time.Second {
			t.Errorf("%s: own limit %s", action, got)
		}
	}
}
