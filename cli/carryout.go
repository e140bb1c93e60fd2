package cli

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"microtui/model"
	"microtui/model/text"
	"microtui/wording"
)

const (
	// together is how many orders are carried out at a time.
	together = 4
	// grace is how long a host has to let go of its orders once the program
	// was interrupted.
	grace = time.Second
)

// news is what a host tells of a task.
type news struct {
	of       *task
	progress model.Progress
	end      bool // nothing more comes
}

// carryOut gives the orders of all tasks that are not settled, so many at a
// time, and waits for their outcomes. An interruption ends the waiting; what
// was begun goes on, and is named.
func (s *session) carryOut(ctx context.Context, h Host, all []*task) error {
	actor, _ := h.(Actor)
	heard, ended := make(chan news), make(chan struct{})
	defer close(ended)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	defer s.waiting.clear()
	interrupted, late := ctx.Done(), (<-chan time.Time)(nil)
	for {
		for _, e := range launchable(all, ctx.Err() == nil) {
			e.begun = true
			slog.Info("order", "action", e.order.Action, "vm", e.order.VM)
			go relay(actor.Act(ctx, e.order), e, heard, ended)
		}
		open := begun(all)
		if len(open) == 0 {
			return s.ended(ctx, all)
		}
		s.waiting.show(s.Style.text(waitText(open, time.Now())))
		select {
		case n := <-heard:
			s.hear(ctx, n)
		case <-tick.C:
		case <-interrupted:
			interrupted, late = nil, time.After(grace)
		case <-late:
			for _, e := range open {
				s.settle(ctx, e, model.Outcome{Result: model.ResultFailed, Reason: "stopped waiting", Kind: ctx.Err()})
			}
		}
	}
}

// relay passes on what a host tells of a task, until nobody listens.
func relay(from <-chan model.Progress, e *task, to chan<- news, ended <-chan struct{}) {
	for open := true; open; {
		var n news
		select {
		case n.progress, open = <-from:
			n.of, n.end = e, !open
		case <-ended:
			return
		}
		select {
		case to <- n:
		case <-ended:
			return
		}
	}
}

// launchable are the tasks that can be begun now.
func launchable(all []*task, more bool) (next []*task) {
	free := together - len(begun(all))
	for _, e := range all {
		if more && len(next) < free && !e.begun && e.outcome == nil {
			next = append(next, e)
		}
	}
	return next
}

// begun are the tasks that go on, in the order in which they began.
func begun(all []*task) []*task {
	return keep(all, func(e *task) bool { return e.begun && e.outcome == nil })
}

// hear takes news of a task.
func (s *session) hear(ctx context.Context, n news) {
	e := n.of
	switch {
	case e.outcome != nil: // what comes after an outcome changes nothing
	case n.end:
		s.settle(ctx, e, model.Failed(wording.NoResult))
	default:
		if warning := n.progress.Warning; warning != "" && warning != e.news.Warning {
			s.waiting.clear()
			s.say(text.Safef("%s %s: %s", e.order.Action, e.order.VM, warning))
		}
		e.news = n.progress
		if n.progress.Outcome != nil {
			s.settle(ctx, e, *n.progress.Outcome)
		}
	}
}

// ended is an error where an interruption left something undone: it names what
// goes on, and what was not begun.
func (s *session) ended(ctx context.Context, all []*task) error {
	for _, e := range all {
		if e.outcome == nil {
			s.settle(ctx, e, model.Refused(ctx.Err(), "interrupted before it started"))
		}
	}
	cutOff := keep(all, func(e *task) bool { return e.cutOff })
	if len(cutOff) == 0 {
		return nil
	}
	line := "interrupted"
	for _, part := range []struct {
		result model.Result
		words  string
	}{{model.ResultFailed, "still running"}, {model.ResultRefused, "not started"}} {
		if some := keep(cutOff, func(e *task) bool { return e.outcome.Result == part.result }); len(some) > 0 {
			line += "; " + part.words + ": " + listTasks(some)
		}
	}
	return problem{exitInterrupted, text.Safe(line)}
}

// isEnd reports whether an outcome's kind is the end of a wait.
func isEnd(kind error) bool {
	return errors.Is(kind, context.Canceled) || errors.Is(kind, context.DeadlineExceeded)
}
