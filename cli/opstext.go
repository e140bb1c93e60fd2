package cli

import (
	"context"
	"strings"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tone"
	"microtui/wording"
)

func (s *session) listOperations(ctx context.Context) error {
	return s.withOperator(ctx, "ops", func(_ Host, operator Operator) error {
		all, err := operator.Operations(ctx)
		if err != nil && len(all) == 0 {
			return denied("ops", err)
		}
		if err != nil {
			s.say(oneLine(err))
		}
		if s.json {
			return s.answerJSON(opsDocument{schema, convert(all, newOperationEntry)})
		}
		if len(all) == 0 {
			s.answer.WriteString("no operations\n")
			return nil
		}
		out := table{style: s.Style}
		out.add(styles.Strong, "ID", "STATE", "ACTION", "NAMES", "BY", "WHY")
		for _, o := range all {
			out.add(tone.Operation(o.State), text.Safe(o.ID), wording.Of(o.State), wording.Of(o.Plan.Action),
				names(o), text.Safe(o.By), text.Safe(o.Reason))
		}
		s.answerTable(out)
		return nil
	})
}

func names(o model.Operation) text.SafeText {
	var all []string
	for _, name := range o.Plan.Names() {
		all = append(all, string(name))
	}
	return text.Safe(strings.Join(all, ", "))
}

func (s *session) showOperation(ctx context.Context, id string) error {
	return s.withOperator(ctx, "ops", func(_ Host, operator Operator) error {
		all, err := operator.Operations(ctx)
		for _, o := range all {
			if o.ID != id {
				continue
			}
			if s.json {
				return s.answerJSON(opsDocument{schema, []operationEntry{newOperationEntry(o)}})
			}
			output, _ := operator.Output(ctx, id) // what is not there is not shown
			s.answer.WriteString(s.operationText(o, output))
			return nil
		}
		if err == nil {
			err = model.ErrUnknown
		}
		return problem{exitRefused, text.Safef("ops %s: %s; see microtui ops", id, oneLine(err))}
	})
}

// operationText is an operation as lines.
func (s *session) operationText(o model.Operation, output model.Raw) string {
	var facts []fact
	add := func(label, words text.SafeText) {
		if words != "" {
			facts = append(facts, fact{label, one(words)})
		}
	}
	add("action", wording.Of(o.Plan.Action)+" "+names(o))
	add("state", wording.Of(o.State))
	add("why", text.Safe(o.Reason))
	add("by", text.Safe(o.By))
	add("started", wording.Moment(o.StartedAt))
	if !o.EndedAt.IsZero() {
		add("ended", wording.Moment(o.EndedAt))
	}
	add("plan", text.Safe(o.Digest))
	var steps []text.SafeText
	for item, reports := range o.Steps {
		for at, report := range reports {
			line := wording.Of(report.State) + ": " + o.Plan.Items[item].Steps[at].Text()
			if report.Reason != "" {
				line += text.Safef(": %s", report.Reason)
			}
			steps = append(steps, line)
		}
	}
	facts = append(facts, fact{"steps", steps})
	if o.State == model.OperationInterrupted {
		add("next", text.Safef("microtui ops settle %s", o.ID))
	}
	var said []text.SafeText
	for line := range strings.Lines(string(output)) {
		said = append(said, text.Safe(strings.TrimRight(line, "\n")))
	}
	facts = append(facts, fact{"output", said})
	return s.page(model.VerdictKept, text.Safe(o.ID), facts)
}
