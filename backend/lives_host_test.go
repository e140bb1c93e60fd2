package backend

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"microtui/lab"
	"microtui/lab/fixture"
	"microtui/model"
	"microtui/model/doctor"
)

// findingOf is what a rule says of a subject; nil: nothing.
func findingOf(t *testing.T, h *Host, rule string, subject model.Raw) *model.Finding {
	t.Helper()
	for _, f := range doctor.Examine(model.Interpret(observe(t, h))) {
		if f.Rule == rule && f.Subject.Name == subject {
			return &f
		}
	}
	return nil
}

// awaitVM waits until a VM is in a state.
func awaitVM(t *testing.T, h *Host, name model.Raw, what string, yes func(*model.VM) bool) *model.VM {
	t.Helper()
	var vm *model.VM
	defer func() {
		if t.Failed() {
			t.Logf("%s: %s, %q", name, vm.State, vm.Notes)
		}
	}()
	lab.Await(t, fmt.Sprintf("%s to be %s", name, what), func() bool {
		vm = vmNow(t, h, name)
		return yes(vm)
	})
	return vm
}

// TestStopTellsOfTheGuest: before a stop what microvm-shutdown does, and after
// it what became of the guest; and the doctor blames no script that had no part
// in it.
func TestStopTellsOfTheGuest(t *testing.T) {
	host, h := actHost(t)
	const killed = "its guest was killed, not shut down: its runner's microvm-shutdown does not wait"
	tests := map[string]struct {
		options []fixture.Option
		action  model.Action
		warning string // before it
		reason  string // after it
		unclean model.Severity
	}{
		"slow":  {[]fixture.Option{fixture.Answers(fixture.Obeys, time.Hour), fixture.Shuts(fixture.ShutdownHangsUp)}, model.ActionStop, "does not wait", killed, model.SeverityWarning},
		"quick": {[]fixture.Option{fixture.Answers(fixture.Obeys, 0), fixture.Shuts(fixture.ShutdownHangsUp)}, model.ActionStop, "does not wait", "its guest shut down", model.SeverityInfo},
		"cut":   {[]fixture.Option{fixture.Answers(fixture.Obeys, time.Hour), fixture.Shuts(fixture.ShutdownHangsUp)}, model.ActionKill, "", "", model.SeverityInfo},
		"asked": {[]fixture.Option{fixture.Answers(fixture.Obeys, 0), fixture.Shuts(fixture.ShutdownPowersDown)}, model.ActionStop, "", "its guest shut down", ""},
		"anew":  {[]fixture.Option{fixture.Answers(fixture.Obeys, time.Hour), fixture.Shuts(fixture.ShutdownHangsUp)}, model.ActionRestart, "does not wait", killed, model.SeverityInfo},
		"flare": {[]fixture.Option{fixture.Hypervisor("firecracker"), fixture.Answers(fixture.Obeys, time.Hour)}, model.ActionStop, "does not wait", killed, model.SeverityWarning},
		"cloud": {[]fixture.Option{fixture.Hypervisor("cloud-hypervisor"), fixture.Answers(fixture.Obeys, 4*time.Second)}, model.ActionStop, "", "", ""},
		"blunt": {[]fixture.Option{fixture.NoShutdown()}, model.ActionStop, "has no microvm-shutdown", "powered off, not shut down", ""},
	}
	for name, test := range tests {
		host.Create(name, test.options...)
		host.Autostart(name) // so that systemd keeps the unit in memory
	}
	host.Switch()
	for name, test := range tests {
		host.Start(name)
		if name != "blunt" {
			host.AwaitConsole(name, "guest "+name+" is up")
		}
		outcome, news := end(t, h.Act(t.Context(), model.Order{Action: test.action, VM: model.Raw(name)}))
		expect(t, outcome, model.ResultDone, test.reason)
		if got := string(news[len(news)-1].Warning); !strings.Contains(got, test.warning) || test.warning == "" && got != "" {
			t.Errorf("%s: before it: %q, want %q", name, got, test.warning)
		}
		got := model.Severity("")
		if f := findingOf(t, h, "unclean-stop", model.Raw(name)); f != nil {
			got = f.Severity
		}
		late := got == model.SeverityInfo && test.unclean == model.SeverityWarning && tookLong(host, name)
		if got != test.unclean && !late {
			t.Errorf("%s: unclean-stop is %q, want %q", name, got, test.unclean)
		}
	}
}

