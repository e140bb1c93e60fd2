package backend

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"microtui/lab/fixture"
	"microtui/model"
	"microtui/model/doctor"
)

// ownFile puts a file, or a link from "-> TARGET", where systemd looks for
// units, until the test ends.
func ownFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	var err error
	if target, isLink := strings.CutPrefix(text, "-> "); isLink {
		err = os.Symlink(target, path)
	} else {
		err = os.WriteFile(path, []byte(text), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(path) })
	run(t, "systemctl", "daemon-reload")
}

// foundAbout are the findings of a rule about a VM.
func foundAbout(t *testing.T, h *Host, rule string, vm model.Raw) []model.Finding {
	t.Helper()
	var found []model.Finding
	for _, f := range doctor.Examine(model.Interpret(observe(t, h))) {
		if f.Rule == rule && slices.Contains(f.VMs, vm) && !f.Unchecked {
			found = append(found, f)
		}
	}
	return found
}

// TestOverriddenUnits: what stands in the way of a VM's units keeps it from
// starting, and is named before systemd is asked.
func TestOverriddenUnits(t *testing.T) {
	for _, test := range []struct {
		name, path, text string
		refusal, note    string
		remedy           string
	}{
		{"a file of its own without ExecStart", "/run/systemd/system/microvm@ci.service", "[Service]\nMemoryMax=1G\n",
			"/run/systemd/system/microvm@ci.service leaves microvm@ci.service without ExecStart=", "its unit has no ExecStart=", "overrideStrategy"},
		{"masked", "/run/systemd/system/microvm@ci.service", "-> /dev/null",
			"microvm@ci.service is masked by /run/systemd/system/microvm@ci.service", "its unit is masked", "systemctl unmask --runtime microvm@ci.service"},
		{"an empty file", "/run/systemd/system/microvm@ci.service", "",
			"microvm@ci.service is masked by /run/systemd/system/microvm@ci.service", "its unit is masked", "systemctl unmask"},
		{"a masked helper", "/run/systemd/system/microvm-tap-interfaces@ci.service", "-> /dev/null",
			"microvm-tap-interfaces@ci.service is masked", "tap-interfaces is masked", "systemctl unmask --runtime microvm-tap-interfaces@ci.service"},
		{"a drop-in without ExecStart", "/run/systemd/system/microvm@ci.service.d/x.conf", "[Service]\nExecStart=\n",
			"/run/systemd/system/microvm@ci.service.d/x.conf leaves microvm@ci.service without ExecStart=", "its unit has no ExecStart=", "x.conf"},
	} {
		t.Run(test.name, func(t *testing.T) {
			host, h := actHost(t)
			host.Create("ci", fixture.Tap("vm-ci"))
			if got := foundAbout(t, h, "unit-overridden", "ci"); len(got) != 0 {
				t.Fatalf("before: %+v", got)
			}
			ownFile(t, test.path, test.text)
			if out, err := exec.Command("systemctl", "start", "microvm@ci.service").CombinedOutput(); err == nil {
				t.Fatalf("systemd starts it: %s", out)
			}
			run(t, "systemctl", "reset-failed")
			outcome := carry(t, h, model.ActionStart, "ci")
			expect(t, outcome, model.ResultRefused, test.refusal)
			vm := vmNow(t, h, "ci")
			if vm.State != model.StateStopped || !slices.Contains(vm.Notes, model.Raw(test.note)) {
				t.Errorf("it is %s, notes %q", vm.State, vm.Notes)
			}
			found := foundAbout(t, h, "unit-overridden", "ci")
			if len(found) != 1 || found[0].Severity != model.SeverityError {
				t.Fatalf("findings: %+v", found)
			}
			said := strings.Join(rawWords(append(found[0].Evidence, found[0].Advice...)), "\n")
			if !strings.Contains(said, test.path) && !strings.Contains(said, test.remedy) || !strings.Contains(said, test.remedy) {
				t.Errorf("it says:\n%s", said)
			}

			os.Remove(test.path)
			run(t, "systemctl", "daemon-reload")
			expect(t, carry(t, h, model.ActionStart, "ci"), model.ResultDone, "")
		})
	}
}

