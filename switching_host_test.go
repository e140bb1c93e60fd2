package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"microtui/backend"
	"microtui/lab"
	"microtui/lab/fixture"
	"microtui/model"
)

// built is a VM that was built from a flake, and runs.
type built struct {
	*fixture.Host
	vm       string
	flake    string
	since    time.Time // what is in the store outlives a test: here nothing is built already
	revision int
}

// newBuilt makes such a VM, as `microvm -c` does.
func newBuilt(t *testing.T) *built {
	t.Helper()
	b := &built{Host: fixture.NewHost(t, fixture.Options{}), vm: "web", since: time.Now()}
	b.revise()
	b.UpstreamCreate(b.vm, b.flake, nil)
	b.Register()
	often(t, b.vm)
	b.Start(b.vm)
	return b
}

// revise changes the flake, so that it stands for another runner.
func (b *built) revise() {
	b.Helper()
	b.revision++
	b.flake = b.Flake("fleet", fixture.NewVM(b.vm, fixture.Tap("vm-"+b.vm), fixture.Revision(fmt.Sprintf("%x.%d", b.since.UnixNano(), b.revision))))
}

// named is what the VM's links name, by the links' names.
func (b *built) named(t *testing.T) map[string]string {
	t.Helper()
	all := make(map[string]string)
	for _, link := range []string{"current", "booted", "old"} {
		if target, err := os.Readlink(b.Dir(b.vm) + "/" + link); err == nil {
			all[link] = target
		}
	}
	return all
}

// isHeld fails unless our roots keep exactly what the VM's links name.
func (b *built) isHeld(t *testing.T, when string) {
	t.Helper()
	var held []string
	for name, target := range linksIn(t, "/nix/var/nix/gcroots/microtui") {
		if strings.HasPrefix(name, "vm."+b.vm+".") {
			held = append(held, target)
		}
	}
	slices.Sort(held)
	if named := namedIn(b.Dir(b.vm)); !slices.Equal(held, named) {
		t.Errorf("%s: our roots keep %q, the links name %q", when, held, named)
	}
}

// runner builds what the flake stands for, and keeps it as long as the test
// runs.
func (b *built) runner(t *testing.T) string {
	t.Helper()
	const folder = "/nix/var/nix/gcroots/kept"
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(folder, fmt.Sprint(b.revision))
	shell(t, "nix", "build", "--offline", "-o", link, b.flake+"#nixosConfigurations."+b.vm+".config.microvm.declaredRunner")
	target, err := os.Readlink(link)
	if err != nil {
		t.Fatal(err)
	}
	return target
}

func updateOf(vm, runner string, restart bool) func(model.Inventory) model.Plan {
	return func(i model.Inventory) model.Plan {
		return model.PlanUpdate(i, []model.Built{{VM: model.Raw(vm), Runner: model.Raw(runner)}}, restart)
	}
}

func rollbackOf(vm string) func(model.Inventory) model.Plan {
	return func(i model.Inventory) model.Plan { return model.PlanRollback(i, []model.Raw{model.Raw(vm)}, false) }
}

func buildOf(vm string) func(model.Inventory) model.Plan {
	return func(i model.Inventory) model.Plan { return model.PlanBuild(i, []model.Raw{model.Raw(vm)}) }
}

