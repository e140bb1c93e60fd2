package backend

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"microtui/backend/lock"
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
		expect(t, carry(t, h, model.ActionStart, vm), model.ResultUnchanged, "running already")
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
			result: model.ResultFailed, reason: "its hypervisor ended at once: exit code 3"},
		{name: "noshare", options: []fixture.Option{fixture.Share("data", "/proc/nowhere")}, action: model.ActionStart,
			dropIn: "", result: model.ResultFailed, reason: "needs microvm-virtiofsd@noshare.service, which failed"},
		{name: "mute", action: model.ActionStart, dropIn: "[Service]\nType=notify\nTimeoutStartSec=300ms\n",
			result: model.ResultFailed, reason: "did not come up within 300ms"},
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
	expect(t, outcome, model.ResultDone, "")
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
		{model.Order{Action: model.ActionStart, VM: "twin"}, model.ErrRefused, "db is up with interface vm-db: starting would tear it down"},
		{model.Order{Action: model.ActionStart, VM: "evil"}, model.ErrRefused, "current leads to /tmp/evil"},
		{model.Order{Action: model.ActionStart, VM: "out"}, model.ErrRefused, "runs outside its unit"},
		{model.Order{Action: model.ActionStop, VM: "out"}, model.ErrRefused, "runs outside its unit"},
		{model.Order{Action: model.ActionStop, VM: "nosuch"}, model.ErrUnknown, "unknown VM: nosuch"},
		{model.Order{Action: model.ActionStop, VM: "../db"}, model.ErrRefused, "cannot be the name of a microVM"},
		{model.Order{Action: model.ActionStop, VM: "db", Seen: model.StateStopped}, model.ErrStale, "db is running now, it was stopped"},
		{model.Order{Action: model.ActionStop, VM: "db", Invocation: "0123"}, model.ErrStale, "was started anew since"},
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

// Somebody else acts on the VM: he is named.
func TestActBusy(t *testing.T) {
	host, h := actHost(t)
	host.Create("db")
	held, err := lock.In(lock.Folder).Take(lock.Holder{Doing: "purge of db", User: "alice", PID: os.Getpid(), Since: time.Now()}, "db")
	if err != nil {
		t.Fatal(err)
	}
	got := carry(t, h, model.ActionStart, "db")
	expect(t, got, model.ResultRefused, "purge of db by alice")
	if got.Kind != model.ErrBusy {
		t.Errorf("kind: %v", got.Kind)
	}
	held.Release()
	expect(t, carry(t, h, model.ActionStart, "db"), model.ResultDone, "")
}

// actorVariable makes this test binary another microtui that starts a VM.
const actorVariable = "ACT_TEST_VM"

func TestActor(t *testing.T) {
	vm := os.Getenv(actorVariable)
	if vm == "" {
		t.Skip("runs as a process of TestTwoProcesses")
	}
	got := carry(t, openHost(t, Options{}), model.ActionStart, model.Raw(vm))
	fmt.Printf("outcome %s: %s\n", got.Result, got.Reason)
}

