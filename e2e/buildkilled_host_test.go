package e2e

import (
	"maps"
	"math/rand/v2"
	"os"
	"testing"

	"microtui/lab"
	"microtui/lab/seeds"
)

// TestBuildKilledAtEverySystemCall: an executor that builds is killed, with the
// nix and the builders that it has started, right before each system call of any
// of them that changes something. (In the short run, of some of them only.) What
// was built is held for who asked for it, or nothing is; what the VM has stays
// as it is.
func TestBuildKilledAtEverySystemCall(t *testing.T) {
	lab.Require(t)
	b := newBuilt(t)
	seed := seeds.For(t)
	random := rand.New(rand.NewPCG(seed, 0))
	before := manifest(t, b.Dir(b.vm))
	id := recordOnly(t, b.revised())
	calls := len(runWatched(t, undisturbed, lab.ProgramPath, "operation", "run", id))
	b.isBuiltOrNot(t, "undisturbed", id, before)
	if calls < 200 {
		t.Fatalf("of a build %d system calls change something: not those of nix and the builders", calls)
	}
	ends := make(map[string]int)
	for _, n := range someOf(random, calls, 3) {
		id := recordOnly(t, b.revised())
		ends[b.isBuiltOrNot(t, killAt(t, n, id), id, before)]++
	}
	for n := range 2 { // nix makes its link, and one to that, under other names first
		id := recordOnly(t, b.revised())
		when := killAtNth(t, "rename", n+1, id)
		settle(t, id)
		ends[b.isBuiltOrNot(t, when, id, before)]++
	}
	t.Logf("seed %d: %d system calls; %v", seed, calls, ends)
}

// isBuiltOrNot looks at how a build that was disturbed has ended, and gives up
// what it brought about.
func (b *built) isBuiltOrNot(t *testing.T, when, id string, before map[string]string) (state string) {
	t.Helper()
	shell(t, "nix-store", "--gc") // which takes what nix keeps of any build
	held, o := linksIn(t, "/nix/var/nix/gcroots/microtui"), operationOf(t, id)
	switch name := "build." + id + "." + b.vm + ".result"; {
	case o.State == "done":
		if _, err := os.Stat(held[name] + "/bin/microvm-run"); err != nil || len(held) != 1 {
			t.Errorf("%s: it is done, and held is %v: %v", when, held, err)
		}
		discard(t, id)
	case o.State != "undone" || len(held) > 0:
		t.Errorf("%s: %s, and held is %v", when, o, held)
	}
	if is := manifest(t, b.Dir(b.vm)); !maps.Equal(is, before) {
		t.Errorf("%s: of the VM there is %v, and was %v", when, is, before)
	}
	leavesNothing(t)
	return o.State
}
