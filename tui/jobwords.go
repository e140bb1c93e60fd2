package tui

import (
	"time"

	"microtui/model"
	"microtui/styles"
	"microtui/tone"
	"microtui/wording"
)

// told is how an order ended, in one line.
func (j *job) told() model.SafeText { return wording.Outcome(j.order, j.outcome) }

// results are the results in the order in which a summary counts them.
var results = []model.Result{model.ResultDone, model.ResultUnchanged, model.ResultFailed, model.ResultRefused}

// summary tells how the orders of a batch ended: all of one alone, the counts
// of several with the first that went wrong.
func (b *batch) summary() message {
	if len(b.jobs) == 1 {
		j := b.jobs[0]
		return message{Role: tone.Result(j.outcome.Result), Text: j.told()}
	}
	m := message{Role: styles.Good, Text: wording.Verb(b.action) + ": ", More: true}
	var wrong model.SafeText
	parts := 0
	for _, result := range results {
		n := 0
		for _, j := range b.jobs {
			if j.outcome.Result != result {
				continue
			}
			if n++; wrong == "" && (result == model.ResultFailed || result == model.ResultRefused) {
				wrong = ": " + model.Safe(j.order.VM) + ": " + model.Safe(j.outcome.Reason)
			}
		}
		if n == 0 {
			continue
		}
		if parts++; parts > 1 {
			m.Text += ", "
		}
		m.Text += model.Safef("%d %s", n, result)
		if result == model.ResultFailed || m.Role == styles.Good && result != model.ResultDone {
			m.Role = tone.Result(result)
		}
	}
	m.Text += wrong
	return m
}

// pending is what a row shows of a VM while an order for it is on its way.
type pending struct{ state, notes model.SafeText }

// pending are the VMs with an order on its way.
func (q *jobs) pending(g styles.Glyphs) map[model.Ref]pending {
	var all map[model.Ref]pending
	for _, j := range q.list {
		if all == nil {
			all = map[model.Ref]pending{}
		}
		all[model.Ref{Kind: model.KindVM, Name: j.order.VM}] = j.pending(q.now, g)
	}
	return all
}

func (j *job) pending(now time.Time, g styles.Glyphs) pending {
	doing := wording.Doing(j.order.Action) + model.Safe(model.Raw(g.Ellipsis))
	switch j.phase {
	case waiting:
		return pending{"queued", wording.Verb(j.order.Action) + " waits for its turn"}
	case settled:
		return pending{doing, "done"}
	}
	notes := elapsed(j.news, now)
	if now := model.Safe(j.news.Activity); now != "" {
		notes += ": " + now
	}
	return pending{doing, notes}
}

// elapsed is "12 s of 150 s", or "12 s" where the unit sets no limit.
func elapsed(p model.Progress, now time.Time) model.SafeText {
	took := max(0, now.Sub(p.Since))
	if p.Since.IsZero() {
		took = 0
	}
	text := model.Safef("%d s", took/time.Second)
	if !p.Limit.IsZero() && p.Limit.After(p.Since) {
		text += model.Safef(" of %d s", p.Limit.Sub(p.Since).Round(time.Second)/time.Second)
	}
	return text
}
