package list

import (
	"cmp"
	"slices"

	"microtui/model"
	"microtui/model/order"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tone"
	"microtui/tui/draw"
	"microtui/tui/scene"
	"microtui/tui/table"
	"microtui/tui/work"
	"microtui/wording"
)

// listing is what decides about the rows.
type listing struct {
	view          model.View
	leftoversOnly bool
	glyphs        styles.Glyphs
	pending       map[model.Ref]work.Pending
	standing      model.Standing // of the VMs
}

// rows are the rows of what is known.
func (v *VMs) rows(s *scene.Scene) []table.Row {
	view := v.View
	view.Filter = v.Filter.terms
	v.standing = model.StandingBy(view.Sort, s.Shot.Inventory.VMs, s.Shot.Rates).After(v.standing, view.Sort)
	return listing{view, v.LeftoversOnly, v.Glyphs, s.Work.Pending(text.Safe(v.Glyphs.Ellipsis)), v.standing}.rows(s.Shot)
}

// rows are the rows of a snapshot. Foreign things are never among them.
func (s listing) rows(shot scene.Snapshot) []table.Row {
	leftovers := s.leftoverRows(shot.Inventory)
	if s.leftoversOnly {
		return leftovers
	}
	vms := model.Arrange(shot.Inventory.VMs, s.standing, s.view)
	groups := s.view.Group.Groups(vms)
	rows := make([]table.Row, 0, len(vms)+len(groups)+1+len(leftovers))
	for _, g := range groups {
		if g.Name != "" {
			rows = append(rows, table.Row{Heading: s.groupHeading(g)})
		}
		for i := range g.VMs {
			rows = append(rows, s.vmRow(&g.VMs[i], &shot))
		}
	}
	if len(leftovers) > 0 {
		rows = append(rows, table.Row{Heading: "leftovers of no VM"})
	}
	return append(rows, leftovers...)
}

// groupHeading is a group's name, how many VMs it has, and, where the name does
// not say it, how many of them run.
func (s listing) groupHeading(g model.Group) text.SafeText {
	name := wording.Of(model.State(g.Name))
	n := len(g.VMs)
	title := withCount(name, text.Safef("%d VM%s", n, wording.Plural(n)), s.glyphs)
	if s.view.Group == model.GroupState {
		return title
	}
	return withCount(title, text.Safef("%d running", g.Running()), s.glyphs)
}

// leftoverRows are the leftovers that belong to no VM. Where leftovers stand
// alone, the VMs that are some come before them: all that the head line counts.
func (s listing) leftoverRows(i model.Inventory) []table.Row {
	var all []model.Leftover
	for at := range i.VMs {
		if vm := &i.VMs[at]; s.leftoversOnly && vm.Verdict != model.VerdictKept && s.view.Filter.Matches(vm) {
			all = append(all, model.Leftover{Ref: vm.Ref(), Verdict: vm.Verdict, Why: vm.Why, Notes: vm.Notes, Bytes: vm.Disk})
		}
	}
	for at := range i.Leftovers {
		if l := &i.Leftovers[at]; s.shows(l) {
			all = append(all, *l)
		}
	}
	if s.leftoversOnly {
		s.sortLeftovers(all)
	}
	rows := make([]table.Row, len(all))
	for at := range all {
		rows[at] = s.leftoverRow(&all[at])
	}
	return rows
}

// sortLeftovers puts leftovers in the order that is asked for where they have
// it: by kind and name, or by what they take on disk.
func (s listing) sortLeftovers(all []model.Leftover) {
	switch {
	case s.view.Sort == model.SortName && s.view.Descending:
		slices.Reverse(all)
	case s.view.Sort == model.SortDisk:
		by := 1
		if s.view.Descending {
			by = -1
		}
		order.By(all, func(a, b *model.Leftover) int { return by * compareSizes(a.Bytes, b.Bytes) })
	}
}

// compareSizes orders what is unknown before everything known.
func compareSizes(a, b *uint64) int {
	switch {
	case a != nil && b != nil:
		return cmp.Compare(*a, *b)
	case a != nil:
		return 1
	case b != nil:
		return -1
	}
	return 0
}

func (s listing) shows(l *model.Leftover) bool {
	if l.Verdict == model.VerdictForeign {
		return false
	}
	return s.view.Filter.MatchesLeftover(l)
}

func (s listing) vmRow(vm *model.VM, shot *scene.Snapshot) table.Row {
	rate := shot.Rates[vm.Name]
	r := table.Row{Ref: vm.Ref(), Verdict: vm.Verdict}
	r.Cells = [table.ColumnCount]draw.Run{
		table.Name:      {Role: styles.Strong, Text: text.Safe(vm.Name)},
		table.State:     {Role: tone.State(vm.State), Text: wording.Of(vm.State)},
		table.Origin:    {Role: tone.Origin(vm.Origin), Text: s.orUnknown(vm.Origin != model.OriginUnknown, wording.Of(vm.Origin))},
		table.Freshness: {Role: tone.Freshness(vm.Freshness), Text: s.freshness(vm.Freshness)},
		table.CPU:       {Role: styles.Text, Text: wording.CPU(rate)},
		table.Memory:    {Role: styles.Text, Text: wording.Bytes(vm.Memory)},
		table.Disk:      {Role: styles.Text, Text: wording.Bytes(vm.Disk)},
		table.Net:       {Role: styles.Text, Text: wording.Net(rate)},
		table.Up:        {Role: styles.Dim, Text: wording.Up(vm, shot.Inventory.At)},
		table.Notes:     {Role: tone.Note(vm.State), Text: wording.Notes(vm.Verdict, vm.Why, vm.Notes)},
	}
	r.Wrong = isWrong(vm)
	if vm.Worst == model.SeverityError {
		r.Cells[table.Notes].Role = styles.Bad
	}
	r.Tint()
	if p, ok := s.pending[r.Ref]; ok {
		r.Cells[table.State] = draw.Run{Role: styles.Busy, Text: p.State}
		r.Cells[table.Notes] = draw.Run{Role: styles.Busy, Text: p.Notes}
	}
	return r
}

// isWrong reports whether something is badly wrong with a VM: it is down that
// should not be, or has an error of the doctor.
func isWrong(vm *model.VM) bool {
	return vm.Worst == model.SeverityError || tone.State(vm.State) == styles.Bad
}

func (s listing) leftoverRow(l *model.Leftover) table.Row {
	r := table.Row{Set: table.OfLeftovers, Ref: l.Ref, Verdict: l.Verdict}
	r.Cells[table.Name] = draw.Run{Role: styles.Strong, Text: text.Safe(l.Ref.Name)}
	r.Cells[table.Kind] = draw.Run{Role: styles.Text, Text: wording.Of(l.Ref.Kind)}
	if l.Bytes != nil {
		r.Cells[table.Size] = draw.Run{Role: styles.Text, Text: model.FormatBytes(*l.Bytes)}
	}
	r.Cells[table.Notes] = draw.Run{Role: styles.Text, Text: wording.Notes(l.Verdict, l.Why, l.Notes)}
	r.Tint()
	if p, ok := s.pending[r.Ref]; ok {
		r.Cells[table.Notes] = draw.Run{Role: styles.Busy, Text: p.State + ": " + p.Notes}
	}
	return r
}

func (s listing) freshness(f model.Freshness) text.SafeText {
	return s.orUnknown(f != model.FreshnessUnknown && f != "", wording.Of(f))
}

func (s listing) orUnknown(known bool, value text.SafeText) text.SafeText {
	if known {
		return value
	}
	return text.Safe(s.glyphs.Unknown)
}

// The figures. What is not known is blank, never 0.
