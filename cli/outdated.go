package cli

import (
	"context"

	"microtui/model"
	"microtui/model/text"
)

// Evaluator is a host that can tell what a VM's flake stands for, without
// building it.
type Evaluator interface {
	Outdated(ctx context.Context, vm, flake, current model.Raw) (outdated bool, newer model.Raw, err error)
}

// checksDocument is the JSON of update --check.
type checksDocument struct {
	Schema int          `json:"schema"`
	Checks []checkEntry `json:"checks"`
}

type checkEntry struct {
	Name     model.Raw  `json:"name"`
	Outdated *bool      `json:"outdated"` // null: unknown
	Current  *model.Raw `json:"current"`
	Newer    *model.Raw `json:"newer"`
	Reason   *model.Raw `json:"reason"` // why it is unknown
}

// checkUpdates tells for which VMs there is something newer; without names, for
// all that could be updated. Nothing is built.
func (s *session) checkUpdates(ctx context.Context, names []model.Raw) error {
	doc := checksDocument{schema, []checkEntry{}}
	err := s.withHost(ctx, func(h Host) error {
		evaluator, ok := h.(Evaluator)
		if !ok {
			return problem{exitRefused, "update --check: " + text.Safe(s.barred(h))}
		}
		seen, err := h.Observe(ctx)
		if err != nil {
			return err
		}
		i := model.Interpret(seen)
		if len(names) == 0 {
			names = i.Updatable()
		}
		for _, name := range names {
			doc.Checks = append(doc.Checks, s.checkUpdate(ctx, evaluator, i, name))
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		return nil
	})
	if err != nil || !s.json {
		return err
	}
	return s.answerJSON(doc)
}

// checkUpdate tells about one VM.
func (s *session) checkUpdate(ctx context.Context, evaluator Evaluator, i model.Inventory, name model.Raw) checkEntry {
	build := model.PlanBuild(i, []model.Raw{name})
	if len(build.Refused) > 0 {
		s.refused++
		return s.unknownUpdate(name, build.Refused[0].Reason)
	}
	if why := unasked(build.Items[0], i.Flake(name)); why != "" {
		s.refused++
		return s.unknownUpdate(name, why)
	}
	s.waiting.show(s.Style.text(text.Safef("%s: evaluating its flake", name)))
	current := i.VM(name).Directory.Current.Target
	outdated, newer, err := evaluator.Outdated(ctx, name, i.Flake(name), current)
	s.waiting.clear()
	if err != nil {
		s.failed++
		return s.unknownUpdate(name, model.Raw(oneLine(err)))
	}
	line := text.Safef("%s: current", name)
	if outdated {
		line = text.Safef("%s: outdated: its flake evaluates to %s", name, newer)
	}
	if !s.json {
		s.writeLine(line)
	}
	return checkEntry{Name: name, Outdated: &outdated, Current: orNull(current), Newer: orNull(newer)}
}

// unasked says why what somebody wrote into a file `flake` is not evaluated
// without a word to anybody, which is to run it as root, too; empty: it is.
func unasked(build model.Item, flake model.Raw) model.Raw {
	why := model.Raw("not confirmed: " + whyConfirm(build) + "; microtui update " + string(build.Ref.Name))
	switch {
	case build.ConfirmWord != "":
		return why + " asks about it"
	case len(build.Cautions) > 0 && model.CopiesPath(flake):
		return why + " copies it into the store, where everybody can read it"
	}
	return ""
}

func (s *session) unknownUpdate(name, why model.Raw) checkEntry {
	if !s.json {
		s.say(text.Safef("update --check %s: %s", name, why))
	}
	return checkEntry{Name: name, Reason: orNull(why)}
}