// tookLong reports whether a VM's last stop took so long, on a busy machine, that
// its guest may have shut down.
func tookLong(host *fixture.Host, name string) bool {
	at := func(property string) int {
		n, _ := strconv.Atoi(host.Property("microvm@"+name+".service", property))
		return n
	}
	const microseconds = 3_000_000
	return at("InactiveEnterTimestampMonotonic")-at("ActiveExitTimestampMonotonic") >= microseconds
}

// TestLoopsAreOfThisStart: a guest that reboots again and again crashes in no
// loop; one that does is no loop any more once it was stopped in its pause,
// mended and started, from the first observation on.
func TestLoopsAreOfThisStart(t *testing.T) {
	host, h := actHost(t)
	pace := "[Unit]\nStartLimitIntervalSec=0\n[Service]\nRestartSec=50ms\n"
	host.Create("reboots", fixture.Answers(fixture.Obeys, 0))
	setting(t, "microvm@reboots.service", pace)
	host.Start("reboots")
	for range 4 {
		host.AwaitConsole("reboots", "guest reboots is up")
		before := host.Property("microvm@reboots.service", "InvocationID")
		host.Reboot("reboots")
		host.Await("the next life", func() bool {
			return host.Property("microvm@reboots.service", "ActiveState") == "active" && host.Property("microvm@reboots.service", "InvocationID") != before
		})
		if vm := vmNow(t, h, "reboots"); vm.State == model.StateCrashLoop {
			t.Errorf("a guest that reboots: %s, %q", vm.State, vm.Notes)
		}
	}
	if vm := vmNow(t, h, "reboots"); vm.State != model.StateRunning || vm.Restarts == nil || *vm.Restarts != 4 {
		t.Errorf("it is %s, restarts %v", vm.State, vm.Restarts)
	}

	host.Create("crash", fixture.Exits(3))
	host.Autostart("crash") // so that systemd keeps the unit in memory, and its counter
	host.Switch()
	carry(t, h, model.ActionStop, "crash")
	outcome := carry(t, h, model.ActionStart, "crash")
	expect(t, outcome, model.ResultFailed, "(last on its console: hypervisor gave up)")
	carry(t, h, model.ActionStop, "crash")
	host.CrashLoop("crash")
	awaitVM(t, h, "crash", "in a crash loop", func(vm *model.VM) bool { return vm.State == model.StateCrashLoop })
	if f := findingOf(t, h, "crash-loop", "crash"); f == nil || !strings.Contains(strings.Join(texts(f.Evidence), "\n"), "last on its console: hypervisor gave up") {
		t.Errorf("the finding: %+v", f)
	}
	carry(t, h, model.ActionStop, "crash") // in its pause
	setting(t, "microvm@crash.service", "[Service]\nExecStart=\nExecStart=/bin/bash -c 'exec -a microvm@crash sleep infinity'\n")
	host.Start("crash")
	if n := host.Property("microvm@crash.service", "NRestarts"); n == "0" {
		t.Log("systemd counts from the start on")
	}
	if vm := vmNow(t, h, "crash"); vm.State != model.StateRunning || *vm.Restarts != 0 {
		t.Errorf("mended and started: %s, %q, restarts %d", vm.State, vm.Notes, *vm.Restarts)
	}
}

func texts(raws []model.Raw) []string {
	all := make([]string, len(raws))
	for at, raw := range raws {
		all[at] = string(raw)
	}
	return all
}

// TestOldHostFailsAtStop: what a host of 2025 leaves failed at each ordinary
// stop is the host's fault, not an alarm on the VM.
func TestOldHostFailsAtStop(t *testing.T) {
	lab.Require(t)
	host := fixture.NewHost(t, fixture.Options{Version: fixture.Winter2024})
	h := openHost(t, Options{})
	host.Create("web", fixture.Layout(fixture.Winter2024), fixture.Tap("vm-web"), fixture.Share("data", "data"))
	host.Start("web")
	host.Stop("web")
	if got := host.Property("microvm-tap-interfaces@web.service", "ActiveState"); got != "failed" {
		t.Fatalf("the helper is %s: this host is not as one of 2025", got)
	}
	if vm := vmNow(t, h, "web"); vm.State != model.StateStopped {
		t.Errorf("after an ordinary stop it is %s: %q", vm.State, vm.Notes)
	}
	i := model.Interpret(observe(t, h))
	if f := findingOf(t, h, "helper-failed", i.Host.Name); f == nil || !strings.Contains(string(f.Advice[0]), "Update microvm.nix in the host") {
		t.Errorf("of the host: %+v", f)
	}
	if f := findingOf(t, h, "helper-failed", "web"); f != nil {
		t.Errorf("of the VM: %+v", f)
	}
}

