package wording

import (
	"testing"

	"microtui/model"
	"microtui/model/text"
)

// What is told of another part of a VM is not the reason of its verdict.
func TestNotes(t *testing.T) {
	const since, loose = model.Raw("declared until generation 41"), model.Raw("vm-kt is on no bridge")
	for _, test := range []struct {
		verdict model.Verdict
		why     model.Raw
		notes   []model.Raw
		want    text.SafeText
	}{
		{model.VerdictKept, "", []model.Raw{loose}, "vm-kt is on no bridge"},
		{model.VerdictKept, "on the keep list: web", []model.Raw{"on the keep list: web", loose}, "on the keep list: web; vm-kt is on no bridge"},
		{model.VerdictSuspect, "", []model.Raw{loose}, "suspect; vm-kt is on no bridge"},
		{model.VerdictOrphan, since, []model.Raw{since, loose}, "orphan: declared until generation 41; vm-kt is on no bridge"},
		{model.VerdictUnclear, "unclear: no generation", []model.Raw{"unclear: no generation"}, "unclear: no generation"},
		{model.VerdictForeign, "", nil, "foreign"},
		{model.VerdictKept, "", nil, ""},
	} {
		if got := Notes(test.verdict, test.why, test.notes); got != test.want {
			t.Errorf("%s, %q, %q: %q, want %q", test.verdict, test.why, test.notes, got, test.want)
		}
	}
}
