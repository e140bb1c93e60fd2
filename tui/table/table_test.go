package table

import (
	"fmt"
	"testing"

	"microtui/model"
	"microtui/styles"
)

// headed is a table of three groups of three things, each under a heading, of
// which five rows are in sight.
func headed() *Table {
	var rows []Row
	for group := range 3 {
		rows = append(rows, Row{Heading: "group"})
		for n := range 3 {
			rows = append(rows, Row{Ref: model.Ref{Kind: model.KindVM, Name: model.Raw(fmt.Sprint(group, " ", n))}})
		}
	}
	t := &Table{Cursor: -1, Styles: styles.New(styles.Mono)}
	t.Resize(40, 5)
	t.Show(rows, true)
	return t
}

// TestRoll: the rows move the way that is asked for, as far as there are some.
// The cursor stays on its thing, or goes to the nearest that is in sight: past a
// heading it goes on, never back out of sight.
func TestRoll(t *testing.T) {
	for _, test := range []struct {
		name   string
		cursor int
		rolls  []int
		top    int
		on     model.Raw
	}{
		{"down, in sight", 3, []int{2}, 2, "0 2"},
		{"down, past it", 1, []int{3}, 3, "0 2"},
		{"down, to a heading", 1, []int{4}, 4, "1 0"},
		{"down, to the end", 1, []int{99}, 7, "1 2"},
		{"up, past it", 11, []int{99, -1}, 6, "2 1"},
		{"up, to a heading", 11, []int{99, -3}, 4, "1 2"},
		{"up, to the start", 11, []int{99, -99}, 0, "0 2"},
		{"there and back", 3, []int{2, -2}, 0, "0 2"},
	} {
		table := headed()
		table.Cursor = test.cursor
		table.Settle()
		for _, by := range test.rolls {
			table.Roll(by)
		}
		if ref, _ := table.Selected(); table.Top != test.top || ref.Name != test.on {
			t.Errorf("%s: row %d on top, the cursor on %q, want %d and %q", test.name, table.Top, string(ref.Name), test.top, string(test.on))
		}
	}
}
