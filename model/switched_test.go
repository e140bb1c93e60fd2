package model_test

import (
	"testing"
	"time"

	"microtui/model"
)

// updated is a VM, declared with updateFlake until generation 42, that microtui
// updated before.
func updated(vm model.Raw) *host {
	const ref = "git+https://example.org/x"
	h := newHost().declared("db").flakeDir(vm, ref)
	d := flakeOf(vm, ref)
	d.Once = true
	h.declare(model.SystemGeneration, newest-1, d)
	h.dir(vm).Old = h.dir(vm).Current
	return h.switched(vm, runnerOf(vm)+"-new", removedAt.Add(-time.Hour))
}

// switched makes a link `current` as microtui does, with its record.
func (h *host) switched(vm, runner model.Raw, at time.Time) *host {
	h.runnerAt(runner, vm)
	h.dir(vm).Current = &model.Symlink{Target: runner, UID: 0, Modified: at}
	h.o.Switched = []model.Switched{{StateDir: stateDir, VM: vm, Runner: runner, Made: at}}
	return h
}

// What our own update leaves is no evidence of an origin, and no proof is
// drawn from it for anything that it does not stand for.
func TestUpdatedWhileDeclared(t *testing.T) {
	tests := []struct {
		name   string
		change func(h *host)
		want   model.Verdict
	}{
		{"updated, then undeclared", func(*host) {}, orphan},
		{"and runs", func(h *host) { h.running("x") }, orphan},
		{"and was rolled back before", func(h *host) {
			h.dir("x").Old = h.dir("x").Current
			h.switched("x", runnerOf("x"), removedAt.Add(-time.Minute))
		}, orphan},
		{"updated after it was undeclared", func(h *host) { h.switched("x", runnerOf("x")+"-new", removedAt.Add(time.Hour)) }, suspect},
		{"rolled back a deployment, whose links are lost since", func(h *host) { h.o.Switched[0].Rooted = true }, suspect},
		{"set by hand since, to the same", func(h *host) { h.dir("x").Current.Modified = removedAt.Add(-time.Minute) }, suspect},
		{"set by hand since, to another", func(h *host) { h.dir("x").Current.Target = "/nix/store/mine" }, suspect},
		{"given to another user since", func(h *host) { h.dir("x").Current.UID = 1000 }, suspect},
		{"no record", func(h *host) { h.o.Switched = nil }, suspect},
		{"the record of another state directory", func(h *host) { h.o.Switched[0].StateDir = "/srv/vms" }, suspect},
		{"the record of another VM", func(h *host) { h.o.Switched[0].VM = "db" }, suspect},
		{"deployed over SSH, its links lost, no record", func(h *host) {
			h.o.Switched = nil
			h.dir("x").Current.UID = microvmUID
		}, suspect},
		{"deployed over SSH to what was installed, its links lost", func(h *host) {
			h.o.Switched = nil
			h.dir("x").Current = &model.Symlink{Target: runnerOf("x"), UID: microvmUID, Modified: installed}
		}, suspect},
		{"deployed over SSH since", func(h *host) {
			h.root("x", "x", "current").root("booted-x", "x", "booted").root("old-x", "x", "old")
		}, kept},
		{"deployed over SSH to the same, its links lost", func(h *host) {
			h.dir("x").Files = append(h.dir("x").Files, model.File{Name: "new", Type: "link"})
		}, suspect},
		{"a generation from before the update cannot be read", func(h *host) {
			between := *h.system(model.SystemGeneration, newest-1)
			between.Generation, between.Since, between.Fault, between.Declared = newest, removedAt.Add(-2*time.Hour), "gone", nil
			h.system(model.SystemGeneration, newest).Generation, h.system(model.SystemNewest, newest).Generation = newest+1, newest+1
			h.o.Systems = append(h.o.Systems, between)
		}, suspect},
		{"its flake was changed", func(h *host) { h.dir("x").Flake.Ref = "git+https://example.org/mine" }, suspect},
		{"not left to be updated by hand", func(h *host) { h.system(model.SystemGeneration, newest-1).Declared[0].Once = false }, suspect},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := updated("x").do(test.change)
			if got := h.vm(t, "x"); got.Verdict != test.want {
				t.Errorf("%s, want %s: %s", got.Verdict, test.want, got.Evidence)
			}
		})
	}
}
