package e2e

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"microtui/lab"
	"microtui/lab/fixture"
)

// anyOrder compares lists as sets.
var anyOrder = cmpopts.SortSlices(strings.Compare)

// TestListBesideUpstreamCommand follows one VM through its life as the
// microvm command, a deployment, systemctl and rm make it, and compares after
// every step what list says with what is true. Beside it stands another VM:
// in a state directory without any VM nothing could be proven.
func TestListBesideUpstreamCommand(t *testing.T) {
	lab.Require(t)
	h := fixture.NewHost(t, fixture.Options{})
	h.Create("other")
	const other = "other stopped imperative current kept"
	is := func(step string, want ...string) {
		t.Helper()
		if diff := cmp.Diff(append(want, other), list(t).lines(), anyOrder); diff != "" {
			t.Errorf("after %s (- true, + told):\n%s", step, diff)
		}
	}
	revision := func(r string) string {
		return h.Flake("home", fixture.NewVM("api", fixture.Tap("vm-api"), fixture.Revision(r)))
	}

	half := "api stopped unknown current unclear" // `microvm -c` is at work
	h.UpstreamCreate("api", revision("1"), func(step string) {
		is("-c: "+step, map[string][]string{
			"built": {}, "moved": {half}, "owned": {half}, "rooted": {"api stopped imperative current kept"},
		}[step]...)
	})
	h.Start("api")
	running, stale := "api running imperative current kept", "api running imperative reboot-needed kept"
	is("start", running)
	h.UpstreamUpdate("api", false, func(step string) { is("-u of the same: "+step, running) })
	revision("2")
	h.UpstreamUpdate("api", false, func(step string) { is("-u: "+step, stale) })
	shell(t, "systemctl", "restart", "microvm@api")
	is("restart", running)
	revision("3")
	h.UpstreamUpdate("api", true, func(step string) {
		is("-R -u: "+step, map[string]string{"built": stale, "compared": stale, "restarted": running}[step])
	})
	h.Stop("api")
	is("stop", "api stopped imperative current kept")
	h.Remove("api")
	is("rm -rf", "gcroot api orphan", "gcroot booted-api orphan")

	h.UpstreamCreate("api", revision("4"), nil)
	is("-c again", "api stopped imperative current kept")
	h.Start("api")
	h.Remove("api")
	is("rm -rf while it runs", "api running imperative missing suspect", "tap vm-api unclear")
	h.Stop("api")
	is("stop without a directory",
		"gcroot api orphan", "gcroot booted-api orphan", "tap vm-api orphan",
		"unit microvm-set-booted@api.service orphan", "unit microvm-tap-interfaces@api.service orphan",
		"unit microvm@api.service orphan")

	h.UpstreamCreate("api", revision("5"), nil)
	h.Start("api")
	is("-c and start over the leftovers", running)
	h.Deploy("api", fixture.Tap("vm-api"))
	is("a deployment over it", "api running deployed reboot-needed kept")
	h.UpstreamUpdate("api", true, nil)
	is("-R -u of a deployed VM", "api running deployed current kept")
	h.Stop("api")
	is("its stop", "api stopped deployed current kept")
	h.Remove("api")
	is("its rm -rf", "gcroot api orphan", "gcroot booted-api orphan", "gcroot old-api orphan")
}

// TestListBesideDeployment follows a VM that microvm.deploy makes from outside.
func TestListBesideDeployment(t *testing.T) {
	lab.Require(t)
	h := fixture.NewHost(t, fixture.Options{})
	is := func(step string, want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, list(t).lines(), anyOrder); diff != "" {
			t.Errorf("after %s (- true, + told):\n%s", step, diff)
		}
	}
	h.Deploy("push", fixture.Revision("1"))
	is("the first deployment", "push stopped deployed current kept")
	h.Start("push")
	is("start", "push running deployed current kept")
	h.Deploy("push", fixture.Revision("2"))
	is("the second", "push running deployed reboot-needed kept")
	shell(t, "systemctl", "restart", "microvm@push")
	is("restart", "push running deployed current kept")
	h.Stop("push")
	is("stop", "push stopped deployed current kept")
	h.Remove("push")
	is("rm -rf of the last VM there was", "gcroot booted-push unclear", "gcroot old-push unclear", "gcroot push unclear")
}
