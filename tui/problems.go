package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/model/text"
)

// problemRows are the rows of what needs an administrator's eye.
func (a *App) problemRows() (at []int) {
	problems := map[model.Ref]bool{}
	for i := range a.Shot.Inventory.VMs {
		vm := &a.Shot.Inventory.VMs[i]
		problems[vm.Ref()] = vm.IsProblem()
	}
	for _, l := range a.Shot.Inventory.Leftovers {
		problems[l.Ref] = l.Verdict == model.VerdictOrphan || l.Verdict == model.VerdictSuspect
	}
	for i := range a.vms.table.Rows {
		if problems[a.vms.table.Rows[i].Ref] {
			at = append(at, i)
		}
	}
	return at
}

func (a *App) whyNoProblem() text.SafeText {
	if len(a.problemRows()) == 0 {
		return "nothing that is listed is one"
	}
	return ""
}

// nextProblem goes to the next problem down or up, and on from the other end.
func (a *App) nextProblem(step int) tea.Cmd {
	rows := a.problemRows()
	if len(rows) == 0 {
		return a.warn("Next problem: " + a.whyNoProblem())
	}
	next, found := slices.BinarySearch(rows, a.vms.table.Cursor)
	switch {
	case step < 0:
		next--
	case found:
		next++
	}
	a.vms.table.Cursor = rows[(next+len(rows))%len(rows)]
	a.vms.table.Settle()
	return nil
}
