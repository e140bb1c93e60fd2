package tui

import (
	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/styles"
	"microtui/wording"
)

// targets are the VMs that an action is for: those that are marked, else the
// selected one; on a page about a VM that one. Marked ones come in the order
// of their names.
func (a *App) targets() (vms []model.Raw, marked bool) {
	switch {
	case a.page == pageDetail && a.detail.About.VM != nil:
		return []model.Raw{a.detail.Ref.Name}, false
	case a.page != pageTable:
		return nil, false
	}
	if all := a.marked(); len(all) > 0 {
		for i := range a.shot.Inventory.VMs {
			if vm := &a.shot.Inventory.VMs[i]; all[vm.Ref()] {
				vms = append(vms, vm.Name)
			}
		}
		return vms, true
	}
	if ref, ok := a.table.Selected(); ok && ref.Kind == model.KindVM {
		vms = []model.Raw{ref.Name}
	}
	return vms, false
}

// startedReadOnly says why nothing can be changed, and what would help.
const startedReadOnly model.SafeText = "read-only: started with --read-only"

// reason says why an action cannot run on a VM; empty: it can.
func (a *App) reason(action model.Action, vm model.Raw) model.SafeText {
	switch {
	case a.options.Recorded:
		return "this is a recorded observation"
	case a.options.ReadOnly:
		return startedReadOnly
	case a.actor == nil:
		return "this host cannot be changed"
	}
	if j := a.jobs.of(vm); j != nil && j.phase != settled && !outranks(action, j.order.Action) {
		return wording.UnderWay(j.order.Action, vm)
	}
	if o := a.ops.workingOn(vm); o != nil {
		return wording.UnderWay(o.Plan.Action, vm)
	}
	return model.Safe(model.Reason(a.shot.Inventory, action, vm))
}

// outranks reports whether an action may be ordered while another is waited
// for: who started something may want to stop it, and harder still.
func outranks(action, waited model.Action) bool {
	rank := map[model.Action]int{model.ActionStop: 1, model.ActionKill: 2}
	return rank[action] > rank[waited]
}

// reasonForAll says why an action cannot run on any of the targets.
func (a *App) reasonForAll(action model.Action) model.SafeText {
	vms, _ := a.targets()
	if len(vms) == 0 {
		return "no VM is selected"
	}
	for _, vm := range vms {
		if a.reason(action, vm) == "" {
			return ""
		}
	}
	return a.reason(action, vms[0])
}

// ask asks whether an action is to be done, or says why it cannot be. A start
// that breaks nothing is done at once, unless sure is asked for.
func (a *App) ask(action model.Action, sure bool) tea.Cmd {
	a.closeDialog()
	if why := a.reasonForAll(action); why != "" {
		return a.tell(message{Role: styles.Warn, Text: wording.Capital(wording.Verb(action)) + ": " + why})
	}
	vms, marked := a.targets()
	c := newConfirm(a, action, vms, marked)
	if action == model.ActionStart && len(vms) == 1 && !sure && !c.warns() {
		return a.give(c.orders(), a.keyTime)
	}
	a.openDialog(c)
	return nil
}

// confirm does what the dialog asks.
func (a *App) confirm() tea.Cmd {
	switch c := a.dialog.content.(type) {
	case *proposal:
		c.agree()
	case *keeping:
		return c.do(a)
	case *settlement:
		return c.do(a)
	case *confirmation:
		return a.order(c)
	}
	return nil
}

// order gives the orders that a confirmation asks about.
func (a *App) order(c *confirmation) tea.Cmd {
	orders := c.orders()
	if len(orders) == 0 {
		return nil
	}
	a.closeDialog()
	if c.marked {
		a.marks.clear()
	}
	return a.give(orders, a.keyTime)
}

// cancelJobs takes back what the targets wait for: orders that have not begun
// are forgotten, jobs of systemd are cancelled.
func (a *App) cancelJobs() tea.Cmd {
	a.closeDialog()
	vms, _ := a.targets()
	var commands []tea.Cmd
	for _, vm := range vms {
		j := a.jobs.of(vm)
		switch {
		case j == nil || j.phase == settled:
		case j.phase == waiting:
			commands = append(commands, a.settle(j, model.Outcome{Result: model.ResultRefused, Reason: "cancelled before it began"}, a.keyTime))
		default:
			commands = append(commands, guarded(func() tea.Msg { return cancelledMsg{vm, a.actor.Cancel(a.ctx, vm)} }))
		}
	}
	if len(commands) == 0 {
		return a.warn("Cancel: " + a.reasonToCancel())
	}
	return tea.Batch(commands...)
}

func (a *App) reasonToCancel() model.SafeText {
	vms, _ := a.targets()
	for _, vm := range vms {
		if j := a.jobs.of(vm); j != nil && j.phase != settled {
			return ""
		}
	}
	return "nothing is waited for"
}

// cancelled tells what came of a request to cancel, where that is bad news;
// the order's own news tell the rest.
func (a *App) cancelled(msg cancelledMsg) tea.Cmd {
	if msg.err == nil {
		return nil
	}
	text := "cancel " + model.Safe(msg.vm) + ": " + model.Safe(model.Raw(msg.err.Error()))
	m := message{At: a.keyTime, Role: styles.Bad, Text: text}
	a.record.add(m)
	return a.tell(m)
}