// TestSwitchKilledAtEverySystemCall: an executor is killed right before each
// system call that changes something, of an update with and without a restart,
// and of a rollback. (In the short run of some of them only, from a random one
// on.) What comes of it is all or nothing: `current` names the one runner or the
// other, `old` what was `current` before, and our roots keep what the links name.
func TestSwitchKilledAtEverySystemCall(t *testing.T) {
	lab.Require(t)
	b := newBuilt(t)
	seed := uint64(time.Now().UnixNano())
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
		name   string
		to     func() string
		planOf func(to string) func(model.Inventory) model.Plan
	}{
		{"update and restart", next, func(to string) func(model.Inventory) model.Plan { return updateOf(b.vm, to, true) }},
		{"update", next, func(to string) func(model.Inventory) model.Plan { return updateOf(b.vm, to, false) }},
		{"rollback", func() string { return b.named(t)["old"] }, func(string) func(model.Inventory) model.Plan { return rollbackOf(b.vm) }},
	} {
		switched := func(when, id string, before map[string]string, to string) {
			t.Helper()
			want, o := maps.Clone(before), operationOf(t, id)
			switch o.State {
			case "done":
				want["old"], want["current"] = before["current"], to
				if s.name == "update and restart" {
					want["booted"] = to
				}
			case "undone":
			default:
				t.Fatalf("%s, %s: %s", s.name, when, o)
			}
			if is := b.named(t); !maps.Equal(is, want) {
				t.Errorf("%s, %s, %s: the links name %v, want %v", s.name, when, o.State, is, want)
			}
			b.isHeld(t, s.name+", "+when)
			if state := b.Property("microvm@"+b.vm+".service", "ActiveState"); state != "active" {
				t.Errorf("%s, %s: the VM is %s", s.name, when, state)
			}
			leavesNothing(t)
			ends[s.name+" "+o.State]++
		}
		before, to := b.named(t), s.to()
		id := recordOnly(t, s.planOf(to))
		calls[s.name] = len(runWatched(t, undisturbed, lab.ProgramPath, "operation", "run", id))
		switched("undisturbed", id, before, to)
		if calls[s.name] < 20 {
			t.Fatalf("%s: %d system calls change something", s.name, calls[s.name])
		}
		for _, n := range someOf(random, calls[s.name], 3) {
			before, to := b.named(t), s.to()
			id := recordOnly(t, s.planOf(to))
			switched(killAt(t, n, id), id, before, to)
		}
	}
	t.Logf("seed %d: system calls %v; %v", seed, calls, ends)
}

// TestBuildKilledAtEverySystemCall: an executor that builds is killed, with the
// nix and the builders that it has started, right before each system call of any
// of them that changes something. (In the short run, of some of them only.) What
// was built is held for who asked for it, or nothing is; what the VM has stays
// as it is.
func TestBuildKilledAtEverySystemCall(t *testing.T) {
	lab.Require(t)
	b := newBuilt(t)
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 0))
	vm, roots := manifest(t, b.Dir(b.vm)), gcroots(t)
	ends := make(map[string]int)
	ended := func(when, id string) {
		t.Helper()
		held := linksIn(t, "/nix/var/nix/gcroots/microtui")
		o := operationOf(t, id)
		ends[o.State]++
		shell(t, "nix-store", "--gc") // which takes what nix keeps of any build
		switch name := "build." + id + "." + b.vm + ".result"; {
		case o.State == "done":
			if _, err := os.Stat(held[name] + "/bin/microvm-run"); err != nil || len(held) != 1 {
				t.Errorf("%s: it is done, and held is %v: %v", when, held, err)
			}
			discard(t, id)
		case o.State != "undone" || len(held) > 0:
			t.Errorf("%s: %s, and held is %v", when, o, held)
		}
		if is := manifest(t, b.Dir(b.vm)); !maps.Equal(is, vm) || !maps.Equal(gcroots(t), roots) {
			t.Errorf("%s: of the VM there is %v, and was %v", when, is, vm)
		}
		leavesNothing(t)
	}
	id := recordOnly(t, b.revised())
	calls := runWatched(t, undisturbed, lab.ProgramPath, "operation", "run", id)
	ended("undisturbed", id)
	if len(calls) < 200 {
		t.Fatalf("of a build %d system calls change something: not those of nix and the builders", len(calls))
	}
	for _, n := range someOf(random, len(calls), 4) {
		id := recordOnly(t, b.revised())
		ended(killAt(t, n, id), id)
	}
	for n := range 2 { // nix makes its link, and one to that, under other names first
		id := recordOnly(t, b.revised())
		when := killAtNth(t, "rename", n+1, id)
		settle(t, id)
		ended(when, id)
	}
	t.Logf("seed %d: %d system calls; %v", seed, len(calls), ends)
}

// revised changes the flake, and builds what it stands for then.
func (b *built) revised() func(model.Inventory) model.Plan {
	b.Helper()
	b.revise()
	return buildOf(b.vm)
}

// discard gives up what was built, as who asked for it does.
func discard(t *testing.T, id string) {
	t.Helper()
	h := backend.Open(backend.Options{})
	defer h.Close()
	if err := h.Discard(t.Context(), id); err != nil {
		t.Fatal(err)
	}
}