// TestPaused: a frozen VM is shown as such, whoever froze it; systemd calls a
// start of it done and leaves it frozen, so that is refused; all that ends it
// works.
func TestPaused(t *testing.T) {
	host, h := actHost(t)
	host.Create("api", fixture.Tap("vm-api"), fixture.Share("data", "data"))
	host.Start("api")
	const unit = "microvm@api.service"
	is := func(want model.State, note string) {
		t.Helper()
		vm := vmNow(t, h, "api")
		noted := slices.ContainsFunc(vm.Notes, func(n model.Raw) bool { return strings.Contains(string(n), note) })
		if vm.State != want || note != "" && !noted {
			t.Errorf("it is %s, notes %q; want %s, %q", vm.State, vm.Notes, want, note)
		}
	}
	is(model.StateRunning, "")
	for _, action := range []model.Action{model.ActionRestart, model.ActionStop, model.ActionKill} {
		host.Start("api")
		run(t, "systemctl", "freeze", unit)
		is(model.StatePaused, "systemctl thaw "+unit)
		run(t, "systemctl", "start", unit) // which says it is done
		is(model.StatePaused, "")
		expect(t, carry(t, h, model.ActionStart, "api"), model.ResultRefused, "api is paused: microtui resume api")
		expect(t, carry(t, h, action, "api"), model.ResultDone, "")
		if action == model.ActionRestart {
			is(model.StateRunning, "")
		} else {
			is(model.StateStopped, "")
		}
	}
	host.Start("api")
	run(t, "systemctl", "freeze", "system-microvm.slice")
	is(model.StatePaused, "")
	run(t, "systemctl", "thaw", "system-microvm.slice")
	is(model.StateRunning, "")
	run(t, "systemctl", "freeze", "microvm-virtiofsd@api.service")
	is(model.StatePaused, "virtiofsd is frozen: systemctl thaw microvm-virtiofsd@api.service")
	run(t, "systemctl", "thaw", "microvm-virtiofsd@api.service")
	is(model.StateRunning, "")
}

// TestPauseAndResume: a VM is frozen and thawed whole, whoever froze what of it.
func TestPauseAndResume(t *testing.T) {
	host, h := actHost(t)
	host.Create("api", fixture.Tap("vm-api"), fixture.Share("data", "data"))
	expect(t, carry(t, h, model.ActionPause, "api"), model.ResultRefused, "api is stopped, not running")
	host.Start("api")
	is := func(want model.State) {
		t.Helper()
		if vm := vmNow(t, h, "api"); vm.State != want {
			t.Errorf("it is %s, want %s", vm.State, want)
		}
	}
	expect(t, carry(t, h, model.ActionResume, "api"), model.ResultUnchanged, "it is running already")
	expect(t, carry(t, h, model.ActionPause, "api"), model.ResultDone, "")
	is(model.StatePaused)
	if frozen := run(t, "cat", "/sys/fs/cgroup"+run(t, "systemctl", "show", "-P", "ControlGroup", "microvm@api.service")+"/cgroup.events"); !strings.Contains(frozen, "frozen 1") {
		t.Errorf("its processes: %q", frozen)
	}
	expect(t, carry(t, h, model.ActionPause, "api"), model.ResultUnchanged, "it is paused already")
	run(t, "systemctl", "freeze", "microvm-virtiofsd@api.service")
	expect(t, carry(t, h, model.ActionResume, "api"), model.ResultDone, "")
	is(model.StateRunning)
	// To thaw a unit systemd thaws the slices above it, whoever froze them.
	run(t, "systemctl", "freeze", "system-microvm.slice")
	expect(t, carry(t, h, model.ActionResume, "api"), model.ResultDone, "")
	is(model.StateRunning)
}

