package model_test

import (
	"slices"
	"strings"
	"testing"

	"microtui/model"
)

// checkPlans: whatever a host looks like, nothing that is declared or on the
// keep list is purged, clean-up takes proven orphans only, and a plan rests on
// nothing that could not be read and fits the host that it was made from.
func checkPlans(t *testing.T, name string, h *host, i model.Inventory) {
	t.Helper()
	purge := model.PlanPurge(i, []model.Raw{"x", "other"}, model.PurgeOptions{})
	clean := model.PlanCleanUp(i, model.CleanUpOptions{Data: true, Running: true})
	for _, vm := range i.VMs {
		kept := slices.ContainsFunc(h.o.Keep, func(k model.KeepEntry) bool { return k.Name == vm.Name && k.Kind != model.KindTap })
		for _, item := range append(slices.Clone(purge.Items), clean.Items...) {
			switch {
			case item.Ref != vm.Ref():
			case len(vm.DeclaredBy) > 0 || kept:
				t.Errorf("%s: %s is wanted, and planned to go: %v", name, vm.Name, steps(purge))
			case !item.Ticked && item.ConfirmWord != "":
				t.Errorf("%s: %s is in the clean-up, and asks for a word", name, vm.Name)
			}
		}
		if slices.Contains(clean.Names(), vm.Name) && vm.Verdict != model.VerdictOrphan {
			t.Errorf("%s: clean-up takes %s, which is %s", name, vm.Name, vm.Verdict)
		}
	}
	for _, plan := range []model.Plan{purge, clean} {
		for _, item := range plan.Items {
			checkConditions(t, name, i, item)
		}
	}
}

func checkConditions(t *testing.T, name string, i model.Inventory, item model.Item) {
	t.Helper()
	for _, step := range item.Steps {
		if found := model.Differences(i, step); len(found) > 0 {
			t.Errorf("%s: the plan does not fit the host it was made from: %s", name, found[0])
		}
		for _, c := range step.Conditions {
			if strings.HasPrefix(string(c.Value), "unknown") {
				t.Errorf("%s: %s %s rests on %s, which is %q", name, step.Action, step.Ref.Name, c.Fact, c.Value)
			}
			if (c.Fact == model.FactDeclared || c.Fact == model.FactKept) && c.Value != "" {
				t.Errorf("%s: %s %s, which is %s %s", name, step.Action, step.Ref.Name, c.Fact, c.Value)
			}
		}
		if step.Action == model.StepQuarantine && len(step.Conditions) < 6 {
			t.Errorf("%s: %s is moved on %v alone", name, step.Ref.Name, step.Conditions)
		}
	}
}
