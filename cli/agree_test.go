package cli

import (
	"testing"

	"microtui/model"
)

// TestFlagsAgree: what is lost for good needs its name, or the count of all.
func TestFlagsAgree(t *testing.T) {
	item := func(name, word model.Raw, undo model.Raw) model.Item {
		return model.Item{
			Ref: model.Ref{Kind: model.KindVM, Name: name}, Ticked: true, ConfirmWord: word,
			Steps: []model.Step{{Action: model.StepStop, VM: name, Undo: undo}},
		}
	}
	orphan, other := item("gone", "", "microtui start gone"), item("old", "", "microtui start old")
	ghost, kept, two := item("ghost", "", ""), item("db", "db", "microtui start db"), item("2", "2", "microtui start 2")
	for _, test := range []struct {
		name  string
		terms terms
		want  bool
		items []model.Item
	}{
		{"nothing said", terms{}, false, []model.Item{orphan}},
		{"yes to what can be undone", terms{yes: true}, true, []model.Item{orphan, other}},
		{"yes to what cannot", terms{yes: true}, false, []model.Item{ghost}},
		{"its name", terms{confirm: []string{"ghost"}}, true, []model.Item{ghost}},
		{"no name", terms{yes: true, confirm: []string{""}}, false, []model.Item{ghost, orphan}},
		{"another's name", terms{yes: true, confirm: []string{"gone"}}, false, []model.Item{ghost, orphan}},
		{"the count", terms{confirm: []string{"2"}}, true, []model.Item{ghost, kept}},
		{"another count", terms{confirm: []string{"3"}}, false, []model.Item{ghost, kept}},
		{"a name that looks like the count", terms{confirm: []string{"2"}}, false, []model.Item{two, kept}},
		{"that and the other name", terms{confirm: []string{"2", "db"}}, true, []model.Item{two, kept}},
	} {
		plan := model.Plan{Action: model.ActionPurge, Items: test.items}
		word, _ := plan.Consent()
		if got := (&session{}).flagsAgree(plan, test.terms, word); got != test.want {
			t.Errorf("%s: agreed %v, want %v", test.name, got, test.want)
		}
	}
}
