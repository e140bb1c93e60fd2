package doctor_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"microtui/model"
	"microtui/model/doctor"
)

// TestByCause: only what could not be checked, for the same reason and of the
// same thing, is put together, and nothing is lost or moved before another.
func TestByCause(t *testing.T) {
	host := model.Ref{Kind: model.KindHost, Name: "nixhost"}
	unchecked := func(rule string, summary model.Raw) model.Finding {
		return model.Finding{Rule: rule, Subject: host, Summary: summary, Unchecked: true}
	}
	elsewhere, proven, seen := unchecked("e", "no bus"), unchecked("p", "no bus"), unchecked("s", "no bus")
	elsewhere.Subject.Name, proven.Evidence, seen.Unchecked = "/nix/store/a-system", []model.Raw{"a trace"}, false
	found := []model.Finding{unchecked("a", "no bus"), unchecked("b", "no root"), seen, unchecked("c", "no bus"), seen, elsewhere, proven, unchecked("d", "no root")}
	var got [][]string
	for _, group := range doctor.ByCause(found, func(f model.Finding) *model.Finding { return &f }) {
		var rules []string
		for _, f := range group {
			rules = append(rules, f.Rule)
		}
		got = append(got, rules)
	}
	if diff := cmp.Diff([][]string{{"a", "c"}, {"b", "d"}, {"s"}, {"s"}, {"e"}, {"p"}}, got); diff != "" {
		t.Error(diff)
	}
	if found[1].Rule != "b" || found[3].Rule != "c" {
		t.Errorf("what was given is changed: %v", found)
	}
}
