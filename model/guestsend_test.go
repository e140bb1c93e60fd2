package model_test

import (
	"strings"
	"testing"
	"time"

	"microtui/model"
)

// TestGuestsEnd: what is said of a guest after its VM was stopped.
func TestGuestsEnd(t *testing.T) {
	on, anew := unitIn("active", "running", "a"), unitIn("active", "running", "b")
	off := func(took time.Duration, change ...func(*model.UnitProperties)) *model.Unit {
		return unitIn("inactive", "dead", "a", append(change, func(p *model.UnitProperties) { p.ActiveExit, p.InactiveEnter = now, now.Add(took) })...)
	}
	bySignal := func(n int32) func(*model.UnitProperties) {
		return func(p *model.UnitProperties) { p.ExecMainCode, p.ExecMainStatus = 2, n }
	}
	ended := func(by model.EndedBy) *model.Life {
		return &model.Life{Invocation: "a", Result: "success", Asked: true, By: by}
	}
	long, short := 20*time.Second, 500*time.Millisecond
	for _, test := range []struct {
		name   string
		end    model.JobEnd
		result model.Result
		reason string // part of it; empty: there is none
	}{
		{"it was waited for", model.JobEnd{Action: "stop", After: off(long), Way: model.StopWaits}, "done", ""},
		{"it switched itself off", model.JobEnd{Action: "stop", After: off(long), Way: model.StopWaits, Life: ended(model.EndedByShutdown)}, "done", "its guest shut down"},
		{"it rebooted, as Ctrl-Alt-Del makes it", model.JobEnd{Action: "stop", After: off(short), Way: model.StopHasty, Life: ended(model.EndedByReset)}, "done", "its guest shut down"},
		{"it was not waited for", model.JobEnd{Action: "stop", After: off(short), Way: model.StopHasty, Life: ended(model.EndedBySignal)}, "done", "its guest was killed, not shut down: its runner's microvm-shutdown does not wait"},
		{"it was not waited for, and the journal is silent", model.JobEnd{Action: "stop", After: off(short), Way: model.StopHasty}, "done", "probably killed, not shut down: its runner's microvm-shutdown does not wait, and the stop took 500ms"},
		{"it was not waited for, and the signal shows", model.JobEnd{Action: "stop", After: off(short, bySignal(15)), Way: model.StopHasty}, "done", "its guest was killed, not shut down"},
		{"it was not waited for, and took its time", model.JobEnd{Action: "stop", After: off(long), Way: model.StopHasty}, "done", ""},
		{"it was to be waited for, and was killed", model.JobEnd{Action: "stop", After: off(short), Way: model.StopWaits, Life: ended(model.EndedBySignal)}, "failed", "returned before the guest was off"},
		{"what the script does is not known, and it was killed", model.JobEnd{Action: "stop", After: off(short), Life: ended(model.EndedBySignal)}, "failed", "its guest was killed, not shut down"},
		{"a script that sends the signal itself", model.JobEnd{Action: "stop", After: off(short, bySignal(15))}, "done", ""},
		{"there is no script", model.JobEnd{Action: "stop", After: off(short), Way: model.StopBlunt}, "done", "no microvm-shutdown"},
		{"the script is gone", model.JobEnd{Action: "stop", After: off(short), Way: model.StopGone}, "done", "including its microvm-shutdown"},
		{"powered off", model.JobEnd{Action: "kill", After: off(short, bySignal(9)), Way: model.StopHasty, Life: ended(model.EndedBySignal)}, "done", ""},
		{"restarted", model.JobEnd{Action: "restart", After: anew, Way: model.StopHasty, Life: ended(model.EndedBySignal)}, "done", "its guest was killed, not shut down"},
		{"restarted, and it shut down", model.JobEnd{Action: "restart", After: anew, Way: model.StopWaits, Life: ended(model.EndedByReset)}, "done", "its guest shut down"},
	} {
		test.end.Result, test.end.Before = "done", on
		got := test.end.Outcome()
		if got.Result != test.result || !strings.Contains(string(got.Reason), test.reason) || test.reason == "" && got.Reason != "" {
			t.Errorf("%s: %s: %q", test.name, got.Result, got.Reason)
		}
	}
}

// TestLastWords: a start that failed says what stands last on the console, as
// text.
func TestLastWords(t *testing.T) {
	life := &model.Life{Invocation: "b", Said: []model.Raw{"before", "\x1b[31mno such disk\x1b[0m\r"}}
	for name, after := range map[string]*model.Unit{
		"ended at once":       unitIn("activating", "auto-restart", "b", exited(3)),
		"failed":              unitIn("failed", "failed", "b", exited(3)),
		"did not come up":     unitIn("failed", "failed", "b", result("timeout")),
		"is not running":      unitIn("inactive", "dead", "b", exited(3)),
		"is being cleaned up": unitIn("deactivating", "stop-post", "b", exited(3)),
	} {
		end := model.JobEnd{Action: "start", Result: "done", Before: unitIn("inactive", "dead", "a"), After: after, Life: life}
		if got := end.Outcome(); got.Result != model.ResultFailed || !strings.Contains(string(got.Reason), "(last on its console: no such disk)") {
			t.Errorf("%s: %s %q", name, got.Result, got.Reason)
		}
	}
}

// TestStopCaution: what a stop does is said before, of what runs.
func TestStopCaution(t *testing.T) {
	yes, no := true, false
	for name, test := range map[string]struct {
		runner func(*model.Runner)
		want   string
	}{
		"waits":             {func(r *model.Runner) { r.Shutdown = model.Shutdown{Asks: model.AsksPowerButton, Waits: &yes} }, ""},
		"does not wait":     {func(r *model.Runner) { r.Shutdown = model.Shutdown{Asks: model.AsksPowerButton, Waits: &no} }, "microvm-shutdown does not wait: systemd kills the guest right after"},
		"an old record":     {func(r *model.Runner) { r.HastyShutdown = true }, "microvm-shutdown does not wait"},
		"has none":          {func(r *model.Runner) { r.Bin = []model.Raw{"microvm-run"} }, "has no microvm-shutdown"},
		"of another kind":   {func(r *model.Runner) {}, ""},
		"could not be read": {func(r *model.Runner) { r.Bin = nil }, ""},
	} {
		h := newHost().imperative("db").running("db")
		h.runner("db").Bin = []model.Raw{"microvm-run", "microvm-shutdown"}
		test.runner(h.runner("db"))
		i := h.inventory()
		for what, got := range map[string]model.Raw{
			"stop": model.Warning(i, model.Order{Action: "stop", VM: "db"}), "restart": model.Warning(i, model.Order{Action: "restart", VM: "db"}),
			"purge": purge(h, "db").Items[0].Kills(), "plan of a restart": model.PlanRestart(i, []model.Raw{"db"}).Items[0].Kills(),
		} {
			if !strings.Contains(string(got), test.want) || test.want == "" && got != "" {
				t.Errorf("%s, %s: %q", name, what, got)
			}
		}
		if got := model.Warning(i, model.Order{Action: "kill", VM: "db"}); got != "" {
			t.Errorf("%s, kill: %q", name, got)
		}
	}
	h := newHost().imperative("db").running("db")
	h.dir("db").Booted = &model.Symlink{Target: "/nix/store/gone", Dangling: true}
	if got := model.Warning(h.inventory(), model.Order{Action: "stop", VM: "db"}); !strings.Contains(string(got), "is gone, with what `booted` points to") {
		t.Errorf("booted dangles: %q", got)
	}
}
