package model_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"microtui/model"
)

func TestGroups(t *testing.T) {
	vms := []model.VM{
		{Name: "a", State: model.StateRunning, Origin: model.OriginImperative, Verdict: kept},
		{Name: "b", State: model.StateStopped, Origin: model.OriginDeclared, Verdict: kept},
		{Name: "c", State: model.StateOutside, Origin: model.OriginUndeclared, Verdict: orphan},
		{Name: "d", State: model.StateCrashLoop, Origin: model.OriginDeclared, Verdict: unclear},
		{Name: "e", State: "of another version", Origin: "new", Verdict: "new"},
	}
	for _, test := range []struct {
		view model.View
		want string
	}{
		{model.View{}, ": a b c d e (2)"},
		{model.View{Group: model.GroupNone}, ": a b c d e (2)"},
		{model.View{Group: "size"}, ": a b c d e (2)"},
		{model.View{Group: model.GroupOrigin}, "declared: b d (0), imperative: a (1), undeclared: c (1), new: e (0)"},
		{model.View{Group: model.GroupVerdict}, "orphan: c (1), unclear: d (0), kept: a b (1), new: e (0)"},
		{model.View{Group: model.GroupState}, "crash-loop: d (0), outside: c (1), running: a (1), stopped: b (0), of another version: e (0)"},
		{model.View{Group: model.GroupOrigin, Descending: true}, "declared: d b (0), imperative: a (1), undeclared: c (1), new: e (0)"},
		{model.View{Group: model.GroupOrigin, Sort: model.SortState}, "declared: d b (0), imperative: a (1), undeclared: c (1), new: e (0)"},
		{model.View{Group: model.GroupVerdict, Filter: filterOf("-origin:declared")}, "orphan: c (1), kept: a (1), new: e (0)"},
		{model.View{Group: model.GroupState, Filter: filterOf("nothing-like-it")}, ""},
	} {
		if got := described(test.view.Group.Groups(model.Arrange(vms, nil, test.view))); got != test.want {
			t.Errorf("%+v:\n got %s\nwant %s", test.view, got, test.want)
		}
	}
}

func described(groups []model.Group) (text string) {
	for at, g := range groups {
		if at > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%s: %s (%d)", g.Name, names(g.VMs), g.Running())
	}
	return text
}

// However VMs are grouped and sorted: none is lost, none is there twice, a
// group stands in one place, and within it the order is that of the same view
// without groups.
func TestGroupsKeepTheOrder(t *testing.T) {
	states := []model.State{model.StateRunning, model.StateStopped, model.StateFailed, model.StateUnknown}
	origins := []model.Origin{model.OriginDeclared, model.OriginManual, model.OriginUnknown}
	verdicts := []model.Verdict{kept, orphan, unclear}
	rapid.Check(t, func(r *rapid.T) {
		var vms []model.VM
		for n := range rapid.IntRange(0, 12).Draw(r, "VMs") {
			vms = append(vms, model.VM{
				Name: model.Raw(fmt.Sprintf("vm-%02d", n)), State: rapid.SampledFrom(states).Draw(r, "state"),
				Origin: rapid.SampledFrom(origins).Draw(r, "origin"), Verdict: rapid.SampledFrom(verdicts).Draw(r, "verdict"),
			})
		}
		view := model.View{Sort: rapid.SampledFrom(model.SortKeys).Draw(r, "sort"), Descending: rapid.Bool().Draw(r, "descending")}
		by := model.StandingBy(view.Sort, vms, nil)
		plain := model.Arrange(vms, by, view)
		view.Group = rapid.SampledFrom(model.GroupKeys).Draw(r, "group")
		groups := view.Group.Groups(model.Arrange(vms, by, view))
		seen, total := map[string]bool{}, 0
		for _, g := range groups {
			if seen[g.Name] {
				r.Fatalf("%q stands in two places: %s", g.Name, described(groups))
			}
			seen[g.Name] = true
			total += len(g.VMs)
			same := slices.DeleteFunc(slices.Clone(plain), func(vm model.VM) bool {
				return !slices.ContainsFunc(g.VMs, func(of model.VM) bool { return of.Name == vm.Name })
			})
			if names(same) != names(g.VMs) {
				r.Fatalf("%q is %s, in a view without groups %s", g.Name, names(g.VMs), names(same))
			}
		}
		if total != len(vms) {
			r.Fatalf("%d VMs of %d: %s", total, len(vms), described(groups))
		}
	})
}
