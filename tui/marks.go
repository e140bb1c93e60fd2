package tui

import (
	"maps"

	"microtui/model"
)

// marks are the VMs that are marked for an action on all of them. They belong
// to VMs, not to rows: a filter hides a mark and does not take it.
type marks struct {
	set    map[model.Ref]bool
	anchor model.Ref // where a range begins that grows with the cursor; zero: none
}

func (m *marks) clear() { *m = marks{} }

func (m *marks) any() bool { return len(m.set) > 0 || m.anchor != model.Ref{} }

func (m *marks) toggle(ref model.Ref) {
	if m.set == nil {
		m.set = map[model.Ref]bool{}
	}
	if m.set[ref] {
		delete(m.set, ref)
	} else {
		m.set[ref] = true
	}
}

// mark marks the VM under the cursor, or takes its mark, and goes on to the
// next. A range that grows is marked first.
func (a *App) mark() {
	if a.marks.anchor != (model.Ref{}) {
		a.endRange()
		return
	}
	if ref, ok := a.vms.table.Selected(); ok && ref.Kind == model.KindVM {
		a.marks.toggle(ref)
	}
	a.vms.table.Move(1)
}

// markRange begins a range at the cursor, or marks the one that has grown.
func (a *App) markRange() {
	if a.marks.anchor != (model.Ref{}) {
		a.endRange()
		return
	}
	if ref, ok := a.vms.table.Selected(); ok && ref.Kind == model.KindVM {
		a.marks.anchor = ref
	}
}

func (a *App) endRange() {
	a.marks.set, a.marks.anchor = a.marked(), model.Ref{}
}

// invertMarks marks what is shown and not marked, and the other way round.
// Marks that are hidden stay.
func (a *App) invertMarks() {
	a.endRange()
	for i := range a.vms.table.Rows {
		if ref := a.vms.table.Rows[i].Ref; ref.Kind == model.KindVM {
			a.marks.toggle(ref)
		}
	}
}

// marked are all that are marked, with the range that grows.
func (a *App) marked() map[model.Ref]bool {
	all := maps.Clone(a.marks.set)
	if all == nil {
		all = map[model.Ref]bool{}
	}
	from := a.vms.table.IndexOf(a.marks.anchor)
	if from < 0 || a.vms.table.Cursor < 0 {
		return all
	}
	to := a.vms.table.Cursor
	if from > to {
		from, to = to, from
	}
	for i := from; i <= to; i++ {
		if ref := a.vms.table.Rows[i].Ref; ref.Kind == model.KindVM {
			all[ref] = true
		}
	}
	return all
}

// pruneMarks forgets marks of what left the host. While a source fails nothing
// is known to have left.
func (a *App) pruneMarks() {
	if len(a.Shot.Faults) > 0 {
		return
	}
	maps.DeleteFunc(a.marks.set, func(ref model.Ref, _ bool) bool { return !a.Shot.Has(ref) })
	if !a.Shot.Has(a.marks.anchor) {
		a.marks.anchor = model.Ref{}
	}
}
