package model_test

import (
	"slices"
	"strings"
	"testing"

	"microtui/model"
)

// TestAccountOfStuck: what was to be taken back and could not be, is said, with
// the command that does it once its way is free.
func TestAccountOfStuck(t *testing.T) {
	p := purge(newHost().imperative("web").running("web"), "web")
	reports := make([]model.StepReport, len(p.Items[0].Steps))
	for at := range reports {
		reports[at] = model.StepReport{State: model.StepSkipped, Reason: "one of its steps failed"}
	}
	reports[0] = model.StepReport{State: model.StepFailed, Stuck: true, Reason: "not undone: twin is using interface vm-web"}
	reports[1] = model.StepReport{State: model.StepFailed, Reason: "web is in use"}
	o := model.Operation{Plan: p, State: model.OperationFailed, Steps: [][]model.StepReport{reports}}
	account := o.Account()
	ref := model.Ref{Kind: model.KindVM, Name: "web"}
	if want := []model.Blocked{{Ref: ref, Reason: "microtui start web"}}; !slices.Equal(account.ByHand, want) {
		t.Errorf("by hand: %v, want %v", account.ByHand, want)
	}
	if want := model.Raw("web is in use; not undone: twin is using interface vm-web"); len(account.Left) != 1 || account.Left[0].Reason != want {
		t.Errorf("left: %v, want %s", account.Left, want)
	}
	if len(account.Undo) != 0 {
		t.Errorf("undo: %q", account.Undo)
	}

	reports[1] = model.StepReport{State: model.StepFailed, Stuck: true, Reason: "not undone: /var/lib/microvms/web is there again"}
	if got := o.Account().ByHand; len(got) != 2 || got[0].Reason != "microtui restore web" || got[1].Reason != "microtui start web" {
		t.Errorf("by hand, of two: %v", got)
	}
	reports[0], reports[1] = model.StepReport{State: model.StepUndone}, model.StepReport{State: model.StepFailed, Reason: "web is in use"}
	if got := o.Account(); len(got.ByHand) != 0 || !strings.Contains(string(got.Left[0].Reason), "undone") {
		t.Errorf("undone: %+v", got)
	}
}

// TestStartsAgainDespite: what a VM ran with speaks against no start that takes
// its stop back; what such a start would harm does.
func TestStartsAgainDespite(t *testing.T) {
	cid := ptr(uint32(7))
	h := newHost().imperative("web").running("web").imperative("twin").running("twin")
	for _, name := range []model.Raw{"web", "twin"} {
		h.runner(name).MACs, h.runner(name).VsockCID = []model.Raw{"02:00:00:00:00:01"}, cid
	}
	item := purge(h, "web").Items[0]
	stopped := func() *host {
		h := *h
		h.o.Units = slices.DeleteFunc(slices.Clone(h.o.Units), func(u model.Unit) bool { return strings.Contains(string(u.Name), "@web.") })
		h.o.Links = slices.DeleteFunc(slices.Clone(h.o.Links), func(l model.Link) bool { return l.Name == "vm-web" })
		return &h
	}
	if why := model.PreflightDespite(stopped().inventory(), "web", nil); why == "" {
		t.Fatal("nothing speaks against a start of it")
	}
	if why := model.PreflightDespite(stopped().inventory(), "web", item.Despite); why != "" {
		t.Errorf("it ran so: %s", why)
	}
	h.runner("twin").Volumes, h.runner("web").Volumes = []model.Raw{"/srv/data.img"}, []model.Raw{"/srv/data.img"}
	if item := purge(h, "web").Items[0]; model.PreflightDespite(stopped().inventory(), "web", item.Despite) == "" {
		t.Error("two guests on one disk")
	}
	if item := purge(newHost().imperative("web"), "web").Items[0]; len(item.Despite) != 0 {
		t.Errorf("one that does not run: %v", item.Despite)
	}
}
