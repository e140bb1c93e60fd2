package work

import (
	"time"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tone"
	"microtui/tui/intent"
	"microtui/wording"
)

// told is how an order ended, in one line.
func (j *job) told() text.SafeText { return wording.Outcome(j.order, j.outcome) }

// results are the results in the order in which a summary counts them.
var results = []model.Result{model.ResultDone, model.ResultUnchanged, model.ResultFailed, model.ResultRefused}

// summary tells how the orders of a batch ended: all of one alone, the counts
// of several with the first that went wrong.
func (b *batch) summary() intent.Message {
	if len(b.jobs) == 1 {
		j := b.jobs[0]
		return intent.Message{Role: tone.Result(j.outcome.Result), Text: j.told()}
	}
	m := intent.Message{Role: styles.Good, Text: wording.Verb(b.action) + ": ", More: true}
	parts := 0
	for _, result := range results {
		n := b.count(result)
		if n == 0 {
			continue
		}
		if parts++; parts > 1 {
			m.Text += ", "
		}
		m.Text += text.Safef("%d %s", n, result)
		if result == model.ResultFailed || m.Role == styles.Good && result != model.ResultDone {
			m.Role = tone.Result(result)
		}
	}
	m.Text += b.firstWrong()
	return m
}

func (b *batch) count(result model.Result) (n int) {
	for _, j := range b.jobs {
		if j.outcome.Result == result {
			n++
		}
	}
	return n
}

// firstWrong is ": VM: reason" of the first order that failed, or else was
// refused.
func (b *batch) firstWrong() text.SafeText {
	for _, result := range []model.Result{model.ResultFailed, model.ResultRefused} {
		for _, j := range b.jobs {
			if j.outcome.Result == result {
				return ": " + text.Safe(j.order.VM) + ": " + text.Safe(j.outcome.Reason)
			}
		}
	}
	return ""
}

func (j *job) pending(now time.Time, ellipsis text.SafeText) Pending {
	doing := wording.Doing(j.order.Action) + ellipsis
	switch j.phase {
	case waiting:
		return Pending{"queued", wording.Verb(j.order.Action) + " waits for its turn"}
	case settled:
		return Pending{doing, "done"}
	}
	notes := wording.Elapsed(j.news, now)
	if now := text.Safe(j.news.Activity); now != "" {
		notes += ": " + now
	}
	return Pending{doing, notes}
}
