package tui

import (
	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/tui/scene"
	"microtui/wording"
)

// What begins operations: which things they are for, and why they cannot be
// begun.

// blocked says why no operation can be begun on this host; empty: they can.
func (a *App) barred() model.SafeText {
	switch {
	case a.options.Recorded:
		return "this is a recorded observation"
	case a.options.ReadOnly:
		return startedReadOnly
	case a.operator == nil:
		return a.noOperator()
	}
	return ""
}

func (a *App) noOperator() model.SafeText {
	if a.options.Recorded {
		return "this is a recorded observation"
	}
	return "this host carries out no operations"
}

// plans is the inventory that plans are made from.
func (a *App) plans() model.Inventory {
	i := a.shot.Inventory
	i.ReadOnly = model.Raw(a.barred())
	return i
}

// reasonKey is a question that was asked of a snapshot.
type reasonKey struct {
	action model.Action
	name   model.Raw
}

// operationReason says why an operation on a thing cannot be begun; empty: it
// can. Without a name it is one on what belongs to no VM. What the rules say of a snapshot is asked once: hints ask on each
// frame.
func (a *App) operationReason(action model.Action, name model.Raw) model.SafeText {
	if why := a.barred(); why != "" {
		return why
	}
	if j := a.jobs.of(name); j != nil && j.phase != settled {
		return wording.UnderWay(j.order.Action, name)
	}
	if o := a.ops.workingOn(name); o != nil {
		return wording.UnderWay(o.Plan.Action, name)
	}
	key := reasonKey{action, name}
	why, known := a.reasons[key]
	if !known {
		why = model.Safe(model.ReasonFor(a.plans(), action, name))
		if a.reasons == nil {
			a.reasons = map[reasonKey]model.SafeText{}
		}
		a.reasons[key] = why
	}
	return why
}

// whyNot says why an operation can be begun on none of the targets.
func (a *App) whyNot(action model.Action) model.SafeText {
	if why := a.barred(); why != "" {
		return why
	}
	vms, _ := a.targets()
	if len(vms) == 0 {
		return "no VM is selected"
	}
	for _, vm := range vms {
		if a.operationReason(action, vm) == "" {
			return ""
		}
	}
	return a.operationReason(action, vms[0])
}

// selectedLeftover is the leftover that keys are for.
func (a *App) selectedLeftover() (model.Ref, bool) {
	ref, ok := a.selectedRef()
	return ref, ok && a.shot.Leftover(ref) != nil
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
	return a.listed().Selected()
}

// whyNotPurge says why nothing of what is selected can be purged.
func (a *App) whyNotPurge() model.SafeText {
	if _, marked := a.targets(); !marked {
		if ref, ok := a.selectedLeftover(); ok {
			return a.whyNotLeftover(ref)
		}
	}
	return a.whyNot(model.ActionPurge)
}

func (a *App) whyNotLeftover(ref model.Ref) model.SafeText {
	if why := a.barred(); why != "" {
		return why
	}
	if ref.Kind == model.KindStateDir {
		return a.operationReason(model.ActionPurge, ref.Name)
	}
	if l := a.shot.Leftover(ref); l != nil && l.Verdict != model.VerdictOrphan {
		return "it is no proven leftover"
	}
	return a.operationReason(model.ActionCleanUp, "")
}

// purge proposes to remove what is selected: VMs into the trash, a leftover as
// clean-up would.
func (a *App) purge() tea.Cmd {
	a.closeDialog()
	names, marked := a.targets()
	ref, loose := a.selectedLeftover()
	loose = loose && !marked
	if why := a.whyNotPurge(); why != "" {
		return a.warn("Purge: " + a.fullReason(ref, loose, why))
	}
	if loose && ref.Kind != model.KindStateDir {
		return a.propose(&proposal{plan: func(i model.Inventory, _ bool) model.Plan { return model.PlanLeftover(i, ref) }})
	}
	if loose {
		names = []model.Raw{ref.Name}
	}
	p := &proposal{
		plan: func(i model.Inventory, now bool) model.Plan {
			return model.PlanPurge(i, names, model.PurgeOptions{Now: now})
		},
		offer: &offer{a.commands.of("take-choice"), "for good"},
	}
	if marked {
		p.marked, p.hidden = len(names), a.hidden(names)
	}
	return a.propose(p)
}

