package backend

import (
	"errors"
	"path/filepath"
	"testing"

	"microtui/backend/lock"
	"microtui/backend/nix"
	"microtui/lab"
	"microtui/lab/fixture"
	"microtui/model"
)

// TestSweep: what an operation that goes on holds, or a VM that somebody works
// on, is left alone, though nothing shows yet what it is for.
func TestSweep(t *testing.T) {
	lab.Require(t)
	host := fixture.NewHost(t, fixture.Options{})
	host.Create("db")
	host.Register()
	runner, err := filepath.EvalSymlinks(host.Dir("db") + "/current")
	if err != nil {
		t.Fatal(err)
	}
	h := Open(Options{})
	defer h.Close()
	record := func() string {
		header, err := h.records.Create(model.Request{Plan: model.Plan{StateDir: "/var/lib/microvms", Items: []model.Item{}}})
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
	owners := map[string]nix.Owner{
		"entry": nix.OfTrash(other + ".1"), "build": nix.OfBuild(other, "db"), "gone": nix.OfVM("gone"), "busy": nix.OfVM("busy"), "there": nix.OfVM("db"),
	}
	for _, owner := range owners {
		if err := nix.SystemRoots().Hold(t.Context(), owner, model.Raw(runner)); err != nil {
			t.Fatal(err)
		}
	}
	held, err := h.locks.Take(lock.Holder{Doing: "operation " + other, User: "root", PID: processID}, "busy")
	if err != nil {
		t.Fatal(err)
	}
	isLeft := func(when string, want ...string) {
		t.Helper()
		if err := h.sweep(header); err != nil {
			t.Fatal(err)
		}
		roots, err := nix.SystemRoots().List()
		if err != nil {
			t.Fatal(err)
		}
		left := make(map[nix.Owner]bool)
		for _, root := range roots {
			left[root.Owner] = true
		}
		for _, name := range want {
			if !left[owners[name]] {
				t.Errorf("%s: %s is gone", when, name)
			}
		}
		if len(left) != len(want) {
			t.Errorf("%s: %v are left", when, left)
		}
	}
	isLeft("while it goes on", "entry", "build", "busy", "there")
	held.Release()
	isLeft("when nobody works on it", "entry", "build", "there")
	if err := h.abandon(other, model.OperationFailed, errors.New("it could not be started")); err != nil {
		t.Fatal(err)
	}
	isLeft("when it has ended", "build", "there") // which somebody may still switch to
}
