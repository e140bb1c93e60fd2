package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"microtui/lab"
	"microtui/lab/fixture"
)

// inTheMiddle carries an operation out, and lets something happen right before
// one of its system calls of a name: the nth.
func inTheMiddle(t *testing.T, id, call string, n int, happens func()) {
	t.Helper()
	seen := 0
	runWatched(t, func(_ int, name string) bool {
		if name == call {
			if seen++; seen == n {
				happens()
			}
		}
		return false
	}, lab.ProgramPath, "operation", "run", id)
	if seen < n {
		t.Fatalf("%s was called %d times", call, seen)
	}
}

// TestDeclaredInTheMiddle: a new system declares the VM again between the last
// look and the move of its directory. It is brought back, and runs; what is
// declared after the move finds no directory.
func TestDeclaredInTheMiddle(t *testing.T) {
	lab.Require(t)
	host := fixture.NewHost(t, fixture.Options{})
	host.Declare("db", fixture.NoAutostart())
	host.Declare("web", fixture.NoAutostart())
	host.Switch()
	host.Undeclare("web")
	host.Switch()
	often(t, "web")
	host.Start("web")
	host.Register()
	furnish(t, host.Dir("web"))
	before := manifest(t, host.Dir("web"))
	id := recordOnly(t, purgeOf("web"))
	inTheMiddle(t, id, "renameat2", 1, func() {
		host.Declare("web", fixture.NoAutostart())
		host.Boot()
	})
	o := operationOf(t, id)
	if o.State == "done" || o.Reason == nil || !strings.Contains(*o.Reason, "declared") {
		t.Errorf("it was declared again: %s", o)
	}
	s := &subject{Host: host, vm: "web", files: before}
	s.isWhole(t, "declared again", host.Dir("web"))
	if state := host.Property("microvm@web.service", "ActiveState"); state != "active" {
		t.Errorf("the VM is %s", state)
	}
	leavesNothing(t)
}

// TestRemovedInTheMiddle: somebody removes the directory during a purge. Nothing
// of the VM goes on running, and what it leaves is in nobody's way.
func TestRemovedInTheMiddle(t *testing.T) {
	lab.Require(t)
	host := fixture.NewHost(t, fixture.Options{})
	for _, at := range []struct {
		call string
		n    int
	}{{"fsync", 1}, {"renameat2", 1}} {
		host.Create("web", fixture.Tap("vm-web"))
		host.Register()
		often(t, "web")
		host.Start("web")
		id := recordOnly(t, purgeOf("web"))
		inTheMiddle(t, id, at.call, at.n, func() { host.Remove("web") })
		o := operationOf(t, id)
		link, _ := exec.Command("ip", "-d", "link", "show", "vm-web").CombinedOutput()
		units, _ := exec.Command("systemctl", "list-units", "--all", "--no-legend", "microvm*web*").CombinedOutput()
		holders, _ := exec.Command("sh", "-c", "grep -l 'iff:.*vm-web' /proc/[0-9]*/fdinfo/* 2>/dev/null; ps -eo pid,args,cgroup | grep '[m]icrovm@'").CombinedOutput()
		t.Logf("removed at %v: %s\n%s\n%s\n%s", at, o, link, units, holders)
		if _, err := os.Lstat(host.Dir("web")); err == nil {
			t.Fatal("it is there")
		}
		_ = exec.Command("systemctl", "reset-failed").Run()
		for _, root := range []string{"web", "booted-web"} {
			_ = os.Remove("/nix/var/nix/gcroots/microvm/" + root)
		}
		host.Create("web", fixture.Tap("vm-web"))
		if got := answer(t, program("start", "web")); got.status != 0 {
			t.Errorf("removed at %v, made anew: start says %+v", at, got)
		}
		shell(t, lab.ProgramPath, "purge", "web", "--confirm", "web")
		shell(t, lab.ProgramPath, "trash", "empty", "--confirm", "1")
	}
}