// Two processes start one VM: one does, the other is told who.
func TestTwoProcesses(t *testing.T) {
	host, _ := actHost(t)
	host.Create("db")
	setting(t, "microvm@db.service", "[Service]\nExecStartPre=/bin/sleep 1\n")
	outcomes := make(chan string, 2)
	for range 2 {
		go func() {
			actor := exec.Command(os.Args[0], "-test.run=^TestActor$", "-test.v")
			actor.Env = append(os.Environ(), actorVariable+"=db", "MICROTUI_LAB=off") // it is inside one already
			out, _ := actor.CombinedOutput()
			_, line, _ := strings.Cut(string(out), "outcome ")
			line, _, _ = strings.Cut(line, "\n")
			outcomes <- line
		}()
	}
	won, lost := <-outcomes, <-outcomes
	if strings.HasPrefix(lost, "refused") == strings.HasPrefix(won, "refused") {
		t.Fatalf("%q and %q", won, lost)
	}
	if strings.HasPrefix(won, "refused") {
		won, lost = lost, won
	}
	if won != "done: " || !strings.Contains(lost, "busy: start of db by root, process ") {
		t.Errorf("%q and %q", won, lost)
	}
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

// Who reads the news sees what is waited for and until when; who stops waiting
// stops nothing; a job can be cancelled.
func TestActProgress(t *testing.T) {
	host, h := actHost(t)
	host.Create("db")
	setting(t, "microvm@db.service", "[Service]\nExecStop=\nExecStop=/bin/sh -c 'until test -e /run/let-go; do sleep 0.02; done'\nTimeoutStopSec=100\n")
	defer os.Remove("/run/let-go")
	host.Start("db")
	ctx, cancel := context.WithCancel(t.Context())
	news := h.Act(ctx, model.Order{Action: model.ActionStop, VM: "db"})
	for p := range news {
		if p.Outcome != nil {
			t.Fatalf("it ended: %+v", p.Outcome)
		}
		if p.Doing == "stopping: asks its guest to shut down" {
			if limit := p.Limit.Sub(p.Since); limit != 410*time.Second {
				t.Errorf("limit: %s", limit)
			}
			break
		}
	}
	if state := vmNow(t, h, "db").State; state != model.StateStopping {
		t.Errorf("it is %s", state)
	}
	cancel()
	got, _ := end(t, news)
	if !errors.Is(got.Kind, context.Canceled) || got.Result != model.ResultFailed {
		t.Errorf("%+v", got)
	}
	if state := vmNow(t, h, "db").State; state != model.StateStopping {
		t.Errorf("the wait ended, and it is %s", state)
	}
	again := h.Act(t.Context(), model.Order{Action: model.ActionStop, VM: "db"})
	for p := range again {
		if p.Doing == "stopping: asks its guest to shut down" {
			break
		}
	}
	if err := h.Cancel(t.Context(), "db"); err != nil {
		t.Error(err)
	}
	got, _ = end(t, again)
	expect(t, got, model.ResultFailed, "its stop was cancelled, yet it goes on stopping")
	if err := os.WriteFile("/run/let-go", nil, 0o644); err != nil {
		t.Fatal(err)
	}
	await(t, "the stop", func() bool { return vmNow(t, h, "db").State == model.StateStopped })
}

// The journal knows who asked for what, and what came of it.
func TestActIsRecorded(t *testing.T) {
	host, h := actHost(t)
	t.Setenv("SUDO_USER", "alice\nMICROTUI_VM=forged")
	name := fmt.Sprintf("rec%d", time.Now().UnixNano()) // the journal outlives a test
	host.Create(name)
	expect(t, carry(t, h, model.ActionStart, model.Raw(name)), model.ResultDone, "")
	var lines string
	await(t, "two entries", func() bool {
		lines = run(t, "journalctl", "-o", "json", "MICROTUI_VM="+name)
		return strings.Contains(lines, `"MICROTUI_RESULT":"done"`)
	})
	for _, want := range []string{`"MICROTUI_ACTION":"start"`, `"SYSLOG_IDENTIFIER":"microtui"`, `"SUDO_USER":"alice\nMICROTUI_VM=forged"`, `"PRIORITY":"5"`} {
		if strings.Count(lines, want) != 2 {
			t.Errorf("%s is not in both of %s", want, lines)
		}
	}
	if out, _ := exec.Command("journalctl", "-q", "-o", "cat", "MICROTUI_VM=forged").CombinedOutput(); len(out) != 0 {
		t.Errorf("a forged field: %s", out)
	}
}

// Closing the host ends a wait and leaves nothing behind but the job.
func TestCloseEndsWaits(t *testing.T) {
	lab.Require(t)
	defer goleak.VerifyNone(t)
	host := fixture.NewHost(t, fixture.Options{})
	h := Open(Options{})
	host.Create("db")
	setting(t, "microvm@db.service", "[Service]\nExecStop=\nExecStop=/bin/sleep 100\n")
	host.Start("db")
	news := h.Act(t.Context(), model.Order{Action: model.ActionStop, VM: "db"})
	for p := range news {
		if p.Doing == "stopping: asks its guest to shut down" {
			break
		}
	}
	h.Close()
	got, _ := end(t, news)
	if !errors.Is(got.Kind, context.Canceled) {
		t.Errorf("%+v", got)
	}
	if state := run(t, "systemctl", "show", "--value", "-p", "ActiveState", "microvm@db"); state != "deactivating" {
		t.Errorf("the job's unit is %s", state)
	}
}

// A recorded observation is looked at, and nothing else.
func TestRecordedRefuses(t *testing.T) {
	r := &Recorded{}
	got, _ := end(t, r.Act(t.Context(), model.Order{Action: model.ActionStart, VM: "db"}))
	expect(t, got, model.ResultRefused, "recorded observation")
	if err := r.Cancel(t.Context(), "db"); !errors.Is(err, model.ErrRefused) {
		t.Errorf("cancel: %v", err)
	}
}
