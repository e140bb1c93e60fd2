package tui

import (
	"slices"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/tui/table"
	"microtui/tui/work"
)

// list is what a page lists, and what that is narrowed to.
type list struct {
	table  table.Table
	filter filter
	from   madeFrom
}

// madeFrom is what decides about rows. As long as it is the same, so are they.
type madeFrom struct {
	shots, work int // counted
	filter      string
	sort        model.SortKey
	group       model.GroupKey
	descending  bool
	narrowed    bool      // to problems
	leftovers   bool      // alone
	about       model.Ref // alone
}

// fill makes the rows anew, of the table of VMs and of the present page, where
// what they are made from is another one.
func (a *App) fill() {
	a.fillList(&a.vms, a.vmRows, func(ref model.Ref) bool { return a.Shot.Has(ref) })
	switch a.page {
	case pageOperations:
		a.fillList(&a.ops, a.operationRows, func(ref model.Ref) bool { return a.Work.Operation(string(ref.Name)) != nil })
	case pageTrash:
		a.fillList(&a.trash, a.trashRows, func(ref model.Ref) bool { return a.Shot.Entry(ref) != nil })
	case pageDoctor:
		a.fillList(&a.doctor.list, a.findingRows, func(ref model.Ref) bool { return a.Shot.Finding(ref) != nil })
	}
	a.vms.table.Mark(a.marked())
}

func (a *App) fillList(l *list, rows func() []table.Row, exists func(model.Ref) bool) {
	from := madeFrom{shots: a.shots, work: a.Work.Version, filter: l.filter.text}
	switch l {
	case &a.vms:
		v := a.view
		from.sort, from.group, from.descending, from.narrowed, from.leftovers = v.Sort, v.Group, v.Descending, v.ProblemsOnly, a.leftoversOnly
	case &a.doctor.list:
		from.narrowed, from.about = a.doctor.faultsOnly, a.doctor.about
	}
	if from != l.from {
		l.from = from
		l.table.Show(rows(), exists(l.table.Wanted))
	}
}

// listed is the list of the present page.
func (a *App) listed() *table.Table { return &a.list().table }

func (a *App) list() *list {
	switch a.page {
	case pageOperations:
		return &a.ops
	case pageTrash:
		return &a.trash
	case pageDoctor:
		return &a.doctor.list
	}
	return &a.vms
}

func (a *App) vmRows() []table.Row {
	view := a.view
	view.Filter = a.vms.filter.terms
	return listing{view: view, leftoversOnly: a.leftoversOnly, glyphs: a.glyphs, pending: a.pending()}.rows(a.Shot)
}

func (a *App) operationRows() (rows []table.Row) {
	for i := range a.Work.Operations {
		if o := &a.Work.Operations[i]; a.ops.filter.terms.MatchesTexts(operationTexts(o)...) {
			rows = append(rows, operationRow(o, a.Work.Now, a.commands))
		}
	}
	return rows
}

func (a *App) trashRows() (rows []table.Row) {
	entries := slices.Clone(a.Shot.Inventory.Trash)
	slices.SortStableFunc(entries, func(x, y model.TrashEntry) int { return y.PurgedAt.Compare(x.PurgedAt) })
	pending := a.pending()
	for at := range entries {
		if !a.trash.filter.terms.MatchesTexts(entryTexts(&entries[at])...) {
			continue
		}
		r := trashRow(&entries[at], a.Shot.Inventory.At, a.glyphs)
		if p, ok := pending[r.Ref]; ok {
			r.Cells[table.Notes] = draw.Run{Role: styles.Busy, Text: p.State + " " + p.Notes}
		}
		rows = append(rows, r)
	}
	return rows
}

func (a *App) findingRows() []table.Row { return a.doctor.rows(a.Shot) }

// pending are the things that an order or an operation works on.
func (a *App) pending() map[model.Ref]work.Pending {
	return a.Work.Pending(text.Safe(a.glyphs.Ellipsis))
}
