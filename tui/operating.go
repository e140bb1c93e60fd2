package tui

import (
	"microtui/model"
	"microtui/model/text"
	"microtui/tui/dialog"
	"microtui/tui/intent"
	"microtui/tui/scene"
	"microtui/wording"
)

// What begins operations: which things they are for, and why they cannot be
// begun.

// propose opens a dialog for a plan, or says why there is none.
func (a *App) propose(o dialog.PlanOptions) intent.Intent {
	p, why := dialog.NewPlan(&a.Scene, o)
	if why != "" {
		a.dialog.Close()
		return intent.Warn(why)
	}
	a.openDialog(p)
	return nil
}

// whyNot says why an operation can be begun on none of the targets.
func (a *App) whyNot(action model.Action) text.SafeText {
	if why := a.Blocked(); why != "" {
		return why
	}
	vms, _ := a.targets()
	if len(vms) == 0 {
		return "no VM is selected"
	}
	for _, vm := range vms {
		if a.OperationReason(action, vm) == "" {
			return ""
		}
	}
	return a.OperationReason(action, vms[0])
}

// selectedLeftover is the leftover that keys are for.
func (a *App) selectedLeftover() (model.Ref, bool) {
	ref, ok := a.selectedRef()
	return ref, ok && a.Shot.Leftover(ref) != nil
}

// meansLeftover reports whether keys are for a leftover, of which nothing runs.
func (a *App) meansLeftover() bool {
	ref, ok := a.selectedRef()
	if !ok || ref.Kind == model.KindVM {
		return false
	}
	_, marked := a.targets()
	return !marked
}

func (a *App) meansVM() bool { return !a.meansLeftover() }

// listsOrMeansLeftover leaves out the page about a VM, which has more to say.
func (a *App) listsOrMeansLeftover() bool { return a.page != pageDetail || a.meansLeftover() }

// selectedRef is the thing that keys are for: that of the page, or the one
// under the cursor.
func (a *App) selectedRef() (model.Ref, bool) {
	if a.page == pageDetail {
		return a.detail.Ref, true
	}
	return a.list().Selected()
}

// whyNotPurge says why nothing of what is selected can be purged.
func (a *App) whyNotPurge() text.SafeText {
	if _, marked := a.targets(); !marked {
		if ref, ok := a.selectedLeftover(); ok {
			return a.whyNotLeftover(ref)
		}
	}
	return a.whyNot(model.ActionPurge)
}

func (a *App) whyNotLeftover(ref model.Ref) text.SafeText {
	if why := a.Blocked(); why != "" {
		return why
	}
	if ref.Kind == model.KindStateDir {
		return a.OperationReason(model.ActionPurge, ref.Name)
	}
	if l := a.Shot.Leftover(ref); l != nil && l.Verdict != model.VerdictOrphan {
		return "it is not a proven leftover"
	}
	return a.OperationReason(model.ActionCleanUp, "")
}

// purge proposes to remove what is selected: VMs into the trash, a leftover as
// clean-up would.
func (a *App) purge() intent.Intent {
	a.dialog.Close()
	names, marked := a.targets()
	ref, loose := a.selectedLeftover()
	loose = loose && !marked
	if why := a.whyNotPurge(); why != "" {
		return intent.Warn("Purge: " + a.fullReason(ref, loose, why))
	}
	if loose && ref.Kind != model.KindStateDir {
		return a.propose(dialog.PlanOptions{Make: func(i model.Inventory, _ bool) model.Plan { return model.PlanLeftover(i, ref) }})
	}
	if loose {
		names = []model.Raw{ref.Name}
	}
	options := dialog.PlanOptions{
		Make: func(i model.Inventory, now bool) model.Plan {
			return model.PlanPurge(i, names, model.PurgeOptions{Now: now})
		},
		Offer: &dialog.Offer{Key: a.commands.Of("take-choice"), Text: "for good"},
	}
	if marked {
		options.Marked = names
	}
	return a.propose(options)
}

// fullReason is why a leftover cannot be cleared away, with what is known of
// it: a hint asks for less.
func (a *App) fullReason(ref model.Ref, loose bool, why text.SafeText) text.SafeText {
	if !loose || a.Blocked() != "" || ref.Kind == model.KindStateDir {
		return why
	}
	if p := model.PlanLeftover(a.Plans(), ref); len(p.Refused) > 0 {
		return text.Safe(p.Refused[0].Reason)
	}
	return why
}

// cleanUp proposes to clear away all that is a proven leftover.
func (a *App) cleanUp() intent.Intent {
	a.dialog.Close()
	if why := a.whyNotCleanUp(); why != "" {
		return intent.Warn("Clean up: " + why)
	}
	return a.propose(dialog.PlanOptions{
		Make:  func(i model.Inventory, _ bool) model.Plan { return model.PlanCleanUp(i, model.CleanUpOptions{}) },
		Ticks: true,
	})
}

func (a *App) whyNotCleanUp() text.SafeText {
	if why := a.OperationReason(model.ActionCleanUp, ""); why != "" {
		return why
	}
	if a.orphans == 0 && !a.hasExpired() {
		return "nothing was left behind"
	}
	return ""
}

func (a *App) hasExpired() bool {
	i := a.Shot.Inventory
	for at := range i.Trash {
		if e := &i.Trash[at]; !e.ExpiresAt.IsZero() && e.ExpiresAt.Before(i.At) {
			return true
		}
	}
	return false
}

