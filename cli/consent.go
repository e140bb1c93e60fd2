package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"microtui/model"
	"microtui/model/text"
)

// consent asks about what would break something, or lose data. Without a
// terminal it takes flags for an answer, and their absence for a no. All is asked
// before anything is done.
func (s *session) consent(ctx context.Context, all []*task, t terms) error {
	for _, e := range all {
		if e.outcome != nil || len(e.conflicts) == 0 && e.order.Action != model.ActionKill {
			continue
		}
		agreed := e.flagsAgree(t)
		if !agreed && s.In == nil {
			s.settle(ctx, e, model.Refused(model.ErrRefused, e.refusalWithoutConsent()))
			continue
		}
		s.sayConflicts(e)
		if agreed {
			e.order.Despite = e.conflicts
			continue
		}
		agreed, err := s.confirmed(ctx, e)
		if err != nil {
			return s.ended(ctx, all)
		}
		// What is agreed to is what was shown.
		e.order = model.OrderFor(e.order.Action, e.vm, e.conflicts...)
		if !agreed {
			s.settle(ctx, e, model.Refused(model.ErrRefused, "not confirmed"))
		}
	}
	return nil
}

func (s *session) sayConflicts(e *task) {
	for _, reason := range e.reasons {
		s.say(text.Safef("%s %s: %s", e.order.Action, e.order.VM, reason))
	}
}

// isTyped reports whether only the VM's name agrees to a task.
func (e *task) isTyped() bool { return slices.ContainsFunc(e.conflicts, model.Conflict.IsTyped) }

// flagsAgree reports whether flags agree to a task: --confirm NAME to what
// loses data, --yes to the rest.
func (e *task) flagsAgree(t terms) bool {
	return slices.Contains(t.confirm, string(e.order.VM)) || t.yes && !e.isTyped()
}

// refusalWithoutConsent is the reason where nobody can be asked.
func (e *task) refusalWithoutConsent() model.Raw {
	switch {
	case e.isTyped():
		return model.Raw(fmt.Sprintf("not confirmed: %s; use --confirm %s to proceed anyway", strings.Join(e.reasons, "; "), e.order.VM))
	case e.order.Action == model.ActionKill:
		return "the guest would lose data it has not written to disk; use --yes to proceed"
	}
	return model.Raw(strings.Join(e.reasons, "; ") + "; use --yes to proceed anyway")
}

func (e *task) question() text.SafeText {
	verb := strings.ToUpper(string(e.order.Action[:1])) + string(e.order.Action[1:])
	switch {
	case e.isTyped():
		return text.Safef("%s %s anyway? Type %s to confirm: ", verb, e.order.VM, e.order.VM)
	case e.order.Action == model.ActionKill:
		return text.Safef("Power off %s hard? The guest loses data it has not written to disk. [y/N] ", e.order.VM)
	}
	return text.Safef("%s %s anyway? [y/N] ", verb, e.order.VM)
}

// confirmed asks a question. Anything but a y, or the name where that is asked
// for, is a no.
func (s *session) confirmed(ctx context.Context, e *task) (bool, error) {
	line, err := s.askLine(ctx, e.question())
	line = strings.TrimSpace(line)
	if e.isTyped() {
		return line == string(e.order.VM), err
	}
	line = strings.ToLower(line)
	return line == "y" || line == "yes", err
}

// typedLines reads lines as they are typed. A read of a terminal cannot be
// interrupted, so the reader stays until the program ends.
func typedLines(in io.Reader) <-chan string {
	lines := make(chan string)
	go func() {
		defer close(lines)
		for scan := bufio.NewScanner(in); scan.Scan(); {
			lines <- scan.Text()
		}
	}()
	return lines
}
