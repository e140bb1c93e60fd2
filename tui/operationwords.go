package tui

import (
	"time"

	"microtui/model"
	"microtui/styles"
	"microtui/tone"
	"microtui/tui/draw"
	"microtui/wording"
)

// failure is the message about something that was asked for in vain.
func failure(what model.SafeText, err error) message {
	return message{Role: styles.Bad, Text: what + ": " + model.Safe(model.Raw(err.Error()))}
}

// ended tells how an operation ended, in one line.
func ended(o *model.Operation, keys keyring) message {
	account := o.Account()
	m := message{Role: tone.Operation(o.State), Text: wording.OperationTitle(o), More: true}
	switch {
	case o.State == model.OperationInterrupted:
		m.Text += ": interrupted" + keys.Mention(": ", "operations", " to settle it")
	case len(account.Left) > 0 && len(o.Plan.Items) > 1:
		m.Text += model.Safef(": %d of %d not done: %s: %s", len(account.Left), len(o.Plan.Items), account.Left[0].Ref.Name, account.Left[0].Reason)
	case len(account.Left) > 0:
		m.Text += ": not done: " + model.Safe(account.Left[0].Reason)
	default:
		m.Text += ": done"
		if account.Freed > 0 {
			m.Text += ", freed " + model.FormatBytes(account.Freed)
		}
		m.Text += keys.Mention(" (", "operations", " shows its steps)")
		m.More = false
	}
	return m
}

// pending adds what rows show of things that operations work on.
func (q *operations) pending(all map[model.Ref]pending, now time.Time, g styles.Glyphs) map[model.Ref]pending {
	for _, o := range q.in(model.OperationRunning) {
		for at, item := range o.Plan.Items {
			if itemOver(o, at) {
				continue
			}
			if all == nil {
				all = map[model.Ref]pending{}
			}
			all[item.Ref] = itemPending(o, at, now, g)
		}
	}
	return all
}

func itemPending(o *model.Operation, at int, now time.Time, g styles.Glyphs) pending {
	for n, report := range o.Steps[at] {
		if report.State == model.StepRunning {
			word := wording.Doing(o.Plan.Action) + model.Safe(model.Raw(g.Ellipsis))
			return pending{word, wording.StepDoing(o.Plan.Items[at].Steps[n], report, now)}
		}
	}
	return pending{"queued", o.Plan.Action.Verb() + " waits for its turn"}
}

// counts are the figures of the page.
func (q *operations) counts() []draw.Figure {
	var figures []draw.Figure
	for _, state := range []model.OperationState{model.OperationRunning, model.OperationInterrupted, model.OperationFailed} {
		if n := len(q.in(state)); n > 0 {
			figures = append(figures, draw.Figure{Run: draw.Run{Role: tone.Operation(state), Text: model.Safef("%d %s", n, state)}, Rank: 1})
		}
	}
	return figures
}

// figures say in the head line what operations do.
func (q *operations) figures() []draw.Figure {
	var figures []draw.Figure
	switch running := q.in(model.OperationRunning); len(running) {
	case 0:
	case 1:
		over, of := running[0].Progress()
		text := running[0].Plan.Action.Verb() + model.Safef(" %d/%d", over, of)
		figures = append(figures, draw.Figure{Run: draw.Run{Role: styles.Busy, Text: text}, Rank: 0})
	default:
		figures = append(figures, draw.Figure{Run: draw.Run{Role: styles.Busy, Text: model.Safef("%d operations", len(running))}, Rank: 0})
	}
	return figures
}
