package model_test

import (
	"slices"
	"strings"
	"testing"

	"microtui/model"
)

// diskful is a host with the VM web, at rest, which has two volumes, and one
// that its guest only reads.
func diskful() *host {
	h := newHost().imperative("web").volume("web", "a.img", false).volume("web", "/srv/img/b.img", false).volume("web", "/nix/store/r.img", true)
	h.dir("web").Files = []model.File{{Name: "a.img", Size: 4 << 20, Allocated: 1 << 20}}
	return h.image(stateDir+"/web/a.img", isFile(7)).image("/srv/img/b.img", isFile(8)).image("/nix/store/r.img", isFile(9))
}

func snapshot(h *host, names ...model.Raw) model.Plan {
	return model.PlanSnapshot(h.inventory(), names, "before the upgrade")
}

func TestPlanSnapshot(t *testing.T) {
	p := snapshot(diskful(), "web")
	expectSteps(t, p, "snapshot vm web")
	s := step(t, p, model.StepSnapshot)
	expectFacts(t, s, model.FactState, model.FactDirectory, model.FactCurrent, model.FactVolumes)
	want := []model.SnapshotFile{{Path: "web/a.img", ID: model.FileID{Dev: 1, Ino: 7}}, {Path: "/srv/img/b.img", ID: model.FileID{Dev: 1, Ino: 8}}}
	if !slices.Equal(s.Volumes, want) || s.Note != "before the upgrade" {
		t.Errorf("step: %+v", s)
	}
	if word, _ := p.Consent(); word != "" {
		t.Errorf("consent: %q", word)
	}
	if left := p.Items[0].Left; len(left) != 1 || left[0] != "volume /nix/store/r.img: its guest cannot write to it" {
		t.Errorf("left: %q", left)
	}
	if p.Items[0].Bytes != nil {
		t.Errorf("it takes %d bytes, though nobody knows those of b.img", *p.Items[0].Bytes)
	}
}

func TestPlanSnapshotRefused(t *testing.T) {
	volume := func(change func(v *model.VolumeFile)) func(*host) {
		return func(h *host) { change(&h.o.VolumeFiles[1]) }
	}
	for name, test := range map[string]struct {
		spoil func(*host)
		want  string
		kind  error
	}{
		"running":     {func(h *host) { h.running("web") }, "web is running: stop it first", model.ErrRefused},
		"restarting":  {func(h *host) { h.main("web", "activating", "auto-restart") }, "stop it first", model.ErrRefused},
		"state":       {func(h *host) { h.o.Units = nil; h.fault(model.SourceSystemd) }, "cannot determine whether web is running: permission denied", model.ErrRefused},
		"outside":     {func(h *host) { h.looseProcess("qemu-system-x86", "web") }, "running outside its unit", model.ErrRefused},
		"unknown":     {func(h *host) { h.removeDir("web"); h.o.GCRoots = nil }, "unknown VM: web", model.ErrUnknown},
		"unreadable":  {func(h *host) { h.runner("web").Missing = true }, "the runner of web cannot be read", model.ErrRefused},
		"unparsed":    {func(h *host) { h.runner("web").Unparsed = "too long" }, "are not known: too long", model.ErrRefused},
		"no volume":   {func(h *host) { h.runner("web").Volumes = nil }, "web has no volume", model.ErrRefused},
		"not looked":  {func(h *host) { h.o.VolumeFiles = nil; h.fault(model.SourceStorage) }, "volume a.img could not be looked at: permission denied", model.ErrRefused},
		"fault":       {volume(func(v *model.VolumeFile) { v.Fault = "EIO" }), "volume /srv/img/b.img could not be looked at: EIO", model.ErrRefused},
		"device":      {volume(func(v *model.VolumeFile) { v.Type = "device" }), "volume /srv/img/b.img is a device", model.ErrRefused},
		"directory":   {volume(func(v *model.VolumeFile) { v.Type = "dir" }), "is not a file (dir)", model.ErrRefused},
		"remote":      {volume(func(v *model.VolumeFile) { v.Remote = true }), "another machine serves", model.ErrRefused},
		"not made":    {volume(func(v *model.VolumeFile) { v.Exists = false }), "does not exist", model.ErrRefused},
		"shared":      {func(h *host) { h.imperative("db").volume("db", "/srv/img/b.img", false).running("db") }, "db has volume /srv/img/b.img open: stop it first", model.ErrRefused},
		"not root":    {func(h *host) { h.o.Host.Privileged = false }, "run as root", model.ErrDenied},
		"switching":   {func(h *host) { h.o.Host.Switching = "x" }, "wait until", model.ErrBusy},
		"a bad name":  {func(h *host) {}, "is not a valid VM name", model.ErrRefused},
		"the other's": {func(h *host) { h.imperative("db").volume("db", stateDir+"/web/a.img", false).running("db") }, "db has volume", model.ErrRefused},
	} {
		t.Run(name, func(t *testing.T) {
			vm := model.Raw("web")
			if name == "a bad name" {
				vm = "../x"
			}
			h := diskful().do(test.spoil)
			expectRefused(t, snapshot(h, vm), test.want, test.kind)
			if got := model.ReasonFor(h.inventory(), model.ActionSnapshot, vm); !strings.Contains(string(got), test.want) {
				t.Errorf("reason: %q", got)
			}
		})
	}
}

