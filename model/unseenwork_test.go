package model_test

import (
	"testing"
	"time"

	"microtui/model"
)

// unseen is a host as users other than root see it: where processes work is
// hidden.
func (h *host) unseen() *host {
	h.o.Host.Privileged = false
	for i := range h.o.Processes {
		h.o.Processes[i].Cwd = nil
	}
	return h
}

// startedAt sets when a VM's unit was started, and changed when a directory
// last changed.
func (h *host) startedAt(vm model.Raw, at time.Time) *host {
	p := h.main(vm, "active", "running").Properties
	p.InactiveExit, p.MainPID = at, 4711
	return h
}

func (h *host) changed(vm model.Raw, at time.Time) *host {
	h.dir(vm).Changed = at
	return h
}

// What runs where cannot be seen may run from any directory, but from one that
// has not changed, and so was not renamed, since it was started.
func TestUnseenWork(t *testing.T) {
	start := now.Add(-12 * 24 * time.Hour)
	left := func() *host { return newHost().declared("db").running("db").startedAt("db", start).undeclared("x") }
	tests := []struct {
		name string
		host *host
		want model.Verdict
	}{
		{"stopped, and seen", left(), orphan},
		{"stopped, untouched since the other was started", left().changed("x", start.Add(-time.Hour)).unseen(), orphan},
		{"stopped, changed since", left().changed("x", start.Add(time.Hour)).unseen(), unclear},
		{"stopped, changed at about the same time", left().changed("x", start.Add(-time.Second)).unseen(), unclear},
		{"stopped, when it changed is not known", left().unseen(), unclear},
		{"stopped, when the other was started is not known",
			left().startedAt("db", time.Time{}).changed("x", start.Add(-time.Hour)).unseen(), unclear},
		{"stopped, the clock was ahead when the other was started",
			left().startedAt("db", now.Add(time.Hour)).changed("x", start).unseen(), unclear},
		{"stopped, on a file system that does not note renames", left().changed("x", start.Add(-time.Hour)).do(func(h *host) {
			h.o.StateDir.Filesystem = "reiserfs"
		}).unseen(), unclear},
		{"stopped, a file system of its own", left().changed("x", start.Add(-time.Hour)).do(func(h *host) {
			h.dir("x").Mounted = true
		}).unseen(), unclear},
		{"stopped, the other was started through a link", left().changed("x", start.Add(-time.Hour)).do(func(h *host) {
			h.removeDir("db")
			h.o.StateDir.Other = append(h.o.StateDir.Other, model.File{Name: "db", Type: "link"})
		}).unseen(), unclear},
		{"stopped, and the other has no process between two lives", left().do(func(h *host) {
			h.o.Processes = nil
			h.main("db", "activating", "auto-restart").Properties.MainPID = 0
		}).unseen(), orphan},
		{"stopped, and the other's process is hidden", left().do(func(h *host) { h.o.Processes = nil }), unclear},
		{"stopped, and nothing runs", newHost().declared("db").undeclared("x").unseen(), orphan},
		{"running, and seen", left().running("x"), orphan},
		{"running", left().running("x").startedAt("x", start).changed("x", start.Add(-time.Hour)).unseen(), unclear},
		{"root that cannot see", left().running("x").startedAt("x", start).unseen().do(func(h *host) { h.o.Host.Privileged = true }), unclear},
		{"another's hypervisor outside the units", newHost().declared("db").undeclared("x").do(func(h *host) {
			h.looseProcess("microvm@db", "db")
		}).unseen(), unclear},
		{"an untitled hypervisor outside the units", newHost().declared("db").undeclared("x").do(func(h *host) {
			h.looseProcess("/nix/store/q-qemu/bin/qemu-system-x86_64", "db")
		}).unseen(), unclear},
		{"a guest of libvirt", newHost().declared("db").undeclared("x").do(func(h *host) {
			h.looseProcess("/usr/bin/qemu-system-x86_64", "db").Cgroup = "/machine.slice/machine-qemu.scope/libvirt/emulator"
		}).unseen(), orphan},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.host.vm(t, "x"); got.Verdict != test.want {
				t.Errorf("%s, want %s: %s", got.Verdict, test.want, got.Evidence)
			}
		})
	}
}

// A purge by name asks the same.
func TestUnseenWorkBarsPurge(t *testing.T) {
	h := newHost().declared("db").running("db").startedAt("db", installed).imperative("api").unseen()
	h.o.Host.Privileged = true
	plan := model.PlanPurge(h.inventory(), []model.Raw{"api"}, model.PurgeOptions{})
	want := model.Raw("microvm@db.service is running, and whether in this directory, which was renamed, cannot be seen")
	if len(plan.Items) != 0 || len(plan.Refused) != 1 || plan.Refused[0].Reason != want {
		t.Errorf("%+v", plan)
	}
}
