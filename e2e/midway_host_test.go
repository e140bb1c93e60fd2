package e2e

import (
	"os"
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

// TestRemovedInTheMiddle: somebody removes the directory during a purge, before
// its stop, after it, or right before the move. That is told; and where the VM is
// made anew, nothing that is left is in the way of a start.
func TestRemovedInTheMiddle(t *testing.T) {
	lab.Require(t)
	host := fixture.NewHost(t, fixture.Options{})
	for _, at := range []struct {
		call string
		n    int
	}{{"fsync", 1}, {"fsync", 3}, {"renameat2", 1}} {
		host.Create("web", host.RealGuest(), fixture.Tap("vm-web"))
		host.Register()
		often(t, "web")
		host.Start("web")
		id := recordOnly(t, purgeOf("web"))
		inTheMiddle(t, id, at.call, at.n, func() { host.Remove("web") })
		o := operationOf(t, id)
		if reason := o.Reason; o.State == "done" || reason == nil || !strings.Contains(*reason, "web is gone") && !strings.Contains(*reason, "is none now") {
			t.Errorf("removed at %v: %s", at, o)
		}
		shell(t, "systemctl", "reset-failed")
		for _, root := range []string{"web", "booted-web"} {
			_ = os.Remove("/nix/var/nix/gcroots/microvm/" + root)
		}
		host.Create("web", host.RealGuest(), fixture.Tap("vm-web"))
		if got := answer(t, program("start", "web")); got.status != 0 {
			t.Errorf("removed at %v, made anew: start says %+v", at, got)
		}
		shell(t, lab.ProgramPath, "purge", "web", "--confirm", "web")
		shell(t, lab.ProgramPath, "trash", "empty", "--confirm", "web")
	}
}
