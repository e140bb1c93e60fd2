package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"microtui/lab"
	"microtui/lab/seeds"
	"microtui/model"
)

// TestCollectedWhenKilled: an executor is killed right before each write to its
// record, garbage is collected, and only then the operation settled. (In the
// short run, before some of the writes.) No runner is gone that is named before
// or afterwards.
func TestCollectedWhenKilled(t *testing.T) {
	lab.Require(t)
	b := newDeclaredFlake(t) // nothing but our own roots keeps what it is updated to
	b.Stop(b.vm)
	seed := seeds.For(t)
	random := rand.New(rand.NewPCG(seed, 0))
	build := ""
	update := func() func(model.Inventory) model.Plan {
		var runner string
		runner, build = b.builtAnew(t)
		return updateOf(b.vm, runner, false)
	}
	command := func(args ...string) { t.Helper(); shell(t, lab.ProgramPath, args...) }
	writes, ends := make(map[string]int), make(map[string]int)
	for _, s := range []struct {
		name   string
		planOf func() func(model.Inventory) model.Plan
		after  func(state string)
	}{
		{"update", update, func(string) { discard(t, build) }},
		{"rollback", func() func(model.Inventory) model.Plan { return rollbackOf(b.vm) }, func(string) {}},
		{"purge", func() func(model.Inventory) model.Plan { return purgeOf(b.vm) }, func(state string) {
			if state == "done" {
				command("restore", b.vm)
			}
		}},
		{"restore", func() func(model.Inventory) model.Plan {
			command("purge", b.vm, "--confirm", b.vm)
			return restoreOf(b.vm)
		}, func(state string) {
			if state == "undone" {
				command("restore", b.vm)
			}
		}},
	} {
		if s.name == "purge" {
			b.undeclare()
		}
		id := recordOnly(t, s.planOf())
		for _, name := range runWatched(t, undisturbed, lab.ProgramPath, "operation", "run", id) {
			if name == recordWrite {
				writes[s.name]++
			}
		}
		s.after(operationOf(t, id).State)
		if writes[s.name] < 4 { // it begins, begins a step, has done it, ends
			t.Fatalf("of the %s there are %d writes to its record", s.name, writes[s.name])
		}
		for _, n := range someOf(random, writes[s.name], 2) {
			id := recordOnly(t, s.planOf())
			killAtNth(t, recordWrite, n, id)
			when := fmt.Sprintf("%s, killed at write %d", s.name, n)
			b.collected(t, when)
			settle(t, id)
			b.collected(t, when+", settled")
			o := operationOf(t, id)
			if o.State != "done" && o.State != "undone" {
				t.Errorf("%s: %s", when, o)
			}
			ends[s.name+" "+o.State]++
			s.after(o.State)
			leavesNothing(t)
		}
	}
	t.Logf("seed %d: writes %v; %v", seed, writes, ends)
}

// TestCollectedInTheMiddle: garbage is collected right before each system call
// of an operation that changes something, as often as it goes on at all then.
// (In the short run, before some of them.) No runner is ever gone that is named.
func TestCollectedInTheMiddle(t *testing.T) {
	lab.Require(t)
	b := newDeclaredFlake(t)
	b.Stop(b.vm)
	seed := seeds.For(t)
	random := rand.New(rand.NewPCG(seed, 0))
	step := 4
	if long() {
		step = 1
	}
	collections, refused := make(map[string]int), 0
	during := func(name string, planOf func(model.Inventory) model.Plan, after func()) {
		t.Helper()
		id, offset := recordOnly(t, planOf), random.IntN(step)
		runWatched(t, func(n int, call string) bool {
			switch {
			case n%step != offset:
			case !mayCollect(t): // the operation keeps it from that: it would wait for ever
				refused++
			default:
				collections[name]++
				b.collected(t, fmt.Sprintf("%s, right before system call %d, %s", name, n, call))
			}
			return false
		}, lab.ProgramPath, "operation", "run", id)
		if o := operationOf(t, id); o.State != "done" {
			t.Errorf("%s: %s", name, o)
		}
		after()
		leavesNothing(t)
	}
	for range 2 {
		runner, id := b.builtAnew(t)
		carriedOut(t, updateOf(b.vm, runner, false))
		discard(t, id)
	}
	runner, id := b.builtAnew(t)
	during("update", updateOf(b.vm, runner, false), func() { discard(t, id) })
	during("rollback", rollbackOf(b.vm), func() {})
	b.undeclare()
	during("purge", purgeOf(b.vm), func() {})
	during("restore", restoreOf(b.vm), func() {})
	t.Logf("seed %d: collections %v; kept from %d times", seed, collections, refused)
	if refused == 0 && long() {
		t.Error("nothing keeps garbage from being collected while roots are made")
	}
	for _, name := range []string{"update", "rollback", "purge", "restore"} {
		if collections[name] < 5 {
			t.Errorf("%s: only %d collections", name, collections[name])
		}
	}
}

// mayCollect reports whether garbage could be collected now.
func mayCollect(t *testing.T) bool {
	t.Helper()
	lock, err := os.OpenFile("/nix/var/nix/gc.lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	return unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil
}

// recordWrite is the system call that writes to an operation's record.
const recordWrite = "pwrite64"
