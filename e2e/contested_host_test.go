package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"microtui/lab"
	"microtui/lab/fixture"
	"microtui/model"
)

// TestSeveralAtOnce: of several who change one VM at the same time one wins, and
// the others are told who; while a system switches, nobody does.
func TestSeveralAtOnce(t *testing.T) {
	lab.Require(t)
	s := newSubject(t, "web")
	id := recordOnly(t, purgeOf("web"))
	release := holdSwitchLock(t)
	for _, args := range [][]string{{"purge", "web", "--confirm", "web"}, {"purge", "--orphans", "--yes"}} {
		if got := answer(t, program(args...)); got.status != 3 || !strings.Contains(got.err, "flock") {
			t.Errorf("%q during a switch: %+v", args, got)
		}
	}
	shell(t, lab.ProgramPath, "operation", "run", id)
	if o := operationOf(t, id); o.State == "done" || o.Reason == nil || !strings.Contains(*o.Reason, "flock") {
		t.Errorf("begun during a switch: %+v", o)
	}
	release()
	s.isUntouched(t, "after the switch")

	commands := [][]string{
		{"purge", "web", "--confirm", "web"}, {"restart", "web"}, {"purge", "web", "--confirm", "web"}, {"purge", "web", "--confirm", "web"},
	}
	all := make([]said, len(commands))
	var together sync.WaitGroup
	for n, args := range commands {
		together.Go(func() { all[n] = answer(t, program(args...)) })
	}
	together.Wait()
	winners := 0
	for n, got := range all {
		switch {
		case got.status == 0:
			winners++
		case got.status != 3, !strings.Contains(got.err, "by root"), strings.Count(got.err, "\n") != 1:
			t.Errorf("%q: %+v", commands[n], got)
		}
	}
	if winners != 1 {
		t.Errorf("%d won: %+v", winners, all)
	}
	leavesNothing(t)
	if _, err := os.Lstat(s.Dir("web")); err != nil {
		restored(t, s.Host, "web")
	}
	s.isUntouched(t, "after all")
}

// holdSwitchLock takes the lock of a switch, as switch-to-configuration does.
func holdSwitchLock(t *testing.T) (release func()) {
	t.Helper()
	const path = "/run/nixos/switch-to-configuration.lock"
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("flock", "--exclusive", path, "sh", "-c", "echo held; cat")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	if _, err := out.Read(make([]byte, 5)); err != nil {
		t.Fatal(err)
	}
	return func() { in.Close(); _ = cmd.Wait() }
}

// TestTapMadeAnew: a TAP that is deleted and made anew after the plan, or that a
// process has opened since, is left alone.
func TestTapMadeAnew(t *testing.T) {
	lab.Require(t)
	host := fixture.NewHost(t, fixture.Options{})
	host.Create("web", fixture.Tap("vm-web"))
	host.Register()
	cleanUp := func(i model.Inventory) model.Plan { return model.PlanCleanUp(i, model.CleanUpOptions{}) }
	for name, test := range map[string]struct {
		change func(tap string)
		stays  bool
	}{
		"as it was": {func(string) {}, false},
		"made anew": {func(tap string) { shell(t, "ip", "link", "delete", tap); host.LeakTap(tap) }, true},
		"held":      {func(tap string) { holdTap(t, tap) }, true},
		"another's": {func(tap string) { shell(t, "ip", "link", "delete", tap); host.ForeignTap(tap) }, true},
	} {
		host.LeakTap("vm-leak")
		id := recordOnly(t, cleanUp)
		test.change("vm-leak")
		shell(t, lab.ProgramPath, "operation", "run", id)
		_, err := os.Stat("/sys/class/net/vm-leak")
		want := map[bool]string{true: "failed", false: "done"}[test.stays]
		if o := operationOf(t, id); o.State != want || test.stays != (err == nil) {
			t.Errorf("%s: %+v; the TAP: %v", name, o, err)
		}
		if err == nil {
			shell(t, "ip", "link", "delete", "vm-leak")
		}
	}
	leavesNothing(t)
}

// holdTap opens a TAP, until the test ends or closes it.
func holdTap(t *testing.T, name string) *os.File {
	t.Helper()
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	file := os.NewFile(uintptr(fd), "/dev/net/tun")
	t.Cleanup(func() { file.Close() })
	request, err := unix.NewIfreq(name)
	if err != nil {
		t.Fatal(err)
	}
	request.SetUint16(unix.IFF_TAP | unix.IFF_NO_PI | unix.IFF_VNET_HDR)
	if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, request); err != nil {
		t.Fatalf("attach to %s: %v", name, err)
	}
	return file
}
