package cli

import (
	"context"
	"log/slog"

	"microtui/model"
	"microtui/model/text"
	"microtui/wording"
)

// settle notes how a task ended and tells it, unless an interruption ended
// it: those are told together.
func (s *session) settle(ctx context.Context, e *task, outcome model.Outcome) {
	e.outcome, e.cutOff = &outcome, ctx.Err() != nil && isEnd(outcome.Kind)
	slog.Info("outcome", "action", e.order.Action, "vm", e.order.VM, "result", outcome.Result, "reason", outcome.Reason)
	switch outcome.Result {
	case model.ResultFailed:
		s.failed++
	case model.ResultRefused:
		s.refused++
	}
	if s.json || e.cutOff {
		return
	}
	s.waiting.clear()
	if line := e.told(); outcome.Result == model.ResultDone || outcome.Result == model.ResultUnchanged {
		s.writeLine(line)
	} else {
		s.say(line)
	}
}

// told is how a task ended, in a line.
func (e *task) told() text.SafeText {
	name, action, reason := e.order.VM, e.order.Action, e.outcome.Reason
	switch e.outcome.Result {
	case model.ResultRefused:
		return text.Safef("%s %s: %s", e.order.Action, name, reason)
	case model.ResultUnchanged:
		return text.Safef("%s: unchanged: %s", name, reason)
	case model.ResultFailed:
		return text.Safef("%s: %s failed: %s", name, wording.Verb(action), reason)
	}
	if reason == "" {
		return text.Safef("%s: %s", name, wording.Done(action))
	}
	return text.Safef("%s: %s: %s", name, wording.Done(action), reason)
}

// results is the JSON of actions.
type results struct {
	Schema  int           `json:"schema"`
	Results []resultEntry `json:"results"`
}

type resultEntry struct {
	Kind      model.Kind   `json:"kind"`
	Name      model.Raw    `json:"name"`
	Action    model.Action `json:"action"`
	Result    model.Result `json:"result"`
	Reason    *model.Raw   `json:"reason"`
	Operation *string      `json:"operation"` // null: a job of systemd is none
	Entry     *model.Raw   `json:"entry"`     // the id of an entry of the trash, or of a snapshot; null: it is neither
}

func newResults(all []*task) results {
	return results{schema, convert(all, func(e *task) resultEntry {
		return resultEntry{
			Kind: model.KindVM, Name: e.order.VM, Action: e.order.Action,
			Result: e.outcome.Result, Reason: orNull(e.outcome.Reason),
		}
	})}
}
