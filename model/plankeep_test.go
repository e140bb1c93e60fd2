package model_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"microtui/model"
)

// TestPurgeLeavesWhatIsKept: what of a VM is on the keep list by itself stays,
// and the plan says so.
func TestPurgeLeavesWhatIsKept(t *testing.T) {
	unit := model.UnitName(model.RoleVM, "web")
	for _, ref := range []model.Ref{
		{Kind: model.KindTap, Name: "vm-web"}, {Kind: model.KindGCRoot, Name: "booted-web"}, {Kind: model.KindUnit, Name: unit},
		{Kind: model.KindMacvtap, Name: "mv-web"},
	} {
		h := newHost().declared("db").imperative("web")
		h.tap("vm-web")
		h.macvtap("mv-web")
		h.runner("web").Macvtaps = []model.MacvtapEntry{{Name: "mv-web"}}
		h.main("web", "failed", "failed")
		before := purge(h, "web")
		touches := func(p model.Plan) bool {
			return slices.ContainsFunc(p.Items[0].Steps, func(s model.Step) bool { return s.Ref == ref })
		}
		if len(before.Items) != 1 || !touches(before) {
			t.Fatalf("%v is no part of the purge: %v, refused %v", ref, steps(before), before.Refused)
		}
		after := purge(h.keep(ref.Kind, ref.Name), "web")
		if len(after.Items) != 1 {
			t.Errorf("%v is kept: refused %v", ref, after.Refused)
			continue
		}
		if touches(after) || len(after.Items[0].Steps) != len(before.Items[0].Steps)-1 {
			t.Errorf("%v is kept: %v", ref, steps(after))
		}
		says := func(left model.Raw) bool {
			return strings.Contains(string(left), string(ref.Name)) && strings.Contains(string(left), "on the keep list: wanted")
		}
		if !slices.ContainsFunc(after.Items[0].Left, says) {
			t.Errorf("%v is kept, left alone: %q", ref, after.Items[0].Left)
		}
		step := before.Items[0].Steps[slices.IndexFunc(before.Items[0].Steps, func(s model.Step) bool { return s.Ref == ref })]
		if ref.Kind != model.KindUnit && len(model.Differences(h.inventory(), step)) == 0 {
			t.Errorf("%v was kept since, and %s holds still", ref, step.Action)
		}
	}
}

// TestPurgeStopsNothingKept: what goes with the stop cannot be left alone, so
// nothing is stopped.
func TestPurgeStopsNothingKept(t *testing.T) {
	tapUnit := model.UnitName(model.RoleTap, "web")
	for name, test := range map[string]struct {
		h    *host
		ref  model.Ref
		want string // empty: it is purged
	}{
		"its interface":          {newHost().imperative("web").running("web"), model.Ref{Kind: model.KindTap, Name: "vm-web"}, "interface vm-web, which is deleted when it stops, is on the keep list: wanted: microtui keep --drop --kind tap vm-web first"},
		"its interface, in loop": {looping("activating", "auto-restart"), model.Ref{Kind: model.KindTap, Name: "vm-web"}, "interface vm-web"},
		"its interface, stopped": {newHost().imperative("web"), model.Ref{Kind: model.KindTap, Name: "vm-web"}, ""},
		"a unit":                 {newHost().imperative("web").running("web"), model.Ref{Kind: model.KindUnit, Name: tapUnit}, "microvm-tap-interfaces@web.service, which would be stopped, is on the keep list"},
		"a unit, stopped":        {newHost().imperative("web"), model.Ref{Kind: model.KindUnit, Name: tapUnit}, ""},
		"another interface":      {newHost().imperative("web").running("web"), model.Ref{Kind: model.KindTap, Name: "vm-other"}, ""},
		"a link of that name":    {newHost().imperative("web").running("web"), model.Ref{Kind: model.KindGCRoot, Name: "web"}, ""},
	} {
		before := purge(test.h, "web")
		if len(before.Items) != 1 {
			t.Fatalf("%s: refused %v", name, before.Refused)
		}
		after := purge(test.h.keep(test.ref.Kind, test.ref.Name), "web")
		if test.want == "" {
			if len(after.Items) != 1 {
				t.Errorf("%s: refused %v", name, after.Refused)
			}
			continue
		}
		if len(after.Refused) != 1 || !strings.Contains(string(after.Refused[0].Reason), test.want) || !errors.Is(after.Refused[0].Kind, model.ErrRefused) {
			t.Errorf("%s: refused %v, want %s", name, after.Refused, test.want)
		}
		if stop := before.Items[0].Steps[0]; len(model.Differences(test.h.inventory(), stop)) == 0 {
			t.Errorf("%s: kept since, and the stop holds still", name)
		}
	}
}

// TestCleanUpLeavesWhatIsKept: that a leftover VM has something kept does not
// keep the rest of it.
func TestCleanUpLeavesWhatIsKept(t *testing.T) {
	h := newHost().declared("db").undeclared("gone").keep(model.KindTap, "vm-gone")
	h.tap("vm-gone")
	p := cleanUp(h, model.CleanUpOptions{})
	expectSteps(t, p, "quarantine state_dir gone")
	if left := p.Items[0].Left; len(left) != 1 || !strings.Contains(string(left[0]), "vm-gone: on the keep list") {
		t.Errorf("left alone: %q", left)
	}
	h.removeDir("gone")
	if p := cleanUp(h, model.CleanUpOptions{}); len(p.Items) != 0 {
		t.Errorf("once its VM is gone: %v", steps(p))
	}
	reset := newHost().imperative("web")
	name := reset.main("web", "failed", "failed").Name
	if p := model.PlanReset(reset.inventory(), []model.Raw{name}); len(p.Items) != 1 {
		t.Fatalf("refused %v", p.Refused)
	}
	reset.keep(model.KindUnit, name)
	expectRefused(t, model.PlanReset(reset.inventory(), []model.Raw{name}), "on the keep list: wanted: microtui keep --drop --kind unit microvm@web.service first", model.ErrRefused)
}
