package model

import (
	"slices"
	"testing"

	"microtui/model/text"
)

func TestLinesOfADifference(t *testing.T) {
	small, large := uint64(1<<20), uint64(3<<20)
	for name, test := range map[string]struct {
		diff ClosureDiff
		want []text.SafeText
	}{
		"versions and sizes": {
			ClosureDiff{Before: "/a", After: "/b", Changes: []ClosureChange{
				{Package: "linux", Before: []Raw{"6.1"}, After: []Raw{"6.2"}, Bytes: 2 << 20}, {Package: "hello", After: []Raw{""}}, {Package: "glibc", Bytes: -1024},
			}},
			[]text.SafeText{"web: /a → /b", "  linux: 6.1 → 6.2, +2.0M", "  hello: ∅ → ε", "  glibc, -1.0K"},
		},
		"a line that nobody understood": {
			ClosureDiff{Before: "/a", After: "/b", Changes: []ClosureChange{{Line: "hello: \x1b[31m1.2 went"}}},
			[]text.SafeText{"web: /a → /b", "  hello: ^[[31m1.2 went"},
		},
		"sizes only, of which Lix says nothing": {
			ClosureDiff{Before: "/a", After: "/b", BytesBefore: &small, BytesAfter: &large},
			[]text.SafeText{"web: /a → /b", "  no package version changed", "  closure 1.0M → 3.0M"},
		},
		"nothing": {ClosureDiff{Before: "/a", After: "/a"}, []text.SafeText{"web: no differences"}},
	} {
		if got := test.diff.Lines("web"); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
