package tui

import (
	"microtui/model"
	"microtui/model/text"
	"microtui/tui/dialog"
	"microtui/tui/intent"
	"microtui/wording"
)

// targets are the VMs that an action is for: those that are marked, else the
// selected one; on a page about a VM that one.
func (a *App) targets() (vms []model.Raw, marked bool) {
	switch {
	case a.page == pageDetail && a.detail.About.VM != nil:
		return []model.Raw{a.detail.Ref.Name}, false
	case a.page != pageTable:
		return nil, false
	}
	return a.vms.Targets(&a.Scene)
}

// reasonForAll says why an action cannot run on any of the targets.
func (a *App) reasonForAll(action model.Action) text.SafeText {
	vms, _ := a.targets()
	if len(vms) == 0 {
		return "no VM is selected"
	}
	for _, vm := range vms {
		if a.Reason(action, vm) == "" {
			return ""
		}
	}
	return a.Reason(action, vms[0])
}

// ask asks whether an action is to be done, or says why it cannot be. A start
// that breaks nothing is done at once, unless sure is asked for.
func (a *App) ask(action model.Action, sure bool) intent.Intent {
	a.dialog.Close()
	if why := a.reasonForAll(action); why != "" {
		return intent.Warn(wording.Capital(wording.Verb(action)) + ": " + why)
	}
	vms, marked := a.targets()
	c := dialog.NewConfirmation(&a.Scene, action, vms, marked)
	if action == model.ActionStart && len(vms) == 1 && !sure && !c.Warns() {
		return a.Work.Give(c.Orders(), a.keyTime)
	}
	a.openDialog(c)
	return nil
}

func (a *App) openDialog(d dialog.Dialog) { a.dialog.Open(d, a.keyTime) }

// answer gives a key to the dialog.
func answer(key dialog.Key) func(*App) intent.Intent {
	return func(a *App) intent.Intent {
		return a.dialog.Become(a.dialog.Press(key, &a.Scene, a.commands), a.keyTime)
	}
}

// choose gives the key of a command to the dialog, which has a line for it.
func choose(command string) func(*App) intent.Intent {
	return func(a *App) intent.Intent { return a.dialog.Become(a.dialog.Dialog.Choose(command), a.keyTime) }
}

// cancelJobs takes back what the targets wait for.
func (a *App) cancelJobs() intent.Intent {
	a.dialog.Close()
	vms, _ := a.targets()
	then := a.Work.Cancel(vms, a.keyTime)
	if then == nil {
		return intent.Warn("Cancel: " + a.reasonToCancel())
	}
	return then
}

func (a *App) reasonToCancel() text.SafeText {
	vms, _ := a.targets()
	for _, vm := range vms {
		if _, open := a.Work.Ordered(vm); open {
			return ""
		}
	}
	return "no pending jobs"
}
