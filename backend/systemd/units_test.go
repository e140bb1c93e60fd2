package systemd

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"microtui/model"
)

func TestUnitsInEveryState(t *testing.T) {
	host(t)
	systemctl(t, "start", "microvm@run.service", "microvms.target", `var-lib-vms\x2dreal.mount`, `vm\x2dnet-netdev.service`, "noise.service")
	systemctl(t, "start", "--no-block", "microvm@slow.service", "microvm@held.service", "microvm-virtiofsd@run.service")
	b := open(t)
	b.Closely([]model.Raw{"run"})
	got := await(t, b, "auto-restart and failure", func(r Reading, err error) bool {
		return err == nil && find(r, "microvm@held.service").Sub == "auto-restart" &&
			find(r, "microvm-virtiofsd@run.service").Active == "failed" &&
			find(r, "microvm@slow.service").Sub == "start"
	})

	if !strings.HasPrefix(string(got.Version), "25") {
		t.Errorf("systemd's version is %q", got.Version)
	}
	if !slices.IsSortedFunc(got.Units, func(a, b model.Unit) int { return strings.Compare(string(a.Name), string(b.Name)) }) {
		t.Error("units are not sorted by name")
	}
	if find(got, "noise.service").Name != "" {
		t.Error("a unit of somebody else is listed")
	}

	run := find(got, "microvm@run.service")
	if run.Active != "active" || run.Sub != "running" || run.Properties == nil {
		t.Fatalf("running VM: %+v", run)
	}
	p := *run.Properties
	shown := func(unit, property string) string {
		return systemctl(t, "show", "--value", "--timestamp=us+utc", "-p", property, unit)
	}
	for property, got := range map[string]string{
		"InvocationID":         p.Invocation,
		"FragmentPath":         string(p.Fragment),
		"MainPID":              strconv.Itoa(p.MainPID),
		"ControlGroup":         string(p.ControlGroup),
		"Type":                 p.Type,
		"Result":               p.Result,
		"ActiveEnterTimestamp": p.ActiveEnter.Format("Mon 2006-01-02 15:04:05.000000 MST"),
	} {
		if want := shown("microvm@run.service", property); got != want {
			t.Errorf("%s of a running VM is %q, systemctl says %q", property, got, want)
		}
	}
	if p.TimeoutStart != 150*time.Second || p.TimeoutStop != 0 {
		t.Errorf("time limits are %s and %s", p.TimeoutStart, p.TimeoutStop)
	}

	if u := find(got, "microvm@slow.service"); u.Active != "activating" || u.Job == nil || u.Job.Type != "start" {
		t.Errorf("VM that starts: %+v", u)
	}
	if u := find(got, "microvm@held.service"); u.Properties == nil || u.Properties.Result != "exit-code" || len(u.Properties.DropIns) != 1 {
		t.Errorf("VM that waits for its restart: %+v", u)
	}
	if u := find(got, "microvm-virtiofsd@run.service"); u.Properties == nil || u.Properties.ExecMainCode != 1 || u.Properties.ExecMainStatus != 7 {
		t.Errorf("failed helper: %+v", u)
	}
	if u := find(got, "microvm-tap-interfaces@run.service"); u.Active != "active" || u.Sub != "exited" || u.Properties == nil {
		t.Errorf("helper that did its work: %+v", u)
	}
	if u := find(got, "microvm-pci-devices@run.service"); u.Active != "inactive" || u.Properties == nil || u.Properties.Condition || u.Properties.ConditionAt.IsZero() {
		t.Errorf("helper whose condition does not hold: %+v", u)
	}
	if u := find(got, "install-microvm-web.service"); u.Load != "loaded" || u.Active != "inactive" {
		t.Errorf("install unit: %+v", u)
	}
	if u := find(got, "microvms.target"); u.Active != "active" || u.Properties == nil || u.Properties.Fragment == "" {
		t.Errorf("target: %+v", u)
	}

	mount := model.Mount{Unit: `var-lib-vms\x2dreal.mount`, Where: "/var/lib/vms-real", Active: true}
	if !slices.Contains(got.Mounts, mount) {
		t.Errorf("mounts lack %v: %v", mount, got.Mounts)
	}
	netdev := model.Netdev{Name: "vm-net", By: `vm\x2dnet-netdev.service`}
	if !slices.Contains(got.Netdevs, netdev) {
		t.Errorf("netdevs lack %v: %v", netdev, got.Netdevs)
	}
}