// roomyHints is the width from which hints can be wordy.
const roomyHints = 100

// cleanUpHint is what the hint line calls it.
func (a *App) cleanUpHint() text.SafeText {
	switch n := a.orphans; {
	case n > 0 && a.width < roomyHints:
		return text.Safef("clean up %d", n)
	case n > 0:
		return text.Safef("clean up %d orphan%s", n, wording.Plural(n))
	}
	return "clean up"
}

// The trash.

// selectedEntry is the entry of the trash that keys are for; nil: none.
func (a *App) selectedEntry() *model.TrashEntry {
	if a.page == pageDetail {
		return a.detail.About.Entry
	}
	if ref, ok := a.list().Selected(); ok {
		return a.Shot.Entry(ref)
	}
	return nil
}

func (a *App) whyNotEntry(action model.Action) text.SafeText {
	e := a.selectedEntry()
	if e == nil {
		return "nothing is selected"
	}
	return a.OperationReason(action, model.Raw(e.ID))
}

// restore proposes to bring back what is selected.
func (a *App) restore() intent.Intent {
	if why := a.whyNotEntry(model.ActionRestore); why != "" {
		return intent.Warn("Restore: " + why)
	}
	id := model.Raw(a.selectedEntry().ID)
	return a.propose(dialog.PlanOptions{Make: func(i model.Inventory, _ bool) model.Plan { return model.PlanRestore(i, []model.Raw{id}) }})
}

// deleteEntry proposes to delete what is selected for good.
func (a *App) deleteEntry() intent.Intent {
	if why := a.whyNotEntry(model.ActionEmpty); why != "" {
		return intent.Warn("Delete for good: " + why)
	}
	id := model.Raw(a.selectedEntry().ID)
	return a.propose(dialog.PlanOptions{Make: func(i model.Inventory, _ bool) model.Plan { return model.PlanEmpty(i, []model.Raw{id}) }})
}

// emptyTheTrash proposes to delete all of it for good.
func (a *App) emptyTheTrash() intent.Intent {
	if why := a.whyNotEmpty(); why != "" {
		return intent.Warn("Empty the trash: " + why)
	}
	return a.propose(dialog.PlanOptions{Make: func(i model.Inventory, _ bool) model.Plan { return model.PlanEmpty(i, nil) }})
}

func (a *App) whyNotEmpty() text.SafeText {
	switch why := a.Blocked(); {
	case why != "":
		return why
	case !a.Shot.Inventory.Host.Privileged:
		return "not permitted: run as root"
	case len(a.Shot.Inventory.Trash) == 0:
		return "it is empty"
	}
	return ""
}

// Operations.

// selectedOperation is the operation that keys are for; nil: none.
func (a *App) selectedOperation() *model.Operation {
	ref, ok := a.selectedRef()
	if !ok || ref.Kind != scene.KindOperation {
		return nil
	}
	return a.Work.Operation(string(ref.Name))
}

func (a *App) cancelSelected() intent.Intent {
	if why := a.whyNotCancel(); why != "" {
		return intent.Warn("Cancel: " + why)
	}
	return intent.CancelOperation{ID: a.selectedOperation().ID}
}

func (a *App) whyNotCancel() text.SafeText {
	o := a.selectedOperation()
	switch why := a.Blocked(); {
	case why != "":
		return why
	case o == nil:
		return "no operation is selected"
	case o.State != model.OperationRunning:
		return "it is " + wording.Of(o.State)
	}
	return ""
}

// settleOperation asks about the operation that is selected.
func (a *App) settleOperation() intent.Intent {
	if why := a.reasonToSettle(); why != "" {
		return intent.Warn("Settle: " + why)
	}
	a.openDialog(dialog.NewSettle(a.selectedOperation()))
	return nil
}

func (a *App) reasonToSettle() text.SafeText {
	o := a.selectedOperation()
	switch why := a.Blocked(); {
	case why != "":
		return why
	case o == nil:
		return "no operation is selected"
	case o.State != model.OperationInterrupted:
		return "it is " + wording.Of(o.State) + ": there is nothing to settle"
	case !a.Shot.Inventory.Host.Privileged:
		return "not permitted: run as root"
	}
	return ""
}

// askToKeep asks whether the VM is to be kept.
func (a *App) askToKeep() intent.Intent {
	why, vm := a.reasonToKeep()
	if why != "" {
		return intent.Warn("Keep: " + why)
	}
	a.openDialog(dialog.NewKeep(&a.Scene, vm))
	return nil
}

// keepText is what the menu calls it.
func (a *App) keepText() text.SafeText {
	if vms, _ := a.targets(); len(vms) == 1 {
		if _, kept := a.Shot.Inventory.Keeps(vms[0]); kept {
			return "remove it from the keep list"
		}
	}
	return "keep it: never treat it as a leftover"
}

func (a *App) reasonToKeep() (text.SafeText, model.Raw) {
	vms, marked := a.targets()
	switch why := a.Blocked(); {
	case why != "":
		return why, ""
	case marked:
		return "one VM at a time; clear the marks first", ""
	case len(vms) == 0:
		return "no VM is selected", ""
	case !a.Shot.Inventory.Host.Privileged:
		return "not permitted: run as root", ""
	}
	return "", vms[0]
}