// mountUnit puts a mount unit where systemd looks, which cannot be mounted.
func mountUnit(t *testing.T, where, what string) (unit string) {
	t.Helper()
	unit = run(t, "systemd-escape", "--path", "--suffix=mount", where)
	ownFile(t, "/run/systemd/system/"+unit, "[Mount]\nWhat="+what+"\nWhere="+where+"\nType=ext4\nOptions=loop\n")
	t.Cleanup(func() { exec.Command("systemctl", "stop", unit).Run() })
	exec.Command("systemctl", "start", unit).Run() // which fails
	return unit
}

// TestFailedMounts: a VM whose files lie on a mount that failed has an error
// that names its unit, and a start of it asks first.
func TestFailedMounts(t *testing.T) {
	host, h := actHost(t)
	host.Create("own")
	host.Create("inner", fixture.Volume("data/disk.img", 1))
	host.Create("vol", fixture.Volume("/srv/images/vol.img", 1))
	host.Create("share", fixture.Share("media", "/srv/media/films"))
	host.Create("well", fixture.Volume("/srv/well/well.img", 1))
	for _, folder := range []string{"/srv/images", "/srv/media/films", "/srv/well", host.Dir("inner") + "/data"} {
		if err := os.MkdirAll(folder, 0o777); err != nil {
			t.Fatal(err)
		}
		run(t, "chmod", "777", folder)
	}
	for vm, where := range map[model.Raw]string{
		"own": host.Dir("own"), "inner": host.Dir("inner") + "/data", "vol": "/srv/images", "share": "/srv/media",
	} {
		unit := mountUnit(t, where, "/srv/not-there.ext4")
		if state := host.Property(unit, "ActiveState"); state != "failed" {
			t.Fatalf("%s is %s", unit, state)
		}
		found := foundAbout(t, h, "mount-missing", vm)
		if len(found) != 1 || found[0].Severity != model.SeverityError {
			t.Errorf("%s: %+v", vm, found)
			continue
		}
		if said := strings.Join(rawWords(found[0].Evidence), "; "); !strings.Contains(said, unit+" is failed (exit-code, status 32): /srv/not-there.ext4") {
			t.Errorf("%s: evidence %s", vm, said)
		}
		expect(t, carry(t, h, model.ActionStart, vm), model.ResultRefused, where+" is not mounted, "+unit+" is failed (exit-code, status 32): /srv/not-there.ext4")
	}
	if i := model.Interpret(observe(t, h)); len(model.Preflight(i, "well")) != 0 {
		t.Errorf("another VM: %+v", model.Preflight(i, "well"))
	}

	// One that is merely not mounted, as with noauto, is a warning and asks too.
	unit := mountUnit(t, "/srv/well", "/srv/not-there.ext4")
	wants := "/run/systemd/system/wants-" + strings.TrimSuffix(unit, ".mount") + ".service"
	ownFile(t, wants, "[Unit]\nAfter="+unit+"\n[Service]\nExecStart=/bin/sleep infinity\n")
	run(t, "systemctl", "start", filepath.Base(wants)) // which keeps it in memory
	t.Cleanup(func() { exec.Command("systemctl", "stop", filepath.Base(wants)).Run() })
	run(t, "systemctl", "reset-failed", unit)
	if found := foundAbout(t, h, "mount-missing", "well"); len(found) != 1 || found[0].Severity != model.SeverityWarning {
		t.Errorf("not mounted: %+v", found)
	}
	if i := model.Interpret(observe(t, h)); len(model.Preflight(i, "well")) != 1 {
		t.Errorf("not mounted: %+v", model.Preflight(i, "well"))
	}
}

