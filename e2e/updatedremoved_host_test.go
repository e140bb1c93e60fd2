package e2e

import (
	"slices"
	"testing"

	"microtui/lab"
)

// TestUpdatedThenUndeclared: a VM that the host declared with updateFlake, that
// microtui updated and rolled back meanwhile, is left behind by the switch that
// declares it no longer, like any other. One that is deployed over SSH then is
// kept, and no proof when the deployment's links are lost.
func TestUpdatedThenUndeclared(t *testing.T) {
	lab.Require(t)
	b := newDeclaredFlake(t)
	isLeft := func(when string, want bool) {
		t.Helper()
		left, _ := list(t).leftBehind()
		if slices.Contains(left, b.vm) != want {
			t.Errorf("%s: an orphan: %v\n%s", when, !want, shell(t, lab.ProgramPath, "show", b.vm))
		}
	}
	for _, when := range []string{"updated", "updated again"} {
		b.revise()
		shell(t, lab.ProgramPath, "update", b.vm, "--yes")
		isLeft(when, false)
	}
	shell(t, lab.ProgramPath, "rollback", b.vm, "--yes")
	isLeft("rolled back", false)

	b.Undeclare(b.vm)
	b.Switch()
	isLeft("no longer declared", true)

	b.Deploy(b.vm)
	isLeft("deployed over SSH", false)
	for _, link := range []string{"", "booted-", "old-"} {
		shell(t, "rm", "-f", "/nix/var/nix/gcroots/microvm/"+link+b.vm)
	}
	isLeft("deployed over SSH, its links lost", false)
}
