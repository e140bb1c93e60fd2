package cli

import (
	"microtui/model"
	"microtui/model/text"
)

// noteUnticked tells and notes what is only offered, and why, each reason once.
// Where nothing is ticked, that is what it was refused for.
func (s *session) noteUnticked(plan model.Plan) {
	result, nothing := model.ResultUnchanged, len(plan.Chosen().Items) == 0
	if nothing && len(plan.Items) > 0 {
		result = model.ResultRefused
		s.refused++
	}
	for _, item := range plan.Items {
		if !item.Ticked {
			s.noteItem(item, resultEntry{Action: plan.Action, Result: result, Reason: orNull(howToTick(item.Unticked, plan))})
		}
	}
	for _, unseen := range plan.Unseen {
		if !s.json {
			s.say(text.Safef("%s: %s", plan.Action, unseen))
		}
	}
	for _, some := range plan.Unticked() {
		line := text.Safef("%s: skipped: %s", model.Listed(some.Names), howToTick(some.Reason, plan))
		switch {
		case s.json:
		case nothing:
			s.say(text.Safef("%s %s", plan.Action, line))
		default:
			s.writeLine(line)
		}
	}
}

// howToTick is the reason for which something is not ticked, with what does it
// all the same.
func howToTick(reason model.Raw, plan model.Plan) model.Raw {
	switch reason {
	case plan.SafetyWarning:
		return reason + "; use microtui purge NAME to remove one"
	case "holds data":
		return reason + "; use --include-data to include it"
	case "is running":
		return reason + "; use --include-running to include it"
	case "holds data and is running":
		return reason + "; use --include-data --include-running to include it"
	}
	return reason
}

// noteItem notes what came of an item.
func (s *session) noteItem(item model.Item, entry resultEntry) {
	entry.Kind, entry.Name = item.Ref.Kind, item.Name()
	if item.Ref.Kind == model.KindTrash || item.Ref.Kind == model.KindSnapshot {
		entry.Entry = &item.Ref.Name
	}
	s.results = append(s.results, entry)
}

// noteBarred tells, counts and notes what of a plan is not done.
func (s *session) noteBarred(plan model.Plan) {
	for _, b := range plan.Refused {
		entry := resultEntry{Kind: b.Ref.Kind, Name: b.Ref.Name, Action: plan.Action, Result: model.ResultRefused, Reason: orNull(b.Reason)}
		switch {
		case b.Kind == nil:
			entry.Result = model.ResultUnchanged
			if !s.json {
				s.writeLine(text.Safef("%s: unchanged: %s", b.Ref.Name, b.Reason))
			}
		default:
			s.refused++
			if !s.json {
				s.say(text.Safef("%s %s: %s", plan.Action, b.Ref.Name, b.Reason))
			}
		}
		s.results = append(s.results, entry)
	}
}

// noteNotBegun notes that an operation could not be begun; without JSON that is
// the error.
func (s *session) noteNotBegun(plan model.Plan, err error) error {
	if !s.json {
		return problem{exitRefused, text.Safef("%s: %s", plan.Action, oneLine(err))}
	}
	for _, item := range plan.Chosen().Items {
		s.refused++
		s.noteItem(item, resultEntry{Action: plan.Action, Result: model.ResultRefused, Reason: orNull(model.Raw(oneLine(err)))})
	}
	return nil
}

// noteEnded counts and notes what came of the items of an operation.
func (s *session) noteEnded(o model.Operation) {
	for at, item := range o.Plan.Items {
		result, reason := o.ItemResult(at)
		switch {
		case result == model.ResultFailed && o.LeftOut(at):
			result = model.ResultRefused
			s.refused++
		case result == model.ResultFailed:
			s.failed++
		}
		entry := resultEntry{Action: o.Plan.Action, Result: result, Reason: orNull(reason), Operation: orNull(o.ID)}
		if o.Plan.Action == model.ActionSnapshot {
			entry.Entry = orNull(o.Steps[at][0].Result)
		}
		s.noteItem(item, entry)
	}
}

// untouched reports whether no step of an item was begun.
func untouched(o model.Operation, at int) bool {
	for _, step := range o.Steps[at] {
		if step.State != model.StepWaiting && step.State != model.StepSkipped {
			return false
		}
	}
	return true
}

// answerResults gives the results as JSON, if that is wanted and nothing else
// went wrong.
func (s *session) answerResults(err error) error {
	if err != nil || !s.json {
		return err
	}
	return s.answerJSON(results{schema, orEmpty(s.results)})
}
