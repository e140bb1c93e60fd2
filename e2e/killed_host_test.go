package e2e

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"microtui/lab"
	"microtui/lab/fixture"
	"microtui/lab/seeds"
)

// subject is a VM with data that runs, and how it was.
type subject struct {
	*fixture.Host
	vm    string
	files map[string]string
	roots map[string]string
}

func newSubject(t *testing.T, vm string) *subject {
	t.Helper()
	host := fixture.NewHost(t, fixture.Options{})
	host.Create(vm, fixture.Tap("vm-"+vm))
	host.Register()
	furnish(t, host.Dir(vm))
	often(t, vm)
	host.Start(vm)
	return &subject{host, vm, manifest(t, host.Dir(vm)), gcroots(t)}
}

// isUntouched fails unless the VM runs and everything of it is as it was.
func (s *subject) isUntouched(t *testing.T, when string) {
	t.Helper()
	unit := "microvm@" + s.vm + ".service"
	s.Await(unit+" to run "+when, func() bool { return s.Property(unit, "ActiveState") == "active" })
	if _, err := os.Stat("/sys/class/net/vm-" + s.vm); err != nil {
		t.Errorf("%s: it has no interface: %v", when, err)
	}
	s.isWhole(t, when, s.Dir(s.vm))
	if roots := gcroots(t); !maps.Equal(roots, s.roots) {
		t.Errorf("%s: its roots are %v, and were %v", when, roots, s.roots)
	}
}

// isWhole fails unless a directory is the VM's, as it was. What each start
// makes anew is left out.
func (s *subject) isWhole(t *testing.T, when, dir string) {
	t.Helper()
	is := manifest(t, dir)
	for _, made := range []string{".", "booted"} {
		delete(is, made)
		delete(s.files, made)
	}
	for name, was := range s.files {
		if is[name] != was {
			t.Errorf("%s: %s is %q, and was %q", when, name, is[name], was)
		}
	}
	for name, now := range is {
		if _, was := s.files[name]; !was {
			t.Errorf("%s: %s is new: %s", when, name, now)
		}
	}
}

// isPurged fails unless the VM is in the trash, whole, and nothing else of it is
// left.
func (s *subject) isPurged(t *testing.T, when, id string) {
	t.Helper()
	if _, err := os.Lstat(s.Dir(s.vm)); err == nil {
		t.Errorf("%s: its directory is still there", when)
	}
	if _, err := os.Stat("/sys/class/net/vm-" + s.vm); err == nil {
		t.Errorf("%s: its interface is still there", when)
	}
	if roots := gcroots(t); len(roots) > 0 {
		t.Errorf("%s: roots are left: %v", when, roots)
	}
	if units := shell(t, "systemctl", "list-units", "--plain", "--no-legend", "microvm*@"+s.vm+".service"); units != "" {
		t.Errorf("%s: units are left: %s", when, units)
	}
	s.isWhole(t, when, "/var/lib/microtui/trash/"+id+".1/state")
}

// settled looks at how a purge that was disturbed has ended, and makes the VM
// run again.
func (s *subject) settled(t *testing.T, when, id string) (state string) {
	t.Helper()
	o := operationOf(t, id)
	never := !slices.ContainsFunc(o.Steps, func(step operatedStep) bool { return step.State != "waiting" })
	switch {
	case o.State == "undone", o.State == "failed" && never: // killed before its program ran
		s.isUntouched(t, when)
		leavesNothing(t)
		return o.State
	case o.State == "done":
		s.isPurged(t, when, id)
		leavesNothing(t)
		restored(t, s.Host, s.vm)
		s.isUntouched(t, when+", restored")
		return o.State
	default:
		t.Fatalf("%s: %s", when, o)
		return ""
	}
}

