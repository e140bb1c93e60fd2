package tui

import (
	"microtui/model"
	"microtui/model/text"
	"microtui/tui/dialog"
	"microtui/tui/intent"
)

// snapshot proposes to copy the volumes of the targets.
func (a *App) snapshot() intent.Intent {
	return a.proposeForTargets(model.ActionSnapshot, "Snapshot: ", func(i model.Inventory, vms []model.Raw) model.Plan {
		return model.PlanSnapshot(i, vms, "")
	})
}

// revert proposes to bring back the newest snapshots of the targets.
func (a *App) revert() intent.Intent {
	return a.proposeForTargets(model.ActionRevert, "Restore volumes: ", model.PlanRevert)
}

// proposeForTargets proposes a plan for the targets, or says why there is none.
func (a *App) proposeForTargets(action model.Action, what text.SafeText, plan func(i model.Inventory, vms []model.Raw) model.Plan) intent.Intent {
	a.dialog.Close()
	if why := a.whyNot(action); why != "" {
		return intent.Warn(what + why)
	}
	names, marked := a.targets()
	options := dialog.PlanOptions{Make: func(i model.Inventory, _ bool) model.Plan { return plan(i, names) }}
	if marked {
		options.Marked = names
	}
	return a.propose(options)
}
