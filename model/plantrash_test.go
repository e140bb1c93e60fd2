package model_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"microtui/model"
)

// binned is a host with two generations of web and one of db in the trash.
func binned() *host {
	h := newHost().declared("mail")
	entry := func(id string, name model.Raw, ino uint64, days int) {
		h.o.Trash = append(h.o.Trash, model.TrashEntry{ID: id, Name: name, Kind: model.KindVM, From: stateDir + "/" + name, Data: true,
			Directory: model.FileID{Dev: 1, Ino: ino}, PurgedAt: now.AddDate(0, 0, -days), Bytes: ptr(ino)})
	}
	entry("20261101-120000-aaaa.1", "web", 71, 20)
	entry("20261120-120000-bbbb.1", "web", 72, 1)
	entry("20261110-120000-cccc.2", "db", 73, 11)
	return h
}

func restore(h *host, names ...model.Raw) model.Plan {
	return model.PlanRestore(h.inventory(), names)
}

func TestRestore(t *testing.T) {
	p := restore(binned(), "web", "db")
	expectSteps(t, p, "restore trash 20261120-120000-bbbb.1", "restore trash 20261110-120000-cccc.2")
	s := step(t, p, model.StepRestore)
	expectFacts(t, s, model.FactEntry, model.FactPlace)
	if s.VM != "web" || s.Target != stateDir+"/web" || s.Undo != "microtui purge web" || s.Stamp.File.Ino != 72 {
		t.Errorf("step: %+v", s)
	}
	if got := p.Names(); !slices.Equal(got, []model.Raw{"web", "db"}) {
		t.Errorf("names: %q", got)
	}
	if word, count := p.Consent(); word != "" || count != 2 {
		t.Errorf("consent: %q of %d", word, count)
	}
	expectSteps(t, restore(binned(), "20261101-120000-aaaa.1"), "restore trash 20261101-120000-aaaa.1")
}

func TestRestoreRefused(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(*host)
		want  string
		kind  error
	}{
		"taken by a stub":   {func(h *host) { h.directory("web", 0).Stub = true }, "rmdir /var/lib/microvms/web", model.ErrRefused},
		"being deleted":     {func(h *host) { h.o.Trash[1].Deleting = true }, "its deletion has begun", model.ErrRefused},
		"taken and kept":    {func(h *host) { h.manual("web").keep(model.KindVM, "web") }, "microtui keep --drop web first", model.ErrRefused},
		"taken by a file":   {func(h *host) { h.o.StateDir.Other = []model.File{{Name: "web", Type: "file"}} }, "already exists (file)", model.ErrRefused},
		"not mounted":       {func(h *host) { h.unmounted(stateDir + "/web") }, "is not mounted", model.ErrRefused},
		"no directory":      {func(h *host) { h.o.StateDir.Exists = false }, "is not there", model.ErrRefused},
		"elsewhere":         {func(h *host) { h.o.Trash[1].From = "/srv/vms/web" }, "/srv/vms/web is not in /var/lib/microvms", model.ErrRefused},
		"below":             {func(h *host) { h.o.Trash[1].From = stateDir + "/web/../mail" }, "is not in /var/lib/microvms", model.ErrRefused},
		"missing":           {func(h *host) { h.o.Trash[1].Missing = true }, "is no longer in the trash", model.ErrRefused},
		"gone":              {func(h *host) { h.o.Trash = nil }, "web is not in the trash", model.ErrUnknown},
		"unread":            {func(h *host) { h.o.Trash = nil; h.fault(model.SourceTrash) }, "the trash could not be read: permission denied", model.ErrRefused},
		"state unread":      {func(h *host) { h.fault(model.SourceStateDir) }, "cannot determine whether /var/lib/microvms/web is free", model.ErrRefused},
		"runs without it":   {func(h *host) { h.main("web", "active", "running") }, "microvm@web.service is running without a directory", model.ErrRefused},
		"not root":          {func(h *host) { h.o.Host.Privileged = false }, "run as root", model.ErrDenied},
		"switching":         {func(h *host) { h.o.Host.Switching = "x" }, "wait until", model.ErrBusy},
		"an impossible one": {func(h *host) { h.o.Trash[1].Name, h.o.Trash[1].ID = "../x", "web" }, "is not in /var/lib/microvms", model.ErrRefused},
	} {
		t.Run(name, func(t *testing.T) {
			h := binned().do(test.spoil)
			if name == "an impossible one" {
				p := restore(h, "web")
				if len(p.Items) > 0 {
					t.Errorf("restored: %v", steps(p))
				}
				return
			}
			expectRefused(t, restore(h, "web"), test.want, test.kind)
			if got := model.ReasonFor(h.inventory(), model.ActionRestore, "web"); !strings.Contains(string(got), test.want) {
				t.Errorf("reason: %q", got)
			}
		})
	}
	p := restore(binned(), "20261101-120000-aaaa.1", "web")
	if len(p.Items) != 1 || len(p.Refused) != 1 || !strings.Contains(string(p.Refused[0].Reason), "already being restored") {
		t.Errorf("two to one place: %v, refused %v", steps(p), p.Refused)
	}
}

