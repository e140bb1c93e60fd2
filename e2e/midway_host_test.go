package e2e

import (
	"os"
	"strings"
	"testing"

	"microtui/lab"
	"microtui/lab/fixture"
)

// inTheMiddle carries an operation out, and lets something happen right before
// the first of its system calls that comes when it is to.
func inTheMiddle(t *testing.T, id string, when func(call string) bool, happens func()) {
	t.Helper()
	happened := false
	runWatched(t, func(_ int, call string) bool {
		if !happened && when(call) {
			happened = true
			happens()
		}
		return false
	}, lab.ProgramPath, "operation", "run", id)
	if !happened {
		t.Fatal("it ended before")
	}
}

// firstOf is the first system call of a name.
func firstOf(name string) func(call string) bool {
	return func(call string) bool { return call == name }
}

// onceStopped is the first system call of a name once the VM web is stopped.
func onceStopped(host *fixture.Host, name string) func(call string) bool {
	return func(call string) bool {
		return call == name && host.Property("microvm@web.service", "ActiveState") == "inactive"
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
	inTheMiddle(t, id, onceStopped(host, "renameat2"), func() {
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
	for at, when := range map[string]func(call string) bool{
		"before the stop": firstOf("fsync"), "after the stop": onceStopped(host, "fsync"), "before the move": onceStopped(host, "renameat2"),
	} {
		host.Create("web", host.RealGuest(), fixture.Tap("vm-web"))
		host.Register()
		often(t, "web")
		host.Start("web")
		id := recordOnly(t, purgeOf("web"))
		inTheMiddle(t, id, when, func() { host.Remove("web") })
		o := operationOf(t, id)
		if reason := o.Reason; o.State == "done" || reason == nil || !strings.Contains(*reason, "web is gone") && !strings.Contains(*reason, "is now none") {
			t.Errorf("removed %s: %s", at, o)
		}
		shell(t, "systemctl", "reset-failed")
		for _, root := range []string{"web", "booted-web"} {
			_ = os.Remove("/nix/var/nix/gcroots/microvm/" + root)
		}
		host.Create("web", host.RealGuest(), fixture.Tap("vm-web"))
		if got := answer(t, program("start", "web")); got.status != 0 {
			t.Errorf("removed %s, made anew: start says %+v", at, got)
		}
		shell(t, lab.ProgramPath, "purge", "web", "--confirm", "web")
		shell(t, lab.ProgramPath, "trash", "empty", "--confirm", "web")
	}
}