// A mount unit that is only in memory because somebody needs a folder below
// it mounts nothing.
func TestMountNotFound(t *testing.T) {
	host(t)
	b := open(t)
	const needs = "/run/systemd/system/microvm@needs.service"
	if err := os.WriteFile(needs, []byte("[Unit]\nWants=srv-nothing.mount\n[Service]\nExecStart=/bin/sleep infinity\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(needs) })
	systemctl(t, "daemon-reload")
	systemctl(t, "start", "microvm@needs.service")
	if listed := systemctl(t, "list-units", "--all", "srv-nothing.mount"); !strings.Contains(listed, "not-found") {
		t.Fatalf("systemd does not have it in memory: %s", listed)
	}
	systemctl(t, "start", `var-lib-vms\x2dreal.mount`)
	got := await(t, b, "the real mount", func(r Reading, err error) bool {
		return slices.ContainsFunc(r.Mounts, func(m model.Mount) bool { return m.Where == "/var/lib/vms-real" && m.Active })
	})
	if slices.ContainsFunc(got.Mounts, func(m model.Mount) bool { return m.Where == "/srv/nothing" }) {
		t.Error("a mount unit that does not exist is listed")
	}
}

func TestSwitching(t *testing.T) {
	host(t)
	b := open(t)
	if got := read(t, b); got.Switching != "" {
		t.Errorf("switching without a switch: %q", got.Switching)
	}
	systemctl(t, "start", switchUnit)
	await(t, b, "switch", func(r Reading, _ error) bool { return r.Switching == switchUnit })
	systemctl(t, "stop", switchUnit)
	await(t, b, "its end", func(r Reading, err error) bool { return err == nil && r.Switching == "" })
}

// The counter of a crash loop lies between what systemctl says before and
// after, at every reading.
func TestRestartsOfCrashLoop(t *testing.T) {
	host(t)
	systemctl(t, "start", "--no-block", "microvm@crash.service")
	b := open(t)
	counter := func() uint32 {
		n, err := strconv.Atoi(systemctl(t, "show", "--value", "-p", "NRestarts", "microvm@crash.service"))
		if err != nil {
			t.Fatal(err)
		}
		return uint32(n)
	}
	await(t, b, "crash loop", func(Reading, error) bool { return counter() >= 2 })
	seen := make(map[uint32]bool)
	for deadline := time.Now().Add(10 * time.Second); len(seen) < 12 && time.Now().Before(deadline); {
		before := counter()
		u := find(read(t, b), "microvm@crash.service")
		after := counter()
		if u.Properties == nil {
			t.Fatalf("no properties: %+v", u)
		}
		if n := u.Properties.Restarts; n < before || n > after {
			t.Fatalf("%s/%s: %d restarts, systemctl says %d to %d", u.Active, u.Sub, n, before, after)
		}
		seen[u.Properties.Restarts] = true
	}
	if len(seen) < 12 {
		t.Errorf("only %d different counts seen", len(seen))
	}
}

func TestPropertiesAreReadOnce(t *testing.T) {
	host(t)
	systemctl(t, "start", "microvm@one.service", "microvm@two.service")
	b := open(t)
	b.AllClosely()
	before := read(t, b)
	again := read(t, b)
	for i, u := range again.Units {
		if u.Properties == nil || u.Properties != before.Units[i].Properties {
			t.Errorf("%s was read again: %p, %p", u.Name, before.Units[i].Properties, u.Properties)
		}
	}

	systemctl(t, "restart", "microvm@two.service")
	want := systemctl(t, "show", "--value", "-p", "InvocationID", "microvm@two.service")
	got := await(t, b, "new invocation", func(r Reading, _ error) bool {
		p := find(r, "microvm@two.service").Properties
		return p != nil && p.Invocation == want
	})
	one := model.Raw("microvm@one.service")
	if find(got, one).Properties != find(before, one).Properties {
		t.Error("the other VM was read again")
	}

	// After a daemon-reload the old properties stay until the new are there.
	systemctl(t, "daemon-reload")
	await(t, b, "reading after reload", func(r Reading, _ error) bool {
		p := find(r, one).Properties
		if p == nil {
			t.Error("no properties after a reload")
		}
		return p != find(before, one).Properties
	})
}

// The bus may lose signals: a new invocation is seen without them.
func TestRestartIsSeenWithoutSignals(t *testing.T) {
	host(t)
	const vm = "microvm@one.service"
	systemctl(t, "start", vm)
	b := open(t)
	read(t, b)
	systemctl(t, "restart", vm)
	untilQuiet(b)
	if told := b.takeChanges(); !told.units[vm] {
		t.Fatalf("there were no signals to lose: %v", told)
	}
	want := systemctl(t, "show", "--value", "-p", "InvocationID", vm)
	if p := find(read(t, b), vm).Properties; p == nil || p.Invocation != want {
		t.Errorf("properties of an earlier invocation than %s: %+v", want, p)
	}
}

// What a guest says of itself changes neither state nor invocation.
func TestStatusTextIsSeen(t *testing.T) {
	host(t)
	systemctl(t, "start", "microvm@talks.service")
	b := open(t)
	b.Closely([]model.Raw{"talks"})
	if p := find(read(t, b), "microvm@talks.service").Properties; p == nil || p.StatusText != "" {
		t.Fatalf("it talked too early: %+v", p)
	}
	if err := os.WriteFile("/run/talk", nil, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove("/run/talk") })
	await(t, b, "status", func(r Reading, _ error) bool {
		p := find(r, "microvm@talks.service").Properties
		return p != nil && p.StatusText == "Reached target."
	})
}

func TestNothingIsLeftBehind(t *testing.T) {
	host(t)
	defer goleak.VerifyNone(t)
	b := Open(t.Context())
	read(t, b)
	b.Close()
	if _, err := b.Units(t.Context()); err == nil {
		t.Error("a closed Bus gives units")
	}
}
