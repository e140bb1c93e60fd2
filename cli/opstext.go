package cli

import (
	"context"
	"strings"
	"time"

	"microtui/model"
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
		out := table{look: s.Look}
		out.add(styles.Strong, "ID", "STATE", "ACTION", "NAMES", "BY", "WHY")
		for _, o := range all {
			out.add(tone.Operation(o.State), model.Safe(model.Raw(o.ID)), wording.Of(o.State), wording.Of(o.Plan.Action),
				names(o), model.Safe(o.By), model.Safe(o.Reason))
		}
		s.answerTable(out)
		return nil
	})
}

func names(o model.Operation) model.SafeText {
	var all []string
	for _, name := range o.Plan.Names() {
		all = append(all, string(name))
	}
	return model.Safe(model.Raw(strings.Join(all, ", ")))
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
		return problem{exitRefused, model.Safef("ops %s: %s; see microtui ops", id, oneLine(err))}
	})
}

// operationText is an operation as lines.
func (s *session) operationText(o model.Operation, output model.Raw) string {
	var facts []fact
	add := func(label, text model.SafeText) {
		if text != "" {
			facts = append(facts, fact{label, one(text)})
		}
	}
	add("action", wording.Of(o.Plan.Action)+" "+names(o))
	add("state", wording.Of(o.State))
	add("why", model.Safe(o.Reason))
	add("by", model.Safe(o.By))
	add("started", model.Safe(model.Raw(o.StartedAt.Local().Format(time.DateTime))))
	if !o.EndedAt.IsZero() {
		add("ended", model.Safe(model.Raw(o.EndedAt.Local().Format(time.DateTime))))
	}
	add("plan", model.Safe(model.Raw(o.Digest)))
	var steps []model.SafeText
	for item, reports := range o.Steps {
		for at, report := range reports {
			text := wording.Of(report.State) + ": " + o.Plan.Items[item].Steps[at].Text()
			if report.Reason != "" {
				text += model.Safef(": %s", report.Reason)
			}
			steps = append(steps, text)
		}
	}
	facts = append(facts, fact{"steps", steps})
	if o.State == model.OperationInterrupted {
		add("next", model.Safef("microtui ops settle %s", o.ID))
	}
	var said []model.SafeText
	for line := range strings.Lines(string(output)) {
		said = append(said, model.Safe(model.Raw(strings.TrimRight(line, "\n"))))
	}
	facts = append(facts, fact{"output", said})
	return s.page(model.VerdictKept, model.Safe(model.Raw(o.ID)), facts)
}
