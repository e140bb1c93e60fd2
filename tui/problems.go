package tui

import (
	"slices"

	"microtui/model"
	"microtui/model/text"
	"microtui/tui/intent"
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
func (a *App) nextProblem(step int) intent.Intent {
	rows := a.problemRows()
	if len(rows) == 0 {
		return intent.Warn("Next problem: " + a.whyNoProblem())
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
