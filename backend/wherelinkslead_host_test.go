package backend

import (
	"os"
	"slices"
	"strings"
	"testing"

	"microtui/lab/fixture"
	"microtui/model"
)

// TestLinkedDirectory: systemd follows a link in the state directory, so what
// it leads to is a VM by that name, running or not; a purge takes neither.
func TestLinkedDirectory(t *testing.T) {
	host, h := actHost(t)
	host.Create("db", fixture.Volume("data.img", 1))
	real := "/var/lib/tank/db"
	if err := os.MkdirAll("/var/lib/tank", 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll("/var/lib/tank") })
	if err := os.Rename(host.Dir("db"), real); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(real, host.Dir("db")); err != nil {
		t.Fatal(err)
	}
	for _, state := range []model.State{model.StateStopped, model.StateRunning, model.StateStopped} {
		vm := vmNow(t, h, "db")
		if vm.State != state || vm.Directory == nil || vm.Directory.Link != model.Raw(real) || vm.Verdict != model.VerdictKept || vm.Origin != model.OriginImperative {
			t.Errorf("%s, %s %s, directory %+v", vm.State, vm.Verdict, vm.Origin, vm.Directory)
		}
		action := map[model.State]model.Action{model.StateStopped: model.ActionStart, model.StateRunning: model.ActionStop}[state]
		expect(t, carry(t, h, action, "db"), model.ResultDone, "")
	}
	run(t, "systemctl", "stop", "microvm@db.service")
	plan := model.PlanPurge(model.Interpret(observe(t, h)), []model.Raw{"db"}, model.PurgeOptions{})
	if len(plan.Items) != 0 || len(plan.Refused) != 1 || !strings.Contains(string(plan.Refused[0].Reason), "is a symbolic link to "+real) {
		t.Errorf("plan: %+v", plan)
	}
	if _, err := os.Stat(real + "/data.img"); err != nil {
		t.Error(err)
	}
	if err := os.RemoveAll(real); err != nil {
		t.Fatal(err)
	}
	if i := model.Interpret(observe(t, h)); len(i.VMs) != 0 {
		t.Errorf("a link that leads nowhere: %+v", i.VMs)
	}
	os.Remove(host.Dir("db"))
}

// TestProfile: `current` leads to a profile of nix that moves while the VM
// runs.
func TestProfile(t *testing.T) {
	host, h := actHost(t)
	host.Create("db")
	first := run(t, "readlink", host.Dir("db")+"/current")
	host.Update("db", fixture.Revision("26.05"))
	second := run(t, "readlink", host.Dir("db")+"/current")
	profile := "/nix/var/nix/profiles/vm-db"
	set := func(target string) {
		t.Helper()
		run(t, "ln", "-sfn", target, profile+"-link")
		run(t, "ln", "-sfn", "vm-db-link", profile)
	}
	set(second)
	t.Cleanup(func() { os.Remove(profile); os.Remove(profile + "-link") })
	run(t, "ln", "-sfn", profile, host.Dir("db")+"/current")
	host.Start("db")
	if vm := vmNow(t, h, "db"); vm.Freshness != model.FreshnessCurrent || vm.Current == nil || string(vm.Current.System) == "" {
		t.Errorf("right after its start: %s, %+v", vm.Freshness, vm.Current)
	}
	before := vmNow(t, h, "db").Current.System
	set(first) // rolled back
	vm := vmNow(t, h, "db")
	if vm.Freshness != model.FreshnessRebootNeeded || vm.Current.System == before {
		t.Errorf("rolled back: %s, runner of %s", vm.Freshness, vm.Current.System)
	}
	expect(t, carry(t, h, model.ActionRestart, "db"), model.ResultDone, "")
	if vm := vmNow(t, h, "db"); vm.Freshness != model.FreshnessCurrent {
		t.Errorf("restarted: %s", vm.Freshness)
	}
}

// TestBrokenClosure: what a runner consists of is gone from the store.
func TestBrokenClosure(t *testing.T) {
	host, h := actHost(t)
	host.Create("off", fixture.Tap("vm-off"))
	host.Create("up", fixture.Tap("vm-up"), fixture.Hypervisor("kvmtool"))
	host.Start("up")
	if vm := vmNow(t, h, "off"); vm.Freshness != model.FreshnessCurrent || len(foundAbout(t, h, "broken-runner", "off")) != 0 {
		t.Fatalf("before: %s", vm.Freshness)
	}
	hide := func(path string) {
		t.Helper()
		run(t, "chattr", "-i", path)
		if err := os.Rename(path, path+".hidden"); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.Rename(path+".hidden", path) })
	}
	script := run(t, "readlink", host.Dir("off")+"/current/bin/tap-up")
	hide(script)
	h = openHost(t, Options{}) // what is there is good for a few seconds
	if vm := vmNow(t, h, "off"); vm.Freshness != model.FreshnessMissing || !slices.Contains(vm.Notes, "its runner is broken: bin/tap-up is missing") {
		t.Errorf("without tap-up: %s, %q", vm.Freshness, vm.Notes)
	}
	expect(t, carry(t, h, model.ActionStart, "off"), model.ResultRefused, "its runner is broken: bin/tap-up is missing from the store")
	if found := foundAbout(t, h, "broken-runner", "off"); len(found) != 1 || found[0].Severity != model.SeverityError {
		t.Errorf("%+v", found)
	}

	pid := host.Property("microvm@up.service", "MainPID")
	program, err := os.Readlink("/proc/" + pid + "/exe")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(program); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.WriteFile(program, text, 0o555) })
	h = openHost(t, Options{})
	found := foundAbout(t, h, "broken-runner", "up")
	if len(found) != 2 { // what runs, and the next start
		t.Errorf("its program is gone: %+v", found)
	}
	expect(t, carry(t, h, model.ActionRestart, "up"), model.ResultRefused, program+" is missing from the store")
	if vm := vmNow(t, h, "up"); vm.State != model.StateRunning || vm.Freshness != model.FreshnessMissing {
		t.Errorf("%s, %s", vm.State, vm.Freshness)
	}
}
