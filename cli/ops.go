package cli

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"microtui/model"
	"microtui/styles"
)

func (s *session) opsCommand() *cobra.Command {
	cmd := named("ops [ID]", "List running and finished operations", func(ctx context.Context, args []string) error {
		switch len(args) {
		case 0:
			return s.listOperations(ctx)
		case 1:
			return s.showOperation(ctx, args[0])
		}
		return usage("ops: one id at a time; see microtui ops --help")
	})
	cmd.AddCommand(
		named("cancel ID", "Ask a running operation to end where it can", func(ctx context.Context, args []string) error {
			return s.onOperation(ctx, "ops cancel", args, Operator.CancelOperation)
		}),
		named("settle ID", "Bring an interrupted operation to its end", func(ctx context.Context, args []string) error {
			return s.onOperation(ctx, "ops settle", args, Operator.Settle)
		}),
	)
	return cmd
}

// onOperation does something to an operation, and follows it to its end.
func (s *session) onOperation(ctx context.Context, verb string, args []string, do func(Operator, context.Context, string) error) error {
	if len(args) != 1 {
		return usage("%s: which operation? give its id; see microtui ops", verb)
	}
	return s.withOperator(ctx, verb, func(h Host, operator Operator) error {
		if why := s.barred(h); why != "" {
			return problem{exitRefused, model.Safef("%s: %s", verb, why)}
		}
		if err := do(operator, ctx, args[0]); err != nil {
			return problem{exitRefused, model.Safef("%s: %s", verb, oneLine(err))}
		}
		ended, err := s.follow(ctx, operator, args[0])
		if err != nil {
			return err
		}
		return s.answerResults(ended.Plan, ended)
	})
}

// opsDocument is the JSON of ops.
type opsDocument struct {
	Schema     int              `json:"schema"`
	Operations []operationEntry `json:"operations"`
}

type operationEntry struct {
	ID        string               `json:"id"`
	Action    model.Action         `json:"action"`
	Names     []model.Raw          `json:"names"`
	State     model.OperationState `json:"state"`
	By        *model.Raw           `json:"by"`
	StartedAt time.Time            `json:"started_at"`
	EndedAt   *time.Time           `json:"ended_at"`
	Digest    string               `json:"digest"`
	Reason    *model.Raw           `json:"reason"`
	Steps     []operationStep      `json:"steps"`
}

type operationStep struct {
	Action model.StepAction `json:"action"`
	Kind   model.Kind       `json:"kind"`
	Name   model.Raw        `json:"name"`
	VM     *model.Raw       `json:"vm"`
	State  model.StepState  `json:"state"`
	Reason *model.Raw       `json:"reason"`
	Result *model.Raw       `json:"result"`
	Since  *time.Time       `json:"since"`
	Ended  *time.Time       `json:"ended"`
	Freed  uint64           `json:"freed_bytes"`
}

func newOperationEntry(o model.Operation) operationEntry {
	e := operationEntry{
		ID: o.ID, Action: o.Plan.Action, Names: orEmpty(o.Plan.Names()), State: o.State, By: orNull(o.By),
		StartedAt: o.StartedAt.UTC(), EndedAt: orNull(o.EndedAt), Digest: o.Digest, Reason: orNull(o.Reason), Steps: []operationStep{},
	}
	for item, steps := range o.Steps {
		for at, report := range steps {
			step := o.Plan.Items[item].Steps[at]
			e.Steps = append(e.Steps, operationStep{
				Action: step.Action, Kind: step.Ref.Kind, Name: step.Ref.Name, VM: orNull(step.VM), State: report.State,
				Reason: orNull(report.Reason), Result: orNull(report.Result), Since: orNull(report.Since), Ended: orNull(report.Ended), Freed: report.Freed,
			})
		}
	}
	return e
}

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
			out.add(operationRoles[o.State], model.Safe(model.Raw(o.ID)), word(o.State, nil), word(o.Plan.Action, nil),
				names(o), model.Safe(o.By), model.Safe(o.Reason))
		}
		s.answerTable(out)
		return nil
	})
}

var operationRoles = map[model.OperationState]styles.Role{
	model.OperationRunning: styles.Accent, model.OperationDone: styles.Text,
	model.OperationFailed: styles.Warn, model.OperationInterrupted: styles.Warn, model.OperationUndone: styles.Dim,
}

func names(o model.Operation) model.SafeText {
	var all []string
	for _, name := range o.Plan.Names() {
		all = append(all, string(name))
	}
	return model.Safe(model.Raw(strings.Join(all, ", ")))
}

func denied(verb string, err error) error {
	status := exitFailed
	if errors.Is(err, model.ErrUnknown) || errors.Is(err, model.ErrDenied) || errors.Is(err, model.ErrRefused) {
		status = exitRefused
	}
	return problem{status, model.Safef("%s: %s", verb, oneLine(err))}
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
	add("action", word(o.Plan.Action, nil)+" "+names(o))
	add("state", word(o.State, nil))
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
			text := word(report.State, nil) + ": " + stepText(stepWords, o.Plan.Items[item].Steps[at])
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

// operationCommand is what the service of an operation runs.
func (s *session) operationCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "operation", Hidden: true, Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(&cobra.Command{
		Use: "run ID", Hidden: true, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if s.Carry == nil {
				return problem{exitRefused, "operation: no operation can be run here"}
			}
			if err := s.Carry(cmd.Context(), args[0]); err != nil {
				return denied("operation "+args[0], err)
			}
			return nil
		},
	})
	return cmd
}
