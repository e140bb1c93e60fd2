package work

import (
	"time"

	"microtui/model"
	"microtui/model/text"
	"microtui/tone"
	"microtui/tui/intent"
	"microtui/wording"
)

// ended tells how an operation ended, in one line.
func ended(o *model.Operation) intent.Message {
	account := o.Account()
	m := intent.Message{Role: tone.Operation(o.State), Text: wording.OperationTitle(o), More: true}
	switch {
	case o.State == model.OperationInterrupted:
		m.Text += ": interrupted"
		m.Key = intent.Mention{Before: ": ", Command: "operations", After: " to settle it"}
	case len(account.Left) > 0 && len(o.Plan.Items) > 1:
		m.Text += text.Safef(": %d of %d not done: %s: %s", len(account.Left), len(o.Plan.Items), account.Left[0].Ref.Name, account.Left[0].Reason)
	case len(account.Left) > 0:
		m.Text += ": not done: " + text.Safe(account.Left[0].Reason)
	default:
		m.Text += ": done"
		if account.Freed > 0 {
			m.Text += ", freed " + model.FormatBytes(account.Freed)
		}
		m.Key = intent.Mention{Before: " (", Command: "operations", After: " shows its steps)"}
		m.More = false
	}
	return m
}

// pendingOperations adds what rows show of things that operations work on.
func (w *Work) pendingOperations(all map[model.Ref]Pending, ellipsis text.SafeText) {
	for _, o := range w.In(model.OperationRunning) {
		for at, item := range o.Plan.Items {
			if !itemOver(o, at) {
				all[item.Ref] = itemPending(o, at, w.Now, ellipsis)
			}
		}
	}
}

func itemPending(o *model.Operation, at int, now time.Time, ellipsis text.SafeText) Pending {
	for n, report := range o.Steps[at] {
		if report.State == model.StepRunning {
			return Pending{wording.Doing(o.Plan.Action) + ellipsis, wording.StepDoing(o.Plan.Items[at].Steps[n], report, now)}
		}
	}
	return Pending{"queued", o.Plan.Action.Verb() + " waits for its turn"}
}