// executors counts the executors that began an operation.
func executors(t *testing.T, id string) int {
	t.Helper()
	text, err := os.ReadFile("/var/lib/microtui/operations/" + id + "/steps.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(text), `"event":"begin"`)
}

// TestKilledAtAnyInstant: the executor of a purge is killed at random instants.
// systemd runs it again, the client goes on waiting for it, and what comes of it
// is all or nothing.
func TestKilledAtAnyInstant(t *testing.T) {
	lab.Require(t)
	s := newSubject(t, "web")
	seed := seeds.For(t)
	random := rand.New(rand.NewPCG(seed, 0))

	began := time.Now()
	c := begin(t, s.Host, "purge", "web", "--confirm", "web")
	if status := c.end(t); status != 0 {
		t.Fatalf("undisturbed: %d\n%s%s", status, c.out.String(), c.err.String())
	}
	lasts := time.Since(began)
	s.settled(t, "undisturbed", c.id)

	kills := 3
	if long() {
		kills = 25
	}
	caught, ends := 0, make(map[string]int)
	for tries := 0; caught < kills; tries++ {
		if tries == 6*kills {
			t.Fatalf("seed %d: only %d executors were killed", seed, caught)
		}
		c := begin(t, s.Host, "purge", "web", "--confirm", "web")
		after := time.Duration(random.Int64N(int64(lasts)))
		timer := time.NewTimer(after)
		<-timer.C
		killed := exec.Command("systemctl", "kill", "--signal=KILL", "microtui-"+c.id+".service").Run() == nil
		status := c.end(t)
		when := "killed after " + after.String()
		state := s.settled(t, when, c.id)
		if want := map[string]int{"done": 0, "undone": 1, "failed": 3}[state]; status != want {
			t.Errorf("%s: the client ended with %d, and the operation is %s\n%s%s", when, status, state, c.out.String(), c.err.String())
		}
		if killed && executors(t, c.id) > 1 {
			caught++
			ends[state]++
		}
	}
	t.Logf("seed %d: an undisturbed one takes %s; of %d that were killed: %v", seed, lasts, caught, ends)
}

// TestKilledAtEverySystemCall: an executor is killed right before each system
// call that changes something, of a purge of a VM that runs and of a restore.
// (In the short run of some of them only, from a random one on.) Whoever takes
// the operation up again leaves all or nothing of it.
func TestKilledAtEverySystemCall(t *testing.T) {
	lab.Require(t)
	s := newSubject(t, "web")
	seed := seeds.For(t)
	random := rand.New(rand.NewPCG(seed, 0))

	whole := recordOnly(t, purgeOf("web"))
	purging := len(runWatched(t, undisturbed, lab.ProgramPath, "operation", "run", whole))
	s.isPurged(t, "undisturbed", whole)
	restoring := len(runWatched(t, undisturbed, lab.ProgramPath, "operation", "run", recordOnly(t, restoreOf("web"))))
	s.Start("web")
	s.isUntouched(t, "undisturbed")
	if purging < 30 || restoring < 15 {
		t.Fatalf("a purge has %d system calls that change something, a restore %d", purging, restoring)
	}

	ends := make(map[string]int)
	for _, n := range someOf(random, purging, 3) {
		id := recordOnly(t, purgeOf("web"))
		when := killAt(t, n, id)
		ends["purge "+s.settled(t, when, id)]++
	}
	for _, n := range someOf(random, restoring, 3) {
		shell(t, lab.ProgramPath, "purge", "web", "--confirm", "web")
		id := recordOnly(t, restoreOf("web"))
		when := killAt(t, n, id)
		o := operationOf(t, id)
		ends["restore "+o.State]++
		leavesNothing(t)
		if o.State == "undone" {
			shell(t, lab.ProgramPath, "restore", "web")
		}
		s.Start("web")
		s.isUntouched(t, when)
	}
	t.Logf("seed %d: %d and %d system calls; %v", seed, purging, restoring, ends)
}

// someOf are the numbers up to one; in the short run every so many of them.
func someOf(random *rand.Rand, all, short int) []int {
	var some []int
	step := 1
	if !long() {
		step = (all + short - 1) / short
	}
	for n := 1 + random.IntN(step); n <= all; n += step {
		some = append(some, n)
	}
	return some
}

// killAt has an executor killed right before its nth system call that changes
// something, and has what it left settled, as an administrator does.
func killAt(t *testing.T, n int, id string) (when string) {
	t.Helper()
	at := runDeadly(t, n, lab.ProgramPath, "operation", "run", id)
	settle(t, id)
	return fmt.Sprintf("killed at system call %d, %s, of %s", n, at, id)
}

// killAtNth has an executor killed right before its nth system call of a name.
func killAtNth(t *testing.T, call string, n int, id string) (when string) {
	t.Helper()
	made := 0
	runWatched(t, func(_ int, name string) bool {
		if name == call {
			made++
		}
		return name == call && made == n
	}, lab.ProgramPath, "operation", "run", id)
	if made < n {
		t.Fatalf("operation %s has %d system calls %s, not %d", id, made, call, n)
	}
	return fmt.Sprintf("killed at %s %d of %s", call, n, id)
}

// settle brings an operation whose executor was killed to its end: one that was
// not begun as systemd does, the others as an administrator.
func settle(t *testing.T, id string) {
	t.Helper()
	switch o := operationOf(t, id); {
	case executors(t, id) == 0:
		shell(t, lab.ProgramPath, "operation", "run", id)
	case o.State == "interrupted":
		shell(t, lab.ProgramPath, "ops", "settle", id)
	case o.State == "running":
		t.Errorf("operation %s: it is told to run, and nobody does it", id)
	}
}