// copied is that host with snapshots of web and of a VM that is gone.
func copied() *host {
	h := diskful()
	for at, id := range []string{"20261101-120000-aaaa.1", "20261120-120000-bbbb.1"} {
		h.o.Snapshots = append(h.o.Snapshots, model.Snapshot{ID: id, VM: "web", At: now.AddDate(0, 0, at-5),
			Files: []model.SnapshotFile{{Path: "web/a.img", Bytes: 10}, {Path: "web/old.img", Bytes: 5}}})
	}
	h.o.Snapshots = append(h.o.Snapshots, model.Snapshot{ID: "20261102-120000-cccc.1", VM: "gone", At: now, Files: []model.SnapshotFile{{Path: "gone/a.img"}}})
	return h
}

func TestPlanRevert(t *testing.T) {
	p := model.PlanRevert(copied().inventory(), []model.Raw{"web"})
	expectSteps(t, p, "restore_snapshot snapshot 20261120-120000-bbbb.1")
	s := step(t, p, model.StepRevert)
	expectFacts(t, s, model.FactSnapshot, model.FactState, model.FactDirectory, model.FactVolumes)
	if s.VM != "web" || s.Undo != "microtui snapshots restore web" {
		t.Errorf("step: %+v", s)
	}
	if word, count := p.Consent(); word != "" || count != 1 || p.Names()[0] != "web" {
		t.Errorf("consent: %q of %d, names %q", word, count, p.Names())
	}
	if got := p.Items[0].Cautions; len(got) != 1 || !strings.Contains(string(got[0]), "does not use web/old.img") {
		t.Errorf("cautions: %q", got)
	}
	both := model.PlanRevert(copied().inventory(), []model.Raw{"20261101-120000-aaaa.1", "web"})
	if len(both.Items) != 1 || len(both.Refused) != 1 || !strings.Contains(string(both.Refused[0].Reason), "name only one") {
		t.Errorf("two of one VM: %v, refused %v", steps(both), both.Refused)
	}
	for name, test := range map[string]struct {
		spoil func(*host)
		of    model.Raw
		want  string
		kind  error
	}{
		"running":      {func(h *host) { h.running("web") }, "web", "web is running: stop it first", model.ErrRefused},
		"deleting":     {func(h *host) { h.o.Snapshots[1].Deleting = true }, "web", "its deletion has begun", model.ErrRefused},
		"no VM":        {func(h *host) {}, "gone", "gone has no directory", model.ErrRefused},
		"no directory": {func(h *host) { h.removeDir("web").running("web") }, "web", "web has no directory", model.ErrRefused},
		"none":         {func(h *host) {}, "db", "no snapshot db", model.ErrUnknown},
		"unread":       {func(h *host) { h.o.Snapshots = nil; h.fault(model.SourceSnapshots) }, "web", "could not be read: permission denied", model.ErrRefused},
	} {
		t.Run(name, func(t *testing.T) {
			h := copied().do(test.spoil)
			expectRefused(t, model.PlanRevert(h.inventory(), []model.Raw{test.of}), test.want, test.kind)
		})
	}
}

// A snapshot goes for good only by its VM's name, or by their number.
func TestPlanForget(t *testing.T) {
	i := copied().inventory()
	p := model.PlanForget(i, []model.Raw{"web"})
	expectSteps(t, p, "delete_snapshot snapshot 20261101-120000-aaaa.1", "delete_snapshot snapshot 20261120-120000-bbbb.1")
	if word, count := p.Consent(); word != "2" || count != 2 {
		t.Errorf("consent: %q of %d", word, count)
	}
	if now, later := p.Freed(); now != 30 || later != 0 {
		t.Errorf("frees %d, %d", now, later)
	}
	one := model.PlanForget(i, []model.Raw{"20261102-120000-cccc.1"})
	expectSteps(t, one, "delete_snapshot snapshot 20261102-120000-cccc.1")
	if word, _ := one.Consent(); word != "gone" {
		t.Errorf("consent: %q", word)
	}
	expectRefused(t, model.PlanForget(i, []model.Raw{"db"}), "no snapshot db", model.ErrUnknown)
}

// The purge of a VM says that its snapshots stay, and they are no leftovers.
func TestSnapshotsOutliveTheirVM(t *testing.T) {
	h := copied()
	p := model.PlanPurge(h.inventory(), []model.Raw{"web"}, model.PurgeOptions{})
	if left := p.Items[0].Left; !slices.Contains(left, "2 snapshots of its volumes: see microtui snapshots web") {
		t.Errorf("left: %q", left)
	}
	if got := h.inventory().Leftovers; len(got) > 0 {
		t.Errorf("leftovers: %v", got)
	}
}
