package model_test

import (
	"strings"
	"testing"

	"microtui/model"
)

// TestRestoreSwaps: where the VM has a directory again, its name is typed, and
// the present directory goes into the trash first; nothing of it is unclear.
func TestRestoreSwaps(t *testing.T) {
	h := binned().declared("web").running("web")
	h.dir("web").Bytes = ptr(uint64(4096))
	h.dir("web").Files = []model.File{{Name: "web.img", Type: "file", Modified: now}}
	p := restore(h, "web")
	expectSteps(t, p, "stop vm web", "quarantine state_dir web", "restore trash 20261120-120000-bbbb.1")
	if word, _ := p.Consent(); word != "web" {
		t.Errorf("to be typed: %q", word)
	}
	said := strings.Join(words(p.Items[0].Cautions), "\n")
	for _, want := range []string{
		"/var/lib/microvms/web exists again: 4.0K, with data, last written 2026-11-21 09:00 UTC; it goes to the trash",
		"the trash has one that was purged 2026-11-20 09:00 UTC: 72, with data",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("it says\n%s\nnot %s", said, want)
		}
	}
	expectFacts(t, step(t, p, model.StepRestore), model.FactEntry)
	for _, s := range p.Items[0].Steps {
		if s.Undo == "" {
			t.Errorf("%s cannot be undone", s.Action)
		}
		if found := model.Differences(h.inventory(), s); len(found) > 0 {
			t.Error(found)
		}
	}
	stopped := restore(binned().manual("web"), "web")
	expectSteps(t, stopped, "quarantine state_dir web", "restore trash 20261120-120000-bbbb.1")
}

func words(all []model.Raw) []string {
	var texts []string
	for _, text := range all {
		texts = append(texts, string(text))
	}
	return texts
}

// TestStartAsksForOlder: who starts a VM whose data lies in the trash is told; a
// restart of what runs is not held up, nor is the start that undoes a stop.
func TestStartAsksForOlder(t *testing.T) {
	asks := func(h *host, action model.Action) bool {
		for _, c := range model.Against(h.inventory(), action, "web") {
			if c.Kind == model.ConflictOlder && strings.Contains(string(c.Reason()), "microtui restore 2026") {
				return true
			}
		}
		return false
	}
	off := func() *host { return binned().declared("web") }
	if !asks(off(), model.ActionStart) {
		t.Error("a start does not ask")
	}
	if asks(off().running("web"), model.ActionRestart) {
		t.Error("a restart of what runs asks")
	}
	if order := (model.Order{Action: model.ActionStart, VM: "web"}); model.Refusal(off().inventory(), order) == nil {
		t.Error("a start is carried out though nobody agreed")
	}
	running := off().running("web").inventory()
	if why := model.PreflightDespite(off().inventory(), "web", model.ToleratedConflicts(running, "web")); why != "" {
		t.Errorf("a stop cannot be taken back: %s", why)
	}
	if asks(off().do(func(h *host) { h.o.Trash[0].Aside, h.o.Trash[1].Aside = true, true }), model.ActionStart) {
		t.Error("it asks for what a restore put aside")
	}
	if asks(off().do(func(h *host) { h.o.Trash[0].Data, h.o.Trash[1].Data = false, false }), model.ActionStart) {
		t.Error("it asks for what holds no data")
	}
}
