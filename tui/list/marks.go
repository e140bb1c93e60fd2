package list

import (
	"maps"

	"microtui/model"
	"microtui/tui/scene"
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

// MarkNext marks the VM under the cursor, or takes its mark, and goes on to the
// next. A range that grows is marked first.
func (v *VMs) MarkNext() {
	if v.marks.anchor != (model.Ref{}) {
		v.endRange()
		return
	}
	if ref, ok := v.Selected(); ok && ref.Kind == model.KindVM {
		v.marks.toggle(ref)
	}
	v.Move(1)
}

// MarkRange begins a range at the cursor, or marks the one that has grown.
func (v *VMs) MarkRange() {
	if v.marks.anchor != (model.Ref{}) {
		v.endRange()
		return
	}
	if ref, ok := v.Selected(); ok && ref.Kind == model.KindVM {
		v.marks.anchor = ref
	}
}

func (v *VMs) endRange() {
	v.marks.set, v.marks.anchor = v.Marked(), model.Ref{}
}

// InvertMarks marks what is shown and not marked, and the other way round.
// Marks that are hidden stay.
func (v *VMs) InvertMarks() {
	v.endRange()
	for i := range v.Rows {
		if ref := v.Rows[i].Ref; ref.Kind == model.KindVM {
			v.marks.toggle(ref)
		}
	}
}

// Marked are all that are marked, with the range that grows.
func (v *VMs) Marked() map[model.Ref]bool {
	all := maps.Clone(v.marks.set)
	if all == nil {
		all = map[model.Ref]bool{}
	}
	from := v.IndexOf(v.marks.anchor)
	if from < 0 || v.Cursor < 0 {
		return all
	}
	to := v.Cursor
	if from > to {
		from, to = to, from
	}
	for i := from; i <= to; i++ {
		if ref := v.Rows[i].Ref; ref.Kind == model.KindVM {
			all[ref] = true
		}
	}
	return all
}

// PruneMarks forgets marks of what left the host. While a source fails nothing
// is known to have left.
func (v *VMs) PruneMarks(s *scene.Scene) {
	if len(s.Shot.Faults) > 0 {
		return
	}
	maps.DeleteFunc(v.marks.set, func(ref model.Ref, _ bool) bool { return !s.Shot.Has(ref) })
	if !s.Shot.Has(v.marks.anchor) {
		v.marks.anchor = model.Ref{}
	}
}

// ClearMarks takes all marks.
func (v *VMs) ClearMarks() { v.marks.clear() }

// HasMarks reports whether something is marked, or a range begins.
func (v *VMs) HasMarks() bool { return v.marks.any() }
