package tui

import (
	"context"
	"time"

	"microtui/model"
	"microtui/model/text"
	"microtui/tui/dialog"
	"microtui/tui/intent"
)

// update builds what the flakes of the targets say now.
func (a *App) update() intent.Intent {
	names, marked := a.targets()
	if why := a.whyNot(model.ActionUpdate); why != "" {
		return intent.Warn("Update: " + why)
	}
	options := dialog.PlanOptions{Make: func(i model.Inventory, _ bool) model.Plan { return model.PlanBuild(i, names) }}
	if marked {
		options.Marked = names
	}
	made := model.PlanBuild(a.Plans(), names)
	if word, _ := made.Consent(); word != "" || len(made.Items) == 0 {
		return a.propose(options)
	}
	a.openDialog(dialog.NewBuild(made, options.Marked))
	return nil
}

// create asks what a new VM is to be made of. It asks nothing that acts, so that
// what is typed ahead counts.
func (a *App) create() intent.Intent {
	if why := a.whyNotCreate(); why != "" {
		return intent.Warn("Create: " + why)
	}
	a.dialog.OpenAtOnce(dialog.NewCreate(&a.Scene))
	return nil
}

func (a *App) whyNotCreate() text.SafeText { return a.OperationReason(model.ActionCreate, "") }

// rollback proposes to switch back to what the targets had before.
func (a *App) rollback() intent.Intent {
	names, marked := a.targets()
	if why := a.whyNot(model.ActionRollback); why != "" {
		return intent.Warn("Roll back: " + why)
	}
	options := dialog.PlanOptions{
		Make:  func(i model.Inventory, restart bool) model.Plan { return model.PlanRollback(i, names, restart) },
		Offer: &dialog.Offer{Key: "r", Text: "restart"},
		Compare: func(i model.Inventory) []model.Comparison {
			var all []model.Comparison
			for _, name := range names {
				if current, old := dialog.Runners(i, name); current != "" && old != "" {
					all = append(all, model.Comparison{VM: name, Before: current, After: old})
				}
			}
			return all
		},
	}
	if marked {
		options.Marked = names
	}
	return a.propose(options)
}

// goodbye is how long the end of the program waits for a build to be given up.
const goodbye = 500 * time.Millisecond

// giveUpBuild ends, with the program, what only its dialog wanted.
func (a *App) giveUpBuild() {
	if !a.dialog.IsOpen() {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(a.ctx), goodbye)
	defer cancel()
	switch left := a.dialog.Dialog.Left().(type) {
	case intent.Unwanted:
		_ = a.operator.CancelOperation(ctx, left.ID)
	case intent.Discard:
		_ = a.operator.Discard(ctx, left.Build)
	}
}
