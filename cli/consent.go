package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"microtui/model"
)

// consent asks about what would break something, or lose data. Without a
// terminal it takes --yes for an answer, and its absence for a no. All is
// asked before anything is done.
func (s *session) consent(ctx context.Context, all []*errand, yes bool) error {
	for _, e := range all {
		if e.outcome != nil || len(e.conflicts) == 0 && e.order.Action != model.ActionKill {
			continue
		}
		if !yes && s.In == nil {
			s.settle(ctx, e, model.Refused(model.ErrRefused, e.refusalWithoutConsent()))
			continue
		}
		s.sayConflicts(e)
		if yes {
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

// refusalWithoutConsent is the reason where nobody can be asked.
func (e *errand) refusalWithoutConsent() model.Raw {
	if e.order.Action == model.ActionKill {
		return "its guest would lose what it has not written to its disks; --yes does it"
	}
	return model.Raw(strings.Join(e.reasons, "; ") + "; --yes does it all the same")
}

func (e *errand) question() model.SafeText {
	if e.order.Action == model.ActionKill {
		return model.Safef("Power %s off hard? Its guest loses what it has not written to its disks. [y/N] ", e.order.VM)
	}
	return model.Safef("%s%s %s all the same? [y/N] ", strings.ToUpper(string(e.order.Action[:1])), e.order.Action[1:], e.order.VM)
}

// confirmed asks a question. Anything but a y is a no.
func (s *session) confirmed(ctx context.Context, e *errand) (bool, error) {
	fmt.Fprint(s.Err, s.Look.text(e.question()))
	if s.typed == nil {
		s.typed = typedLines(s.In)
	}
	select {
	case <-ctx.Done():
		fmt.Fprintln(s.Err)
		return false, ctx.Err()
	case line, more := <-s.typed:
		if !more {
			fmt.Fprintln(s.Err)
		}
		line = strings.ToLower(strings.TrimSpace(line))
		return line == "y" || line == "yes", nil
	}
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
