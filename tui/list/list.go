package list

import (
	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/tui/scene"
	"microtui/tui/table"
)

// List is what a page lists, and what that is narrowed to.
type List struct {
	table.Table
	Filter Filter
	// Typed is set while the filter is typed.
	Typed bool
	// Slid is the thing that new data took from under the cursor, at the last
	// fill; zero: none.
	Slid model.Ref
	from from
}

// from is what decides about rows. As long as it is the same, so are they.
type from struct {
	shots, work int // counted
	filter      string
	sort        model.SortKey
	group       model.GroupKey
	descending  bool
	narrowed    bool      // to problems
	leftovers   bool      // alone
	about       model.Ref // alone
}

// fill makes the rows anew where what they are made from is another one, and
// reports whether it was. exists tells whether the thing that is wanted is still
// there, if only hidden.
func (l *List) fill(s *scene.Scene, now from, rows func() []table.Row, exists func(model.Ref) bool) bool {
	now.shots, now.work, now.filter = s.Shots, s.Work.Version, l.Filter.Text
	l.Slid = model.Ref{}
	if now == l.from {
		return false
	}
	fresh := l.from
	fresh.shots, fresh.work = now.shots, now.work
	before, _ := l.Selected()
	l.Show(rows(), l.Typed && exists(l.Wanted))
	if after, _ := l.Selected(); fresh == now && after != before {
		l.Slid = before
	}
	l.from = now
	return true
}

// figures name a page, and what its list is narrowed to.
func (l *List) figures(name text.SafeText) []draw.Figure {
	figures := []draw.Figure{{Run: draw.Run{Role: styles.Accent, Text: name}, Rank: 0}}
	if l.Filter.Text != "" {
		figures = append(figures, l.filterFigure())
	}
	return figures
}

// filterFigure says what a list is narrowed to, and how much of it is left.
func (l *List) filterFigure() draw.Figure {
	_, of := l.Position()
	return draw.Figure{Run: draw.Run{Role: styles.Accent, Text: "/" + l.Filter.shown() + text.Safef(" (%d)", of)}, Rank: 0}
}

// withCount is a name with a figure behind it.
func withCount(name, figure text.SafeText, g styles.Glyphs) text.SafeText {
	return name + " " + text.Safe(g.Separator) + " " + figure
}