// TestEmpty: for good, so a name or a number is typed.
func TestEmpty(t *testing.T) {
	all := model.PlanEmpty(binned().inventory(), nil)
	expectSteps(t, all, "delete trash 20261101-120000-aaaa.1", "delete trash 20261120-120000-bbbb.1", "delete trash 20261110-120000-cccc.2")
	if word, count := all.Consent(); word != "3" || count != 3 {
		t.Errorf("consent: %q of %d", word, count)
	}
	if now, later := all.Freed(); now != 71+72+73 || later != 0 {
		t.Errorf("frees %d now, %d later", now, later)
	}
	one := model.PlanEmpty(binned().inventory(), []model.Raw{"db"})
	if word, _ := one.Consent(); word != "db" {
		t.Errorf("consent: %q", word)
	}
	expectFacts(t, step(t, one, model.StepDelete), model.FactEntry)
	both := model.PlanEmpty(binned().inventory(), []model.Raw{"web", "20261120-120000-bbbb.1"})
	expectSteps(t, both, "delete trash 20261101-120000-aaaa.1", "delete trash 20261120-120000-bbbb.1")

	safe := binned()
	safe.o.Trash[2].Data = false
	if word, _ := model.PlanEmpty(safe.inventory(), []model.Raw{"db"}).Consent(); word != "db" {
		t.Errorf("without data: consent %q", word)
	}
	expectRefused(t, model.PlanEmpty(binned().inventory(), []model.Raw{"x"}), "x is not in the trash", model.ErrUnknown)
	denied := binned()
	denied.o.Host.Privileged = false
	expectRefused(t, model.PlanEmpty(denied.inventory(), nil), "run as root", model.ErrDenied)
	switching := binned()
	switching.o.Host.Switching = "x"
	if p := model.PlanEmpty(switching.inventory(), nil); len(p.Items) != 3 {
		t.Errorf("while a system switches: %v", p.Refused)
	}
}

// TestTrashMakesNothingUnclear: that the trash could not be read says nothing
// about what is there.
func TestTrashMakesNothingUnclear(t *testing.T) {
	h := littered()
	before := h.verdicts()
	for name, verdict := range h.fault(model.SourceTrash).verdicts() {
		if before[name] != verdict {
			t.Errorf("%s is %s, was %s", name, verdict, before[name])
		}
	}
	if got := h.inventory().Trash; len(got) != 3 || got[0].ID != "t.1" {
		t.Errorf("trash: %+v", got)
	}
}

// TestUnseenEntryStays: the record of what lies in a state directory that is not
// seen is not dropped, neither by name nor when its time is over.
func TestUnseenEntryStays(t *testing.T) {
	const beside = "/.microtui-trash/t.1/state"
	for name, test := range map[string]struct {
		h     *host
		entry model.TrashEntry
		stays bool
	}{
		"gone":                        {newHost().declared("db"), model.TrashEntry{From: stateDir + "/web", Place: stateDir + beside, Missing: true}, false},
		"there":                       {newHost().declared("db"), model.TrashEntry{From: stateDir + "/web", Place: stateDir + beside}, false},
		"gone from the other place":   {newHost().declared("db"), model.TrashEntry{From: "/srv/vms/web", Place: "/var/lib/microtui/trash/t.1/state", Missing: true}, false},
		"of another state directory":  {newHost().declared("db"), model.TrashEntry{From: "/srv/vms/web", Place: "/srv/vms" + beside, Missing: true}, true},
		"not mounted":                 {newHost().declared("db").unmounted(stateDir), model.TrashEntry{From: stateDir + "/web", Place: stateDir + beside, Missing: true}, true},
		"not mounted, without a unit": {newHost(), model.TrashEntry{From: stateDir + "/web", Place: stateDir + beside, Missing: true}, true},
	} {
		test.entry.ID, test.entry.Name, test.entry.ExpiresAt = "t.1", "web", now.Add(-time.Hour)
		test.h.o.Trash = []model.TrashEntry{test.entry}
		i := test.h.inventory()
		cleaned := slices.Contains(steps(model.PlanCleanUp(i, model.CleanUpOptions{})), "delete trash t.1")
		emptied := model.PlanEmpty(i, []model.Raw{"web"})
		if cleaned == test.stays || (len(emptied.Items) == 0) != test.stays {
			t.Errorf("%s: cleaned up %v, emptied %v, refused %v", name, cleaned, steps(emptied), emptied.Refused)
		}
		if test.stays && !strings.Contains(string(emptied.Refused[0].Reason), "mounted?") {
			t.Errorf("%s: refused %v", name, emptied.Refused)
		}
	}
}