// TestWritableForTheUnit: what a unit may write is judged for whom it runs as.
func TestWritableForTheUnit(t *testing.T) {
	host, h := actHost(t)
	host.Create("hers", fixture.Volume("/srv/alice.img", 1))
	host.Create("group", fixture.Volume("/srv/group.img", 1))
	host.Create("mighty", fixture.Volume("/srv/root.img", 1))
	host.Create("his", fixture.Volume("/srv/alice.img", 1))
	const images = "/srv/alice.img /srv/group.img /srv/root.img"
	run(t, "sh", "-c", "useradd --no-create-home alice; truncate -s 1M "+images+"; chmod 600 "+images+
		"; chown alice /srv/alice.img; chgrp disk /srv/group.img; chmod 660 /srv/group.img")
	t.Cleanup(func() { exec.Command("sh", "-c", "rm -f "+images+"; userdel alice").Run() })
	run(t, "chown", "alice:kvm", host.Dir("hers"))
	setting(t, "microvm@hers.service", "[Service]\nUser=alice\n")
	setting(t, "microvm@group.service", "[Service]\nSupplementaryGroups=disk\n")
	setting(t, "microvm@mighty.service", "[Service]\nAmbientCapabilities=CAP_DAC_OVERRIDE\n")
	for vm, want := range map[model.Raw]int{"hers": 0, "group": 0, "mighty": 0, "his": 1} {
		if found := foundAbout(t, h, "volume-not-writable", vm); len(found) != want {
			t.Errorf("%s: %+v", vm, found)
		}
	}
	for _, vm := range []model.Raw{"hers", "group", "mighty"} {
		if out, err := exec.Command("systemctl", "show", "-p", "User,SupplementaryGroups", string(model.UnitName(model.RoleVM, vm))).CombinedOutput(); err != nil {
			t.Errorf("%s: %s", vm, out)
		}
	}
}

// TestOpenForWriting: a hypervisor that has its disk open for writing has shown
// that it may, whatever the disk's mode says.
func TestOpenForWriting(t *testing.T) {
	host, h := actHost(t)
	host.Create("db", fixture.Volume("/srv/open.img", 1))
	run(t, "sh", "-c", "truncate -s 1M /srv/open.img; chmod 600 /srv/open.img")
	t.Cleanup(func() { os.Remove("/srv/open.img") })
	opens := func(how string) int {
		t.Helper()
		// The + runs it as root, as a descriptor that was handed in would work.
		setting(t, "microvm@db.service", "[Service]\nExecStart=\nExecStart=+/bin/sh -c 'exec 9"+how+"/srv/open.img; echo opened; exec sleep infinity'\n")
		run(t, "systemctl", "restart", "microvm@db.service")
		host.AwaitConsole("db", "opened")
		return len(foundAbout(t, h, "volume-not-writable", "db"))
	}
	if n := opens("<"); n != 1 {
		t.Errorf("open for reading: %d findings", n)
	}
	if n := opens("<>"); n != 0 {
		t.Errorf("open for writing: %d findings", n)
	}
}

// TestDirectoryOfRoot: a directory that the unit's user may not write is named
// with its owner and mode, and the advice mends it.
func TestDirectoryOfRoot(t *testing.T) {
	host, h := actHost(t)
	host.Manual("copy", fixture.Tap("vm-copy"))
	dir := host.Dir("copy")
	run(t, "chown", "root:root", dir)
	if outcome := carry(t, h, model.ActionStart, "copy"); outcome.Result != model.ResultFailed {
		t.Errorf("start: %+v", outcome)
	}
	found := foundAbout(t, h, "directory-not-writable", "copy")
	if len(found) != 1 || found[0].Severity != model.SeverityError {
		t.Fatalf("%+v", found)
	}
	if said := strings.Join(rawWords(found[0].Evidence), "; "); !strings.Contains(said, "belongs to user ID 0 and group ID 0, mode 0755") {
		t.Errorf("evidence: %s", said)
	}
	for _, f := range foundAbout(t, h, "helper-failed", "copy") {
		if said := strings.Join(rawWords(f.Advice), "; "); strings.Contains(said, "microtui start") {
			t.Errorf("advice that leads round: %s", said)
		}
	}
	_, command, _ := strings.Cut(string(found[0].Advice[0]), ": ")
	run(t, "sh", "-c", command)
	if found := foundAbout(t, openHost(t, Options{}), "directory-not-writable", "copy"); len(found) != 0 {
		t.Errorf("mended as advised: %+v", found)
	}
	expect(t, carry(t, h, model.ActionStart, "copy"), model.ResultDone, "")
}