// TestHelpersLeftUp: a dependency failed, and what came up before it is up
// still: it is said, and a stop brings it down.
func TestHelpersLeftUp(t *testing.T) {
	host, h := actHost(t)
	host.Create("web", fixture.Tap("vm-web"), fixture.Share("data", "data"))
	setting(t, "microvm-virtiofsd@web.service", "[Service]\nExecStart=\nExecStart=/bin/false\nRestart=no\n")
	expect(t, carry(t, h, model.ActionStart, "web"), model.ResultFailed, "needs microvm-virtiofsd@web.service, which failed: exit code 1")
	const note = "set-booted and tap-interfaces up without it"
	if vm := vmNow(t, h, "web"); vm.State != model.StateFailed || !strings.Contains(strings.Join(texts(vm.Notes), "; "), note) {
		t.Errorf("it is %s: %q", vm.State, vm.Notes)
	}
	run(t, "systemctl", "reset-failed") // as each switch of NixOS does
	if vm := vmNow(t, h, "web"); vm.State != model.StateStopped || !strings.Contains(strings.Join(texts(vm.Notes), "; "), note) {
		t.Errorf("then it is %s: %q", vm.State, vm.Notes)
	}
	if f := findingOf(t, h, "helpers-left-up", "web"); f == nil {
		t.Error("no finding")
	}
	expect(t, carry(t, h, model.ActionStop, "web"), model.ResultDone, "it was not running; also stopped: set-booted and tap-interfaces")
	if f := findingOf(t, h, "helpers-left-up", "web"); f != nil {
		t.Errorf("after the stop: %+v", f)
	}
}

// TestAutostartWithoutDirectory: with set-booted the start fails, and is not
// skipped; a directory without `current` gets a link to itself.
func TestAutostartWithoutDirectory(t *testing.T) {
	host, h := actHost(t)
	host.Autostart("ghost", "empty")
	if err := os.MkdirAll(host.Dir("empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	run(t, "chown", "microvm:kvm", host.Dir("empty"))
	host.Switch()
	host.Await("its helper to fail", func() bool {
		return host.Property("microvm-set-booted@ghost.service", "ActiveState") == "failed"
	})
	f := findingOf(t, h, "autostart-down", "microvm@ghost.service")
	if f == nil || f.Severity != model.SeverityWarning || !strings.Contains(strings.Join(texts(f.Evidence), "\n"), "status 200/CHDIR") {
		t.Errorf("without a directory: %+v", f)
	}
	if f := findingOf(t, h, "failed-unit-without-vm", "microvm-set-booted@ghost.service"); f != nil {
		t.Errorf("the helper of a name that is wanted: %+v", f)
	}
	host.Await("the link to itself", func() bool {
		target, err := os.Readlink(host.Dir("empty") + "/booted")
		return err == nil && target == "booted"
	})
	f = findingOf(t, h, "autostart-down", "microvm@empty.service")
	if f == nil || f.Severity != model.SeverityInfo || !strings.Contains(strings.Join(texts(f.Evidence), "\n"), "points to itself") {
		t.Errorf("with an empty directory: %+v", f)
	}
}

// TestFlakeNeverArrives: declared with config, then with a flake and
// updateFlake: the directory stays as it was.
func TestFlakeNeverArrives(t *testing.T) {
	host, h := actHost(t)
	host.Declare("web", fixture.NoAutostart())
	host.Switch()
	if f := findingOf(t, h, "install-blocked", "web"); f != nil {
		t.Errorf("declared with config: %+v", f)
	}
	host.Undeclare("web")
	host.DeclareFlake("web", fixture.NoAutostart(), fixture.UpdateFlake("git+https://example.org/vms"), fixture.Revision("26.05"))
	host.Switch()
	if f := findingOf(t, h, "install-blocked", "web"); f == nil || !strings.Contains(strings.Join(texts(f.Evidence), "\n"), "updateFlake is git+https://example.org/vms") {
		t.Errorf("declared with updateFlake: %+v", f)
	}
}
