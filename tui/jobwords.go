package tui

import (
	"strings"
	"time"

	"microtui/model"
	"microtui/styles"
)

// actionWords are how an action is called.
type actionWords struct {
	verb  model.SafeText // of a title: "Stop"
	doing model.SafeText // of a row while it goes on
	done  model.SafeText // of a result
}

var actions = map[model.Action]actionWords{
	model.ActionStart:   {"start", "starting", "started"},
	model.ActionStop:    {"stop", "stopping", "stopped"},
	model.ActionRestart: {"restart", "restarting", "restarted"},
	model.ActionKill:    {"power off", "powering off", "powered off"},
}

var resultRoles = map[model.Result]styles.Role{
	model.ResultDone:      styles.Good,
	model.ResultUnchanged: styles.Dim,
	model.ResultFailed:    styles.Bad,
	model.ResultRefused:   styles.Warn,
}

// capital writes a text of ours with a capital letter.
func capital(text model.SafeText) model.SafeText {
	return model.Safe(model.Raw(strings.ToUpper(string(text[:1])))) + text[1:]
}

// told is how an order ended, in one line.
func (j *job) told() model.SafeText {
	words, name := actions[j.order.Action], model.Safe(j.order.VM)
	reason := model.Safe(j.outcome.Reason)
	switch {
	case j.outcome.Result == model.ResultDone && reason == "":
		return name + " " + words.done
	case j.outcome.Result == model.ResultDone:
		return name + " " + words.done + ": " + reason
	case reason == "":
		return words.verb + " " + name + ": " + model.Safe(model.Raw(j.outcome.Result))
	}
	return words.verb + " " + name + ": " + model.Safe(model.Raw(j.outcome.Result)) + ": " + reason
}

// results are the results in the order in which a summary counts them.
var results = []model.Result{model.ResultDone, model.ResultUnchanged, model.ResultFailed, model.ResultRefused}

// summary tells how the orders of a batch ended: all of one alone, the counts
// of several with the first that went wrong.
func (b *batch) summary() message {
	if len(b.jobs) == 1 {
		j := b.jobs[0]
		return message{role: resultRoles[j.outcome.Result], text: j.told()}
	}
	m := message{role: styles.Good, text: actions[b.action].verb + ": ", more: true}
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
			m.text += ", "
		}
		m.text += model.Safef("%d %s", n, result)
		if result == model.ResultFailed || m.role == styles.Good && result != model.ResultDone {
			m.role = resultRoles[result]
		}
	}
	m.text += wrong
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
	words := actions[j.order.Action]
	switch j.phase {
	case waiting:
		return pending{"queued", words.verb + " waits for its turn"}
	case settled:
		return pending{words.doing + model.Safe(model.Raw(g.Ellipsis)), "done"}
	}
	notes := elapsed(j.news, now)
	if doing := model.Safe(j.news.Doing); doing != "" {
		notes += ": " + doing
	}
	return pending{words.doing + model.Safe(model.Raw(g.Ellipsis)), notes}
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
