package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"microtui/model"
	"microtui/wording"
)

// task is what is to be done to one VM, and what came of it.
type task struct {
	order     model.Order
	conflicts []model.Conflict // what it would break, or lose
	reasons   []string         // the same in words
	vm        *model.VM        // as it was seen; nil: there is none
	begun     bool
	news      model.Progress
	outcome   *model.Outcome // nil: there is none yet
	cutOff    bool           // the outcome is that nobody waits any more
}

// prepare looks at the host, makes a task of each name, once, and settles
// those that cannot be done.
func (s *session) prepare(ctx context.Context, h Host, action model.Action, names []string) ([]*task, error) {
	seen, err := h.Observe(ctx)
	if err != nil {
		return nil, err
	}
	i := model.Interpret(seen)
	i.ReadOnly = s.barred(h)
	after := model.AfterAll(i, action, convert(names, func(name string) model.Raw { return model.Raw(name) }))
	var all []*task
	for at, name := range names {
		if slices.Contains(names[:at], name) {
			continue
		}
		e := &task{order: model.Order{Action: action, VM: model.Raw(name)}}
		all = append(all, e)
		if refused := e.look(i, after); refused != nil {
			s.settle(ctx, e, *refused)
		}
	}
	return all, nil
}

// blocked says why nothing can be changed on a host; empty: it can.
func (s *session) barred(h Host) model.Raw {
	_, takesOrders := h.(Actor)
	switch {
	case s.choice.ReadOnly:
		return "read-only"
	case s.choice.recorded():
		return wording.Recorded
	case !takesOrders:
		return wording.Unchangeable
	}
	return ""
}

// look finds out what speaks against a task: with a refusal nothing helps,
// conflicts can be accepted.
func (e *task) look(i, after model.Inventory) *model.Outcome {
	if e.vm = i.VM(e.order.VM); e.vm == nil {
		unknown := model.Refused(model.ErrUnknown, "unknown VM; "+i.InsteadOf(e.order.VM, "see microtui list"))
		return &unknown
	}
	found := model.Against(after, e.order.Action, e.order.VM)
	accepting := e.order
	accepting.Despite = found
	if refused := model.Refusal(i, accepting); refused != nil {
		return refused
	}
	if model.Refusal(after, e.order) != nil {
		e.conflicts = found
	}
	for _, c := range e.conflicts {
		e.reasons = append(e.reasons, string(c.ReasonNow(i)))
	}
	return nil
}

// listTasks names tasks: "stop db, stop web".
func listTasks(all []*task) string {
	return strings.Join(convert(all, func(e *task) string {
		return fmt.Sprintf("%s %s", e.order.Action, e.order.VM)
	}), ", ")
}
