package e2e

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"microtui/lab"
	"microtui/lab/seeds"
	"microtui/model"
)

// TestSwitchKilledAtEverySystemCall: an executor is killed right before each
// system call that changes something, of an update with and without a restart,
// and of a rollback. (In the short run of some of them only, from a random one
// on.) What comes of it is all or nothing.
func TestSwitchKilledAtEverySystemCall(t *testing.T) {
	lab.Require(t)
	b := newBuilt(t)
	seed := seeds.For(t)
	random := rand.New(rand.NewPCG(seed, 0))
	runners := []string{b.named(t)["current"]}
	for range 2 {
		b.revise()
		runners = append(runners, b.runner(t))
	}
	// The one after the present one: never what `old` names already.
	next := func() string { return runners[(slices.Index(runners, b.named(t)["current"])+1)%len(runners)] }
	calls, ends := make(map[string]int), make(map[string]int)
	for _, s := range []struct {
		name     string
		restarts bool
		to       func() string
		planOf   func(to string) func(model.Inventory) model.Plan
	}{
		{"update and restart", true, next, func(to string) func(model.Inventory) model.Plan { return updateOf(b.vm, to, true) }},
		{"update", false, next, func(to string) func(model.Inventory) model.Plan { return updateOf(b.vm, to, false) }},
		{"rollback", false, func() string { return b.named(t)["old"] }, func(string) func(model.Inventory) model.Plan { return rollbackOf(b.vm) }},
	} {
		before, to := b.named(t), s.to()
		id := recordOnly(t, s.planOf(to))
		calls[s.name] = len(runWatched(t, undisturbed, lab.ProgramPath, "operation", "run", id))
		b.isSwitchedOrNot(t, s.name, id, before, to, s.restarts)
		if calls[s.name] < 20 {
			t.Fatalf("%s: %d system calls change something", s.name, calls[s.name])
		}
		for _, n := range someOf(random, calls[s.name], 2) {
			before, to := b.named(t), s.to()
			id := recordOnly(t, s.planOf(to))
			when := s.name + ", " + killAt(t, n, id)
			ends[s.name+" "+b.isSwitchedOrNot(t, when, id, before, to, s.restarts)]++
		}
	}
	t.Logf("seed %d: system calls %v; %v", seed, calls, ends)
}

// isSwitchedOrNot looks at how a switch that was disturbed has ended: `current`
// names the one runner or the other, `old` what was `current` before, our roots
// keep what the links name, and the VM runs.
func (b *built) isSwitchedOrNot(t *testing.T, when, id string, before map[string]string, to string, restarts bool) (state string) {
	t.Helper()
	want, o := maps.Clone(before), operationOf(t, id)
	switch o.State {
	case "done":
		want["old"], want["current"] = before["current"], to
		if restarts {
			want["booted"] = to
		}
	case "undone":
	default:
		t.Fatalf("%s: %s", when, o)
	}
	if is := b.named(t); !maps.Equal(is, want) {
		t.Errorf("%s, %s: the links name %v, want %v", when, o.State, is, want)
	}
	b.isHeld(t, when)
	if state := b.Property("microvm@"+b.vm+".service", "ActiveState"); state != "active" {
		t.Errorf("%s: the VM is %s", when, state)
	}
	leavesNothing(t)
	return o.State
}
