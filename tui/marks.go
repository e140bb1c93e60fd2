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
	if ref, ok := a.table.selected(); ok && ref.Kind == model.KindVM {
		a.marks.toggle(ref)
	}
	a.table.move(1)
}

// markRange begins a range at the cursor, or marks the one that has grown.
func (a *App) markRange() {
	if a.marks.anchor != (model.Ref{}) {
		a.endRange()
		return
	}
	if ref, ok := a.table.selected(); ok && ref.Kind == model.KindVM {
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
	for i := range a.table.rows {
		if ref := a.table.rows[i].ref; ref.Kind == model.KindVM {
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
	from := a.table.indexOf(a.marks.anchor)
	if from < 0 || a.table.cursor < 0 {
		return all
	}
	to := a.table.cursor
	if from > to {
		from, to = to, from
	}
	for i := from; i <= to; i++ {
		if ref := a.table.rows[i].ref; ref.Kind == model.KindVM {
			all[ref] = true
		}
	}
	return all
}

// pruneMarks forgets marks of what left the host. While a source fails nothing
// is known to have left.
func (a *App) pruneMarks() {
	if len(a.shot.faults) > 0 {
		return
	}
	maps.DeleteFunc(a.marks.set, func(ref model.Ref, _ bool) bool { return !a.shot.has(ref) })
	if !a.shot.has(a.marks.anchor) {
		a.marks.anchor = model.Ref{}
	}
}

// showMarks marks the rows.
func (a *App) showMarks() {
	all := a.marked()
	for i := range a.table.rows {
		r := &a.table.rows[i]
		if now := all[r.ref]; now != r.marked {
			r.marked, r.drawn = now, ""
		}
	}
}

// hidden is how many of some VMs have no row.
func (a *App) hidden(vms []model.Raw) (n int) {
	for _, vm := range vms {
		if a.table.indexOf(model.Ref{Kind: model.KindVM, Name: vm}) < 0 {
			n++
		}
	}
	return n
}

// indexOf is the row of a thing, -1 if it has none.
func (t *table) indexOf(ref model.Ref) int {
	if (ref == model.Ref{}) {
		return -1
	}
	for i := range t.rows {
		if t.rows[i].ref == ref {
			return i
		}
	}
	return -1
}
