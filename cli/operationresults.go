package cli

import "microtui/model"

// noteBarred tells, counts and notes what of a plan is not done.
func (s *session) noteBarred(plan model.Plan) {
	for _, b := range plan.Refused {
		entry := resultEntry{Kind: b.Ref.Kind, Name: b.Ref.Name, Action: plan.Action, Result: model.ResultRefused, Reason: orNull(b.Reason)}
		switch {
		case b.Kind == nil:
			entry.Result = model.ResultUnchanged
			if !s.json {
				s.writeLine(model.Safef("%s: unchanged: %s", b.Ref.Name, b.Reason))
			}
		default:
			s.refused++
			if !s.json {
				s.say(model.Safef("%s %s: %s", plan.Action, b.Ref.Name, b.Reason))
			}
		}
		s.results = append(s.results, entry)
	}
}

// noteNotBegun notes that an operation could not be begun; without JSON that is
// the error.
func (s *session) noteNotBegun(plan model.Plan, err error) error {
	if !s.json {
		return problem{exitRefused, model.Safef("%s: %s", plan.Action, oneLine(err))}
	}
	for _, item := range plan.Chosen().Items {
		s.refused++
		s.results = append(s.results, resultEntry{
			Kind: item.Ref.Kind, Name: item.Ref.Name, Action: plan.Action,
			Result: model.ResultRefused, Reason: orNull(model.Raw(oneLine(err))),
		})
	}
	return nil
}

// noteEnded counts and notes what came of the items of an operation.
func (s *session) noteEnded(o model.Operation) {
	for at, item := range o.Plan.Items {
		result, reason := o.ItemResult(at)
		switch {
		case result == model.ResultFailed && untouched(o, at) && o.Kind != nil:
			result = model.ResultRefused
			s.refused++
		case result == model.ResultFailed:
			s.failed++
		}
		s.results = append(s.results, resultEntry{
			Kind: item.Ref.Kind, Name: item.Ref.Name, Action: o.Plan.Action,
			Result: result, Reason: orNull(reason), Operation: orNull(o.ID),
		})
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
