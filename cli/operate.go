package cli

import (
	"context"
	"log/slog"

	"github.com/spf13/cobra"

	"microtui/model"
	"microtui/model/text"
)

// terms are what the flags of an operation say.
type terms struct {
	dryRun  bool
	yes     bool
	confirm []string // names, or a count, that are typed as flags
	digest  string   // of the plan that was shown; empty: any
}

func (t *terms) bind(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&t.dryRun, "dry-run", false, "show what would be done, and do nothing")
	flags.BoolVar(&t.yes, "yes", false, "do not ask about steps that can be undone")
	flags.StringVar(&t.digest, "plan", "", "carry out only the plan with this `DIGEST`, as shown by --dry-run")
}

func (t *terms) bindConfirm(cmd *cobra.Command, help string) {
	cmd.Flags().StringArrayVar(&t.confirm, "confirm", nil, help)
}

// operate makes a plan, asks about it, has it carried out and tells how it
// ended.
func (s *session) operate(ctx context.Context, verb string, t terms, planOf func(model.Inventory) model.Plan) error {
	return s.withOperator(ctx, verb, func(h Host, operator Operator) error {
		plan, err := s.planned(ctx, h, operator, planOf)
		switch {
		case err != nil:
			return err
		case t.dryRun:
			return s.showPlan(plan)
		}
		_, err = s.carryThrough(ctx, operator, plan, t)
		return s.answerResults(err)
	})
}

// planned makes a plan from the host as it is now.
func (s *session) planned(ctx context.Context, h Host, operator Operator, planOf func(model.Inventory) model.Plan) (model.Plan, error) {
	seen, err := h.Observe(ctx)
	if err != nil {
		return model.Plan{}, err
	}
	i := model.Interpret(seen)
	i.ReadOnly = s.barred(h)
	plan := planOf(i)
	if len(plan.Items) == 0 {
		return plan, nil
	}
	return operator.Survey(ctx, plan)
}

// carryThrough takes a plan through consent to its end, and notes the results.
// The operation is the zero value where nothing was begun.
func (s *session) carryThrough(ctx context.Context, operator Operator, plan model.Plan, t terms) (model.Operation, error) {
	if t.digest != "" && t.digest != plan.Digest() {
		return model.Operation{}, problem{exitRefused, text.Safef("%s: the plan has changed: it is %s now, not %s; see --dry-run", plan.Action, plan.Digest(), t.digest)}
	}
	agreed, err := s.agree(ctx, plan, t)
	if err != nil {
		return model.Operation{}, err
	}
	s.noteBarred(agreed)
	s.noteUnticked(agreed)
	if len(agreed.Chosen().Items) == 0 {
		if len(agreed.Items)+len(agreed.Refused) == 0 && !s.json {
			s.writeLine("nothing to do")
		}
		return model.Operation{}, nil
	}
	id, err := operator.Begin(ctx, model.Request{Plan: agreed.Chosen()})
	if err != nil {
		return model.Operation{}, s.noteNotBegun(agreed, err)
	}
	slog.Info("operation", "id", id, "action", plan.Action, "digest", agreed.Digest())
	ended, err := s.follow(ctx, operator, id)
	if err != nil {
		return ended, err
	}
	s.noteEnded(ended)
	return ended, nil
}

// follow tells how an operation goes until it is over. An interruption ends
// the telling; the operation goes on, and is named.
func (s *session) follow(ctx context.Context, operator Operator, id string) (model.Operation, error) {
	told := progressPrinter{session: s}
	var last model.Operation
	for o := range operator.Follow(ctx, id) {
		last = o
		told.tell(o)
	}
	s.waiting.clear()
	switch {
	case ctx.Err() != nil && last.State == model.OperationRunning, ctx.Err() != nil && last.ID == "":
		return last, problem{exitInterrupted, text.Safef("interrupted; operation %s continues, see microtui ops %s", id, id)}
	case last.ID == "", last.State == model.OperationRunning:
		return last, problem{exitFailed, text.Safef("operation %s: lost track of its progress; see microtui ops %s", id, id)}
	case last.State == model.OperationInterrupted:
		return last, problem{exitFailed, text.Safef("operation %s was interrupted; finish or undo it with microtui ops settle %s", id, id)}
	}
	told.end(last)
	return last, nil
}
