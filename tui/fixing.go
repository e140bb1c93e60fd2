package tui

import (
	"slices"

	"microtui/model"
	"microtui/model/doctor"
	"microtui/model/text"
	"microtui/tui/detail"
	"microtui/tui/dialog"
	"microtui/tui/intent"
	"microtui/tui/scene"
	"microtui/wording"
)

// What fixes a finding: the same plans, and the same dialogs, as everywhere.

// fixing says what would fix a finding, and why it cannot be done now.
func (a *App) fixing(f *model.Finding) detail.Fixing {
	if f == nil || f.Fix == nil || len(f.Fix.Refs) == 0 {
		return detail.Fixing{}
	}
	m := detail.Fixing{Text: fixText(f.Fix), Why: a.whyNotFixed(f.Fix)}
	if all := doctor.FixAll(a.Shot.Inventory.Findings, f.Rule); all != nil && len(all.Refs) > len(f.Fix.Refs) {
		m.More = "it asks first and offers " + allOf(len(all.Refs)) + " with this finding"
		if all.Action == model.ActionRestart {
			m.More += ", one after the other"
		}
	} else {
		m.More = "it asks first"
	}
	return m
}

// allOf is "both", or "all 3".
func allOf(n int) text.SafeText {
	if n == 2 {
		return "both"
	}
	return text.Safef("all %d", n)
}

func fixText(m *model.Fix) text.SafeText {
	line := m.Action.Verb()
	if m.Action == model.ActionStart {
		line = wording.Verb(m.Action)
	}
	for at, ref := range m.Refs {
		if at > 0 {
			line += ","
		}
		line += " " + wording.Subject(ref)
	}
	return line
}

func (a *App) whyNotFixed(m *model.Fix) text.SafeText {
	if m.Action == model.ActionStart {
		return a.Reason(m.Action, m.Refs[0].Name)
	}
	for _, ref := range m.Refs {
		name := ref.Name
		if m.Action == model.ActionCleanUp {
			name = "" // clean-up is barred for the host, not for a thing
		}
		if why := a.OperationReason(m.Action, name); why != "" {
			return why
		}
	}
	return ""
}

// whyNotFix says why the finding that is selected cannot be fixed.
func (a *App) whyNotFix() text.SafeText {
	f := a.selectedFinding()
	switch m := a.fixing(f); {
	case f == nil:
		return "no finding is selected"
	case m.Text == "":
		line := text.SafeText("microtui cannot fix this")
		switch {
		case a.page == pageDetail && len(f.Advice) > 0:
			return line + "; see \"What to do\""
		case a.page == pageDetail:
			return line
		}
		return line + a.commands.Mention("; ", "detail", " shows what to do")
	default:
		return m.Why
	}
}

// fix proposes what fixes the finding that is selected.
func (a *App) fix() intent.Intent {
	if why := a.whyNotFix(); why != "" {
		return intent.Warn("Fix: " + why)
	}
	ref, _ := a.selectedRef()
	f := a.selectedFinding()
	if f.Fix.Action == model.ActionStart {
		a.openDialog(dialog.NewConfirmation(&a.Scene, model.ActionStart, []model.Raw{f.Fix.Refs[0].Name}, false))
		return nil
	}
	action, rule := f.Fix.Action, f.Rule
	p := dialog.PlanOptions{Make: func(i model.Inventory, all bool) model.Plan {
		if all {
			return fixPlan(i, action, doctor.FixAll(i.Findings, rule))
		}
		return fixPlan(i, action, fixOf(i.Findings, ref))
	}}
	if all := doctor.FixAll(a.Shot.Inventory.Findings, rule); all != nil && len(all.Refs) > len(f.Fix.Refs) {
		p.Offer = &dialog.Offer{Key: a.commands.Of("take-choice"), Text: allOf(len(all.Refs)) + " with this finding"}
	}
	return a.propose(p)
}

// fixOf is what fixes the finding at an address now; nil: it is fixed.
func fixOf(found []model.Finding, ref model.Ref) *model.Fix {
	if at := slices.Index(scene.Addresses(found), ref); at >= 0 {
		return found[at].Fix
	}
	return nil
}

// fixPlan is the plan that fixes findings.
func fixPlan(i model.Inventory, action model.Action, m *model.Fix) model.Plan {
	if m == nil || len(m.Refs) == 0 {
		return model.Plan{Action: action}
	}
	names := make([]model.Raw, len(m.Refs))
	for at, ref := range m.Refs {
		names[at] = ref.Name
	}
	switch m.Action {
	case model.ActionRestart:
		return model.PlanRestart(i, names)
	case model.ActionPurge:
		return model.PlanPurge(i, names, model.PurgeOptions{})
	case model.ActionReset:
		return model.PlanReset(i, names)
	case model.ActionCleanUp:
		if len(m.Refs) == 1 {
			return model.PlanLeftover(i, m.Refs[0])
		}
		isOne := func(ref model.Ref) bool { return slices.Contains(m.Refs, ref) }
		return model.PlanCleanUp(i, model.CleanUpOptions{}).TickOnly(isOne).Chosen()
	}
	return model.Plan{Action: action}
}
