package list

import (
	"slices"
	"strings"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/tui/scene"
	"microtui/tui/table"
	"microtui/wording"
)

// VMs lists the VMs with what they left behind, or that alone.
type VMs struct {
	List
	View          model.View
	LeftoversOnly bool
	elsewhere     model.Ref // where the cursor is with the leftovers among VMs, or alone
	marks         marks
	// filtered is where the cursor was after the last change of the filter: who
	// moves it after that has chosen.
	filtered model.Ref
	// toTop: who looked at the beginning of the list is to do so when it is in
	// another order, as long as the cursor stays in sight. atTop: who sorted by
	// something wants to see the beginning, whatever the cursor is on.
	toTop, atTop bool
	standing     model.Standing // where the VMs stand by what they are sorted by
}

// Fill makes the rows of what is known.
func (v *VMs) Fill(s *scene.Scene) {
	filter := v.from.filter
	now := from{sort: v.View.Sort, group: v.View.Group, descending: v.View.Descending, narrowed: v.View.ProblemsOnly, leftovers: v.LeftoversOnly}
	if now.sort != v.from.sort {
		v.standing = nil
	}
	v.SortedBy = now.sort
	if v.fill(s, now, func() []table.Row { return v.rows(s) }, s.Shot.Has) {
		v.showTop()
		if v.from.filter != filter {
			v.filtered = v.Wanted
		}
	}
	v.Mark(v.Marked())
}

// showTop shows the beginning of a list that was put in another order.
func (v *VMs) showTop() {
	switch {
	case v.atTop && v.Cursor >= v.Height:
		v.Slid, _ = v.Selected()
		v.Jump(false)
	case v.atTop, v.toTop:
		v.Top = 0
		v.Scroll()
	}
	v.atTop, v.toTop = false, false
}

// Turn turns to the leftovers alone, or back. Each has a cursor of its own, as
// pages have.
func (v *VMs) Turn(leftoversOnly bool) {
	if leftoversOnly != v.LeftoversOnly {
		v.LeftoversOnly = leftoversOnly
		v.Wanted, v.elsewhere = v.elsewhere, v.Wanted
	}
}

// Pick moves the cursor to the VM of just the name that was typed as a filter,
// unless somebody has moved it since.
func (v *VMs) Pick(typed string) {
	if v.Wanted == v.filtered {
		v.List.Pick(model.Raw(strings.TrimSpace(typed)))
	}
}

// biggestFirst holds the columns of which one wants to see the top.
var biggestFirst = map[model.SortKey]bool{model.SortCPU: true, model.SortMemory: true, model.SortDisk: true, model.SortNet: true, model.SortUptime: true}

// NewView is a view in the natural direction of its order.
func NewView(sort model.SortKey, group model.GroupKey) model.View {
	return model.View{Sort: sort, Descending: biggestFirst[sort], Group: group}
}

// SortNext sorts by the next of the columns in sight, around the ends, in its
// natural direction.
func (v *VMs) SortNext(step int) {
	keys := v.SortKeys()
	if len(keys) == 0 {
		return
	}
	at := slices.Index(keys, v.View.Sort)
	if at < 0 && step < 0 {
		at = 0
	}
	v.sortBy(keys[(at+step+len(keys))%len(keys)])
}

func (v *VMs) sortBy(key model.SortKey) {
	v.View.Sort, v.View.Descending, v.atTop = key, biggestFirst[key], true
}

// SortAs sorts by a column, or the other way round where that is sorted by
// already; an empty one is none.
func (v *VMs) SortAs(key model.SortKey) {
	switch key {
	case "":
	case v.View.Sort:
		v.View.Descending, v.atTop = !v.View.Descending, true
	default:
		v.sortBy(key)
	}
}

// Invert turns the order round.
func (v *VMs) Invert() { v.View.Descending, v.toTop = !v.View.Descending, v.Top == 0 }

// GroupNext groups the VMs by the next of what they can have in common, and at
// last not at all.
func (v *VMs) GroupNext() {
	keys := model.GroupKeys
	v.View.Group, v.toTop = keys[(slices.Index(keys, v.View.Group)+1)%len(keys)], v.Top == 0
}

// Targets are the VMs that an action is for: those that are marked, in the order
// of their names, else the selected one.
func (v *VMs) Targets(s *scene.Scene) (vms []model.Raw, marked bool) {
	if all := v.Marked(); len(all) > 0 {
		for i := range s.Shot.Inventory.VMs {
			if vm := &s.Shot.Inventory.VMs[i]; all[vm.Ref()] {
				vms = append(vms, vm.Name)
			}
		}
		return vms, true
	}
	if ref, ok := v.Selected(); ok && ref.Kind == model.KindVM {
		vms = []model.Raw{ref.Name}
	}
	return vms, false
}

// Problems are the rows of what needs an administrator's eye.
func (v *VMs) Problems(s *scene.Scene) (at []int) {
	problems := map[model.Ref]bool{}
	for i := range s.Shot.Inventory.VMs {
		vm := &s.Shot.Inventory.VMs[i]
		problems[vm.Ref()] = vm.IsProblem()
	}
	for _, l := range s.Shot.Inventory.Leftovers {
		problems[l.Ref] = l.Verdict != model.VerdictForeign
	}
	for i := range v.Rows {
		if problems[v.Rows[i].Ref] {
			at = append(at, i)
		}
	}
	return at
}

// NextProblem goes to the next problem down or up, and on from the other end.
func (v *VMs) NextProblem(s *scene.Scene, step int) {
	rows := v.Problems(s)
	if len(rows) == 0 {
		return
	}
	next, found := slices.BinarySearch(rows, v.Cursor)
	switch {
	case step < 0:
		next--
	case found:
		next++
	}
	v.Cursor = rows[(next+len(rows))%len(rows)]
	v.Settle()
}

// MarkFigures say how many VMs are marked.
func (v *VMs) MarkFigures(s *scene.Scene) []draw.Figure {
	vms, marked := v.Targets(s)
	if !marked {
		return nil
	}
	words := text.Safef("%d marked", len(vms))
	if n := s.Unlisted(vms); n > 0 {
		words += text.Safef(" (%d hidden)", n)
	}
	return []draw.Figure{{Run: draw.Run{Role: styles.Accent, Text: words}, Rank: 0}}
}

// Figures say what narrows the table.
func (v *VMs) Figures() []draw.Figure {
	var figures []draw.Figure
	add := func(role styles.Role, words text.SafeText, rank int) {
		figures = append(figures, draw.Figure{Run: draw.Run{Role: role, Text: words}, Rank: rank})
	}
	if v.Filter.Text != "" {
		figures = append(figures, v.filterFigure())
	}
	if v.View.ProblemsOnly {
		add(styles.Accent, "problems only", 0)
	}
	if v.LeftoversOnly {
		add(styles.Accent, "leftovers", 0)
	} else if v.View.Group != model.GroupNone {
		add(styles.Dim, "by "+wording.Of(v.View.Group), 8)
	}
	return figures
}
