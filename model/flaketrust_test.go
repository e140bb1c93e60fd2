package model_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"microtui/model"
)

const before, after = "git+https://me:s3cret@example.org/x", "git+https://me:s3cret@example.org/y"

// lastBuiltFrom records what a VM was last updated from.
func (h *host) lastBuiltFrom(vm, ref model.Raw) *host {
	h.o.BuiltFrom = append(h.o.BuiltFrom, model.NewBuiltFrom(stateDir, vm, ref, removedAt))
	return h
}

// TestFlakeReferenceIsTrusted: a flake reference that is not the one of the
// last update is built from only where its VM's name is typed.
func TestFlakeReferenceIsTrusted(t *testing.T) {
	flake := func(ref model.Raw) *host {
		return newHost().imperative("web").do(func(h *host) { h.dir("web").Flake.Ref = ref })
	}
	const changed = "its flake reference has changed since its last update, on 3 November 2026: " +
		"whoever can write /var/lib/microvms/web/flake controls what Nix builds as root"
	for name, test := range map[string]struct {
		h        *host
		word     model.Raw
		cautions []model.Raw
	}{
		"the same":                           {flake(before).lastBuiltFrom("web", before), "", nil},
		"first time":                         {flake(before), "", []model.Raw{"this flake reference is used for the first time: git+https://***@example.org/x"}},
		"first time, a path that root wrote": {flake("path:/etc/nixos"), "", []model.Raw{"this flake reference is used for the first time: path:/etc/nixos"}},
		"first time, a path that another wrote": {flake("path:/etc/ssh").do(func(h *host) { h.dir("web").Flake.UID = 1000 }), "web",
			[]model.Raw{"this flake reference is used for the first time: path:/etc/ssh",
				"user 1000 wrote it: Nix copies what it names into the store, where everybody can read it"}},
		"changed": {flake(after).lastBuiltFrom("web", before), "web",
			[]model.Raw{changed, "before: git+https://***@example.org/x", "now: git+https://***@example.org/y"}},
		"its credentials changed": {flake("git+https://me:other@example.org/x").lastBuiltFrom("web", before), "web",
			[]model.Raw{changed, "before: git+https://***@example.org/x", "now: git+https://***@example.org/x"}},
		"another VM's": {flake(before).lastBuiltFrom("db", before), "", []model.Raw{"this flake reference is used for the first time: git+https://***@example.org/x"}},
		"another state directory's": {flake(before).do(func(h *host) {
			h.o.BuiltFrom = []model.BuiltFrom{model.NewBuiltFrom("/srv/vms", "web", after, removedAt)}
		}), "", []model.Raw{"this flake reference is used for the first time: git+https://***@example.org/x"}},
		"not recorded": {flake(before).fault(model.SourceBuiltFrom), "web",
			[]model.Raw{"whether its flake reference has changed since the last build is unknown: permission denied"}},
		"as the host declares it": {newHost().once("web"), "", nil},
		"not as the host declares it": {newHost().once("web").do(func(h *host) { h.dir("web").Flake.Ref = after }).lastBuiltFrom("web", before), "web",
			[]model.Raw{changed, "before: git+https://***@example.org/x", "now: git+https://***@example.org/y"}},
	} {
		p := model.PlanBuild(test.h.inventory(), []model.Raw{"web"})
		if len(p.Items) != 1 {
			t.Errorf("%s: refused %v", name, p.Refused)
			continue
		}
		if word, _ := p.Consent(); word != test.word || !slices.Equal(p.Items[0].Cautions, test.cautions) {
			t.Errorf("%s: word %q, want %q; cautions\n%q, want\n%q", name, word, test.word, p.Items[0].Cautions, test.cautions)
		}
	}
}

// TestUpdateFromWhatWasAgreedTo: what was built from one reference is not
// switched to when another one stands there.
func TestUpdateFromWhatWasAgreedTo(t *testing.T) {
	h := newHost().imperative("web")
	build := model.PlanBuild(h.inventory(), []model.Raw{"web"})
	o := model.Operation{Plan: build, State: model.OperationDone, Steps: [][]model.StepReport{{{State: model.StepDone, Result: newer}}}}
	built := o.Built()
	if len(built) != 1 || built[0].Runner != newer || built[0].Flake != h.dir("web").Flake.Ref {
		t.Fatalf("built %v", built)
	}
	expectSteps(t, update(h, false, built...), "switch vm web")
	h.dir("web").Flake.Ref = after
	p := update(h, false, built...)
	if len(p.Refused) != 1 || !errors.Is(p.Refused[0].Kind, model.ErrStale) || !strings.Contains(string(p.Refused[0].Reason), "its flake reference is now git+https://***@example.org/y") {
		t.Errorf("%v, refused %v", steps(p), p.Refused)
	}
}
