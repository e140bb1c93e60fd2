package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"microtui/model"
)

// consent asks about what would break something, or lose data. Without a
// terminal it takes flags for an answer, and their absence for a no. All is asked
// before anything is done.
func (s *session) consent(ctx context.Context, all []*errand, t terms) error {
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

func (s *session) sayConflicts(e *errand) {
	for _, reason := range e.reasons {
		s.say(model.Safef("%s %s: %s", e.order.Action, e.order.VM, reason))
	}
}

// isTyped reports whether only the VM's name agrees to an errand.
func (e *errand) isTyped() bool { return slices.ContainsFunc(e.conflicts, model.Conflict.IsTyped) }

// flagsAgree reports whether flags agree to an errand: --confirm NAME to what
// loses data, --yes to the rest.
func (e *errand) flagsAgree(t terms) bool {
	return slices.Contains(t.confirm, string(e.order.VM)) || t.yes && !e.isTyped()
}

// refusalWithoutConsent is the reason where nobody can be asked.
func (e *errand) refusalWithoutConsent() model.Raw {
	switch {
	case e.isTyped():
		return model.Raw(fmt.Sprintf("not confirmed: %s; --confirm %s does it all the same", strings.Join(e.reasons, "; "), e.order.VM))
	case e.order.Action == model.ActionKill:
		return "its guest would lose what it has not written to its disks; --yes does it"
	}
	return model.Raw(strings.Join(e.reasons, "; ") + "; --yes does it all the same")
}

func (e *errand) question() model.SafeText {
	verb := strings.ToUpper(string(e.order.Action[:1])) + string(e.order.Action[1:])
	switch {
	case e.isTyped():
		return model.Safef("%s %s all the same? Type %s to do it: ", verb, e.order.VM, e.order.VM)
	case e.order.Action == model.ActionKill:
		return model.Safef("Power %s off hard? Its guest loses what it has not written to its disks. [y/N] ", e.order.VM)
	}
	return model.Safef("%s %s all the same? [y/N] ", verb, e.order.VM)
}

// confirmed asks a question. Anything but a y, or the name where that is asked
// for, is a no.
func (s *session) confirmed(ctx context.Context, e *errand) (bool, error) {
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
