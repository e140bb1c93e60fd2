package e2e

import (
	"os"
	"slices"
	"testing"
	"time"

	"microtui/lab"
	"microtui/lab/fixture"
	"microtui/model"
)

// collected collects garbage with the real nix, and fails unless all is there
// that the links of the VM, or of what is in the trash, name.
func (b *built) collected(t *testing.T, when string) {
	t.Helper()
	b.CollectGarbage()
	directories := []string{b.Dir(b.vm)}
	for _, place := range inTrash() {
		directories = append(directories, place)
	}
	named := 0
	for _, directory := range directories {
		for _, runner := range namedIn(directory) {
			named++
			if info, err := os.Stat(runner + "/bin/microvm-run"); err != nil || info.Mode()&0o111 == 0 {
				t.Errorf("%s, and a garbage collection: %s names %s: %v", when, directory, runner, err)
			}
		}
	}
	if named == 0 {
		t.Errorf("%s: nothing names a runner", when)
	}
}

// carriedOut carries an operation out, and gives it as it ended.
func carriedOut(t *testing.T, planOf func(model.Inventory) model.Plan) operated {
	t.Helper()
	id := recordOnly(t, planOf)
	shell(t, lab.ProgramPath, "operation", "run", id)
	o := operationOf(t, id)
	if o.State != "done" {
		t.Fatal(o)
	}
	return o
}

// builtAnew builds another runner for the VM, and gives it and its operation.
func (b *built) builtAnew(t *testing.T) (runner, id string) {
	t.Helper()
	o := carriedOut(t, b.revised())
	runner, err := os.Readlink("/nix/var/nix/gcroots/microtui/build." + o.ID + "." + b.vm + ".result")
	if err != nil {
		t.Fatal(err)
	}
	return runner, o.ID
}

// newDeclaredFlake makes a VM that the host declares from a flake, and that
// runs. No gcroot link of microvm.nix follows it.
func newDeclaredFlake(t *testing.T) *built {
	t.Helper()
	b := &built{Host: fixture.NewHost(t, fixture.Options{}), vm: "web", since: time.Now()}
	b.revise()
	b.Declare("stays", fixture.NoAutostart())
	b.DeclareFlake(b.vm, fixture.UpdateFlake(b.flake), fixture.NoAutostart(), fixture.Tap("vm-"+b.vm))
	b.Switch()
	often(t, b.vm)
	b.Start(b.vm)
	return b
}

// undeclare takes the VM out of the host's configuration, and all of its
// systems: nothing of NixOS keeps what it has any more.
func (b *built) undeclare() {
	b.Helper()
	declared := b.Generation()
	b.Undeclare(b.vm)
	b.Switch()
	b.DeleteGenerations(declared)
}

var origins = map[string]struct {
	make     func(t *testing.T) *built
	declared bool
}{
	"imperative":     {newBuilt, false},
	"declared flake": {newDeclaredFlake, true},
}

// TestCollected: garbage is collected after each step in the life of a VM, of
// one that was made by hand and of one that the host declares with a flake. No
// runner is ever gone that a link of it, or of what is in the trash, names; and
// when it is gone for good, all of them are.
func TestCollected(t *testing.T) {
	lab.Require(t)
	for name, origin := range origins {
		t.Run(name, func(t *testing.T) {
			b := origin.make(t)
			var runners []string
			is := func(when string) {
				t.Helper()
				b.collected(t, when)
				runners = append(runners, namedIn(b.Dir(b.vm))...)
				leavesNothing(t)
			}
			is("running")
			for _, when := range []string{"updated", "updated again"} {
				runner, id := b.builtAnew(t)
				b.collected(t, "built")
				if _, err := os.Stat(runner); err != nil {
					t.Fatalf("what was built is gone before it is switched to: %v", err)
				}
				carriedOut(t, updateOf(b.vm, runner, false))
				b.collected(t, when+", and not yet given up")
				discard(t, id)
				is(when)
				b.isHeld(t, when)
			}
			carriedOut(t, rollbackOf(b.vm))
			is("rolled back")
			b.isHeld(t, "rolled back")
			if origin.declared {
				if status, said := purge(t, b.vm, "--confirm", b.vm); status != 3 {
					t.Errorf("purged, though it is declared: %d, %s", status, said)
				}
				b.undeclare()
				is("no longer declared")
			}
			shell(t, "systemctl", "restart", "microvm@"+b.vm+".service")
			b.collected(t, "restarted")

			shell(t, lab.ProgramPath, "purge", b.vm, "--confirm", b.vm)
			is("purged")
			shell(t, lab.ProgramPath, "restore", b.vm)
			is("restored")
			b.Start(b.vm)
			is("started again")
			shell(t, lab.ProgramPath, "purge", b.vm, "--confirm", b.vm)
			is("purged again")
			shell(t, lab.ProgramPath, "trash", "empty", "--confirm", b.vm)
			leavesNothing(t)
			b.isGone(t, runners)
		})
	}
}

// isGone fails where something keeps runners after a garbage collection.
func (b *built) isGone(t *testing.T, runners []string) {
	t.Helper()
	b.CollectGarbage()
	slices.Sort(runners)
	runners = slices.Compact(runners)
	if len(runners) < 3 {
		t.Errorf("there were %d runners only: %q", len(runners), runners)
	}
	for _, runner := range runners {
		if _, err := os.Lstat(runner); err == nil {
			t.Errorf("%s is kept: %s", runner, shell(t, "nix-store", "--query", "--roots", runner))
		}
	}
}
