package backend

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"microtui/lab"
	"microtui/lab/fixture"
	"microtui/model"
)

// actHost is a host of VMs, and microtui on it.
func actHost(t *testing.T) (*fixture.Host, *Host) {
	t.Helper()
	lab.Require(t)
	host := fixture.NewHost(t, fixture.Options{})
	return host, openHost(t, Options{})
}

// setting gives a unit a drop-in: short limits, so that a test is over soon.
func setting(t *testing.T, unit, text string) {
	t.Helper()
	folder := "/run/systemd/system/" + unit + ".d"
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(folder+"/test.conf", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	run(t, "systemctl", "daemon-reload")
}

// end is the outcome of an order, with all that was told before.
func end(t *testing.T, news <-chan model.Progress) (model.Outcome, []model.Progress) {
	t.Helper()
	var all []model.Progress
	deadline := time.After(30 * time.Second)
	for {
		select {
		case p, open := <-news:
			if open {
				all = append(all, p)
				continue
			}
			if len(all) == 0 || all[len(all)-1].Outcome == nil {
				t.Fatalf("news without an outcome: %+v", all)
			}
			return *all[len(all)-1].Outcome, all
		case <-deadline:
			t.Fatalf("no outcome in time: %+v", all)
		}
	}
}

func carry(t *testing.T, h *Host, action model.Action, vm model.Raw) model.Outcome {
	t.Helper()
	outcome, _ := end(t, h.Act(t.Context(), model.Order{Action: action, VM: vm}))
	return outcome
}

func expect(t *testing.T, got model.Outcome, result model.Result, reason string) {
	t.Helper()
	if got.Result != result || !strings.Contains(string(got.Reason), reason) || reason == "" && got.Reason != "" {
		t.Errorf("%s: %q (%v), want %s: %q", got.Result, got.Reason, got.Kind, result, reason)
	}
}

// vmNow is a VM as it is now.
func vmNow(t *testing.T, h *Host, name model.Raw) *model.VM {
	t.Helper()
	i := model.Interpret(observe(t, h))
	for at := range i.VMs {
		if i.VMs[at].Name == name {
			return &i.VMs[at]
		}
	}
	t.Fatalf("no VM %s", name)
	return nil
}

// TestActRoundtrip: the daily work, on VMs of each origin.
func TestActRoundtrip(t *testing.T) {
	host, h := actHost(t)
	host.Declare("db", fixture.Tap("vm-db"), fixture.Share("data", "data"), fixture.NoAutostart())
	host.Switch()
	host.Create("api", fixture.Tap("vm-api"))
	host.Deploy("web")
	for _, vm := range []model.Raw{"db", "api", "web"} {
		expect(t, carry(t, h, model.ActionStart, vm), model.ResultDone, "")
		expect(t, carry(t, h, model.ActionStart, vm), model.ResultUnchanged, "already running")
		first := vmNow(t, h, vm)
		expect(t, carry(t, h, model.ActionRestart, vm), model.ResultDone, "")
		if again := vmNow(t, h, vm); again.State != model.StateRunning || !again.Since.After(first.Since) {
			t.Errorf("%s after its restart: %s since %s", vm, again.State, again.Since)
		}
		expect(t, carry(t, h, model.ActionStop, vm), model.ResultDone, "")
		if vmNow(t, h, vm).State != model.StateStopped {
			t.Errorf("%s is %s right after its stop", vm, vmNow(t, h, vm).State)
		}
		expect(t, carry(t, h, model.ActionStop, vm), model.ResultUnchanged, "was not running")
		expect(t, carry(t, h, model.ActionStart, vm), model.ResultDone, "")
		expect(t, carry(t, h, model.ActionKill, vm), model.ResultDone, "")
		if state := vmNow(t, h, vm).State; state != model.StateStopped {
			t.Errorf("%s is %s after its power was cut", vm, state)
		}
	}
	for _, link := range []string{"vm-db", "vm-api"} {
		if _, err := os.Stat("/sys/class/net/" + link); err == nil {
			t.Errorf("%s is left", link)
		}
	}
}

// TestActOutcomes: what real units of microvm.nix make of jobs that do not go
// well.
func TestActOutcomes(t *testing.T) {
	host, h := actHost(t)
	for _, test := range []struct {
		name    string
		options []fixture.Option
		started bool
		dropIn  string // of microvm@NAME.service
		action  model.Action
		result  model.Result
		reason  string
	}{
		{name: "quits", options: []fixture.Option{fixture.Exits(3)}, action: model.ActionStart,
			result: model.ResultFailed, reason: "its hypervisor exited immediately: exit code 3"},
		{name: "noshare", options: []fixture.Option{fixture.Share("data", "/proc/nowhere")}, action: model.ActionStart,
			dropIn: "", result: model.ResultFailed, reason: "needs microvm-virtiofsd@noshare.service, which failed"},
		{name: "mute", action: model.ActionStart, dropIn: "[Service]\nType=notify\nTimeoutStartSec=300ms\n",
			result: model.ResultFailed, reason: "did not start within 300ms"},
		{name: "deaf", started: true, action: model.ActionStop,
			dropIn: "[Service]\nExecStop=\nExecStop=/bin/true\nKillSignal=SIGCONT\nTimeoutStopSec=300ms\n",
			result: model.ResultFailed, reason: "did not stop within 300ms and was killed"},
		{name: "simple", options: []fixture.Option{fixture.NoShutdown(), fixture.Hypervisor("kvmtool")}, started: true,
			action: model.ActionStop, result: model.ResultDone, reason: "its runner has no microvm-shutdown"},
		{name: "gone", started: true, action: model.ActionStop, dropIn: "[Service]\nExecStop=\nExecStop=/bin/false\n",
			result: model.ResultFailed, reason: "did not stop cleanly"},
	} {
		t.Run(test.name, func(t *testing.T) {
			host.Create(test.name, test.options...)
			if test.dropIn != "" {
				setting(t, "microvm@"+test.name+".service", test.dropIn)
			}
			if test.name == "noshare" {
				setting(t, "microvm-virtiofsd@noshare.service", "[Service]\nRestart=no\nExecStart=\nExecStart=/bin/false\n")
			}
			if test.started {
				host.Start(test.name)
			}
			expect(t, carry(t, h, test.action, model.Raw(test.name)), test.result, test.reason)
		})
	}
}

// A VM in a crash loop is stopped for good, and one that waits for its restart.
func TestActStopsCrashLoop(t *testing.T) {
	host, h := actHost(t)
	host.Create("crash", fixture.Exits(1))
	host.CrashLoop("crash")
	seen := vmNow(t, h, "crash")
	if seen.State != model.StateCrashLoop {
		t.Fatalf("it is %s", seen.State)
	}
	outcome, _ := end(t, h.Act(t.Context(), model.OrderFor(model.ActionStop, seen)))
	expect(t, outcome, model.ResultDone, "it will not be restarted")
	if state := vmNow(t, h, "crash").State; state != model.StateStopped {
		t.Errorf("it is %s", state)
	}
}

// What is refused is refused by the rules that dim a key, and nothing is done.
func TestActRefusals(t *testing.T) {
	host, h := actHost(t)
	host.Create("db", fixture.Tap("vm-db"))
	host.Create("twin", fixture.Tap("vm-db"))
	host.Create("out")
	host.Create("bare")
	host.Create("evil")
	host.Start("db")
	host.RunOutside("out")
	if err := os.Remove(host.Dir("bare") + "/current"); err != nil {
		t.Fatal(err)
	}
	run(t, "cp", "-rL", host.Dir("evil")+"/current", "/tmp/evil")
	run(t, "ln", "-sfn", "/tmp/evil", host.Dir("evil")+"/current")
	running := vmNow(t, h, "db")
	for _, test := range []struct {
		order  model.Order
		kind   error
		reason string
	}{
		{model.Order{Action: model.ActionStart, VM: "twin"}, model.ErrRefused, "db is using interface vm-db: starting would tear it down"},
		{model.Order{Action: model.ActionStart, VM: "evil"}, model.ErrRefused, "current leads to /tmp/evil"},
		{model.Order{Action: model.ActionStart, VM: "out"}, model.ErrRefused, "is running outside its unit"},
		{model.Order{Action: model.ActionStop, VM: "out"}, model.ErrRefused, "is running outside its unit"},
		{model.Order{Action: model.ActionStop, VM: "nosuch"}, model.ErrUnknown, "unknown VM: nosuch"},
		{model.Order{Action: model.ActionStop, VM: "../db"}, model.ErrRefused, "is not a valid VM name"},
		{model.Order{Action: model.ActionStop, VM: "db", Seen: model.StateStopped}, model.ErrStale, "db is now running, it was stopped"},
		{model.Order{Action: model.ActionStop, VM: "db", Invocation: "0123"}, model.ErrStale, "was restarted since"},
	} {
		got, _ := end(t, h.Act(t.Context(), test.order))
		expect(t, got, model.ResultRefused, test.reason)
		if got.Kind != test.kind {
			t.Errorf("%+v: %v", test.order, got.Kind)
		}
	}
	if now := vmNow(t, h, "db"); now.State != model.StateRunning || !now.Since.Equal(running.Since) {
		t.Errorf("db did not stay as it was: %s", now.State)
	}
	bare := model.Reason(model.Interpret(observe(t, h)), model.ActionStart, "bare")
	if bare != "" && !strings.Contains(string(bare), "missing") && !strings.Contains(string(bare), "unknown") {
		t.Errorf("bare: %q", bare)
	}
	readOnly := openHost(t, Options{ReadOnly: "read-only"})
	expect(t, carry(t, readOnly, model.ActionStop, "db"), model.ResultRefused, "read-only")
	if err := readOnly.Cancel(t.Context(), "db"); !errors.Is(err, model.ErrRefused) {
		t.Errorf("cancel: %v", err)
	}
}

// What was shown and accepted is done: the other VM's interface is made anew.
func TestActDespiteConflict(t *testing.T) {
	host, h := actHost(t)
	host.Create("db", fixture.Tap("vm-db"))
	host.Create("twin", fixture.Tap("vm-db"))
	host.Start("db")
	before := run(t, "cat", "/sys/class/net/vm-db/ifindex")
	i := model.Interpret(observe(t, h))
	conflicts := model.Preflight(i, "twin")
	if len(conflicts) == 0 || conflicts[0] != (model.Conflict{Kind: model.ConflictInterface, What: "vm-db", Other: "db"}) {
		t.Fatalf("conflicts: %+v", conflicts)
	}
	got, _ := end(t, h.Act(t.Context(), model.Order{Action: model.ActionStart, VM: "twin", Despite: conflicts}))
	expect(t, got, model.ResultDone, "")
	if after := run(t, "cat", "/sys/class/net/vm-db/ifindex"); after == before {
		t.Error("the interface is the same: the test has lost its point")
	}
}

// The start condition is looked at before: systemd would say "done".
func TestActConditionLost(t *testing.T) {
	host, h := actHost(t)
	host.Create("db")
	setting(t, "microvm@db.service", "[Unit]\nConditionPathExists=/run/nowhere\n")
	expect(t, carry(t, h, model.ActionStart, "db"), model.ResultFailed, "was skipped: /run/nowhere is missing")
}

// While a NixOS system switches, a VM can be stopped all the same, with a
// warning.
func TestActWhileSwitching(t *testing.T) {
	host, h := actHost(t)
	host.Create("db")
	host.Start("db")
	run(t, "systemd-run", "--unit=nixos-rebuild-switch-to-configuration", "--collect", "sleep", "infinity")
	defer run(t, "systemctl", "stop", "nixos-rebuild-switch-to-configuration.service")
	got, news := end(t, h.Act(t.Context(), model.Order{Action: model.ActionStop, VM: "db"}))
	expect(t, got, model.ResultDone, "")
	if last := news[len(news)-1]; !strings.Contains(string(last.Warning), "is switching to another NixOS system") {
		t.Errorf("warning: %q", last.Warning)
	}
}
