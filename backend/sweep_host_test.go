package backend

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"microtui/backend/lock"
	"microtui/backend/nix"
	"microtui/backend/operation"
	"microtui/lab"
	"microtui/lab/fixture"
	"microtui/model"
)

// TestSweep: what an operation that goes on holds, or a VM that somebody works
// on, is left alone, though nothing shows yet what it is for; and so is what is
// kept for a VM of another state directory. What no link of a VM names goes,
// though the VM is there.
func TestSweep(t *testing.T) {
	lab.Require(t)
	host := fixture.NewHost(t, fixture.Options{})
	host.Create("db")
	host.Create("removed")
	host.Create("another")
	host.Register()
	named := runnerOfDir(t, host.Dir("db"))
	runner := runnerOfDir(t, host.Dir("removed"))
	another := runnerOfDir(t, host.Dir("another"))
	host.Remove("removed")
	host.Remove("another")
	h := Open(Options{})
	defer h.Close()
	record := func() string {
		header, _, err := h.records.Create(model.Request{Plan: model.Plan{StateDir: "/var/lib/microvms", Items: []model.Item{}}})
		if err != nil {
			t.Fatal(err)
		}
		return header.ID
	}
	sweeping, other := record(), record()
	header, journal, err := h.records.Open(sweeping)
	if err != nil {
		t.Fatal(err)
	}
	defer journal.Close()
	type root struct {
		owner  nix.Owner
		target model.Raw
	}
	roots := map[string]root{
		"entry": {nix.OfTrash(other + ".1"), runner}, "build": {nix.OfBuild(other, "db"), runner},
		"gone": {nix.OfVM("gone"), runner}, "busy": {nix.OfVM("busy"), runner}, "elsewhere": {nix.OfVM("gone").In("/srv/vms"), runner},
		"there": {nix.OfVM("db"), named}, "unnamed": {nix.OfVM("db"), runner}, "also unnamed": {nix.OfVM("db"), another},
	}
	for _, root := range roots {
		if err := nix.SystemRoots().Hold(t.Context(), root.owner, root.target); err != nil {
			t.Fatal(err)
		}
	}
	held, err := h.locks.Take(lock.Holder{Activity: "operation " + other, User: "root", PID: processID}, "busy")
	if err != nil {
		t.Fatal(err)
	}
	isLeft := func(when string, want ...string) {
		t.Helper()
		if err := h.executor(nil).Sweep(t.Context(), header); err != nil {
			t.Fatal(err)
		}
		all, err := nix.SystemRoots().List()
		if err != nil {
			t.Fatal(err)
		}
		left := make(map[root]bool)
		for _, r := range all {
			left[root{r.Owner, r.Target}] = true
		}
		for _, name := range want {
			if !left[roots[name]] {
				t.Errorf("%s: %s is gone", when, name)
			}
		}
		if len(left) != len(want) {
			t.Errorf("%s: %v are left", when, left)
		}
	}
	isLeft("while it goes on", "entry", "build", "busy", "there", "elsewhere")
	held.Release()
	isLeft("when nobody works on it", "entry", "build", "there", "elsewhere")
	if err := h.abandon(other, model.OperationFailed, errors.New("it could not be started")); err != nil {
		t.Fatal(err)
	}
	isLeft("when it has ended", "build", "there", "elsewhere") // which somebody may still switch to
}

// TestSweepWhileSwitching: what was built long ago is still held while an
// operation goes on that has yet to switch to it.
func TestSweepWhileSwitching(t *testing.T) {
	lab.Require(t)
	host := fixture.NewHost(t, fixture.Options{})
	host.Create("db")
	host.Register()
	runner := runnerOfDir(t, host.Dir("db"))
	h := Open(Options{})
	defer h.Close()
	record := func(items ...model.Item) operation.Header {
		header, asked, err := h.records.Create(model.Request{Plan: model.Plan{StateDir: "/var/lib/microvms", Items: items}})
		if err != nil {
			t.Fatal(err)
		}
		asked()
		return header
	}
	end := func(id string, at time.Time) {
		_, journal, err := h.records.Open(id)
		if err != nil {
			t.Fatal(err)
		}
		defer journal.Close()
		if err := journal.Append(operation.Event{At: at, Kind: operation.EventEnd, State: model.OperationDone}); err != nil {
			t.Fatal(err)
		}
	}
	sweeping, build := record(), record()
	update := record(model.Item{Steps: []model.Step{{Action: model.StepSwitch, VM: "db", Target: runner}}})
	end(build.ID, time.Now().Add(-2*time.Hour))
	owner := nix.OfBuild(build.ID, "db")
	if err := nix.SystemRoots().Hold(t.Context(), owner, runner); err != nil {
		t.Fatal(err)
	}
	isHeld := func() bool {
		if err := h.executor(nil).Sweep(t.Context(), sweeping); err != nil {
			t.Fatal(err)
		}
		roots, err := nix.SystemRoots().List()
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(roots, func(r nix.Root) bool { return r.Owner == owner })
	}
	if !isHeld() {
		t.Error("what is switched to is held no more")
	}
	end(update.ID, time.Now())
	if isHeld() {
		t.Error("it is held though nobody switches to it")
	}
}

// TestSweepElsewhere: an operation on a state directory that is not the host's
// takes nothing of what is kept for the host's VMs, nor for its own, of which
// it cannot be told whether they are wanted. What it switches keeps the roots of
// the host's VM of the same name.
func TestSweepElsewhere(t *testing.T) {
	lab.Require(t)
	host := fixture.NewHost(t, fixture.Options{})
	host.Create("db")
	host.Create("web")
	host.Register()
	runner := string(runnerOfDir(t, host.Dir("db")))
	other := t.TempDir()
	if err := os.MkdirAll(other+"/db", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(runner, other+"/db/current"); err != nil {
		t.Fatal(err)
	}
	owners := []nix.Owner{nix.OfVM("db"), nix.OfVM("web"), nix.OfVM("gone").In(other)}
	for _, owner := range owners {
		if err := nix.SystemRoots().Hold(t.Context(), owner, model.Raw(runner)); err != nil {
			t.Fatal(err)
		}
	}
	h := Open(Options{StateDir: other})
	defer h.Close()
	header, _, err := h.records.Create(model.Request{Plan: model.Plan{StateDir: model.Raw(other), Items: []model.Item{}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.executor(nil).Sweep(t.Context(), header); err != nil {
		t.Fatal(err)
	}
	var status unix.Stat_t
	if err := unix.Lstat(other+"/db", &status); err != nil {
		t.Fatal(err)
	}
	if _, err := nix.SystemRoots().Switch(t.Context(), nix.SwitchRequest{
		StateDir: other, VM: "db", Directory: model.FileID{Dev: status.Dev, Ino: status.Ino},
		From: model.Raw(runner), To: runnerOfDir(t, host.Dir("web")),
	}); err != nil {
		t.Fatal(err)
	}
	roots, err := nix.SystemRoots().List()
	if err != nil {
		t.Fatal(err)
	}
	for _, owner := range owners {
		if !slices.ContainsFunc(roots, func(r nix.Root) bool { return r.Owner == owner && r.Target == model.Raw(runner) }) {
			t.Errorf("%s holds %s no more", owner, runner)
		}
	}
}

func runnerOfDir(t *testing.T, dir string) model.Raw {
	t.Helper()
	target, err := filepath.EvalSymlinks(dir + "/current")
	if err != nil {
		t.Fatal(err)
	}
	return model.Raw(target)
}