// fullReason is why a leftover cannot be cleared away, with what is known of
// it: a hint asks for less.
func (a *App) fullReason(ref model.Ref, loose bool, why model.SafeText) model.SafeText {
	if !loose || a.barred() != "" || ref.Kind == model.KindStateDir {
		return why
	}
	if p := model.PlanLeftover(a.plans(), ref); len(p.Refused) > 0 {
		return model.Safe(p.Refused[0].Reason)
	}
	return why
}

// cleanUp proposes to clear away all that is a proven leftover.
func (a *App) cleanUp() tea.Cmd {
	a.closeDialog()
	if why := a.whyNotCleanUp(); why != "" {
		return a.warn("Clean up: " + why)
	}
	return a.propose(&proposal{
		plan: func(i model.Inventory, _ bool) model.Plan { return model.PlanCleanUp(i, model.CleanUpOptions{}) },
		list: &checklist{},
	})
}

func (a *App) whyNotCleanUp() model.SafeText {
	if why := a.operationReason(model.ActionCleanUp, ""); why != "" {
		return why
	}
	if a.orphans == 0 && !a.hasExpired() {
		return "nothing was left behind"
	}
	return ""
}

func (a *App) hasExpired() bool {
	i := a.shot.Inventory
	for at := range i.Trash {
		if e := &i.Trash[at]; !e.ExpiresAt.IsZero() && e.ExpiresAt.Before(i.At) {
			return true
		}
	}
	return false
}

// cleanUpHint is what the hint line calls it.
func (a *App) cleanUpHint() model.SafeText {
	if n := a.orphans; n > 0 {
		return model.Safef("clean up %d orphan%s", n, wording.Plural(n))
	}
	return "clean up"
}

// The trash.

// selectedEntry is the entry of the trash that keys are for; nil: none.
func (a *App) selectedEntry() *model.TrashEntry {
	if a.page == pageDetail {
		return a.detail.About.Entry
	}
	if ref, ok := a.listed().Selected(); ok {
		return a.shot.Entry(ref)
	}
	return nil
}

func (a *App) whyNotEntry(action model.Action) model.SafeText {
	e := a.selectedEntry()
	if e == nil {
		return "nothing is selected"
	}
	return a.operationReason(action, model.Raw(e.ID))
}

// restore proposes to bring back what is selected.
func (a *App) restore() tea.Cmd {
	if why := a.whyNotEntry(model.ActionRestore); why != "" {
		return a.warn("Restore: " + why)
	}
	id := model.Raw(a.selectedEntry().ID)
	return a.propose(&proposal{plan: func(i model.Inventory, _ bool) model.Plan { return model.PlanRestore(i, []model.Raw{id}) }})
}

// deleteEntry proposes to delete what is selected for good.
func (a *App) deleteEntry() tea.Cmd {
	if why := a.whyNotEntry(model.ActionEmpty); why != "" {
		return a.warn("Delete for good: " + why)
	}
	id := model.Raw(a.selectedEntry().ID)
	return a.propose(&proposal{plan: func(i model.Inventory, _ bool) model.Plan { return model.PlanEmpty(i, []model.Raw{id}) }})
}

// emptyTheTrash proposes to delete all of it for good.
func (a *App) emptyTheTrash() tea.Cmd {
	if why := a.whyNotEmpty(); why != "" {
		return a.warn("Empty the trash: " + why)
	}
	return a.propose(&proposal{plan: func(i model.Inventory, _ bool) model.Plan { return model.PlanEmpty(i, nil) }})
}

func (a *App) whyNotEmpty() model.SafeText {
	switch why := a.barred(); {
	case why != "":
		return why
	case !a.shot.Inventory.Host.Privileged:
		return "not permitted: run as root"
	case len(a.shot.Inventory.Trash) == 0:
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
	return a.ops.of(string(ref.Name))
}

func (a *App) cancelSelected() tea.Cmd {
	if why := a.whyNotCancel(); why != "" {
		return a.warn("Cancel: " + why)
	}
	return a.cancelOperation(a.selectedOperation().ID)
}

func (a *App) whyNotCancel() model.SafeText {
	o := a.selectedOperation()
	switch why := a.barred(); {
	case why != "":
		return why
	case o == nil:
		return "no operation is selected"
	case o.State != model.OperationRunning:
		return "it is " + wording.Of(o.State)
	}
	return ""
}
