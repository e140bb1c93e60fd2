package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"microtui/model"
	"microtui/model/text"
)

func (s *session) opsCommand() *cobra.Command {
	cmd := named("ops [ID]", "List running and past operations", func(ctx context.Context, args []string) error {
		switch len(args) {
		case 0:
			return s.listOperations(ctx)
		case 1:
			return s.showOperation(ctx, args[0])
		}
		return usage("ops: only one ID at a time; see microtui ops --help")
	})
	cmd.AddCommand(
		named("cancel ID", "Ask a running operation to stop as soon as it safely can", func(ctx context.Context, args []string) error {
			return s.onOperation(ctx, "ops cancel", args, Operator.CancelOperation)
		}),
		named("settle ID", "Finish or undo an interrupted operation", func(ctx context.Context, args []string) error {
			return s.onOperation(ctx, "ops settle", args, Operator.Settle)
		}),
	)
	return cmd
}

// onOperation does something to an operation, and follows it to its end.
func (s *session) onOperation(ctx context.Context, verb string, args []string, do func(Operator, context.Context, string) error) error {
	if len(args) != 1 {
		return usage("%s: missing operation ID; see microtui ops", verb)
	}
	return s.withOperator(ctx, verb, func(h Host, operator Operator) error {
		if why := s.barred(h); why != "" {
			return problem{exitRefused, text.Safef("%s: %s", verb, why)}
		}
		if err := do(operator, ctx, args[0]); err != nil {
			return problem{exitRefused, text.Safef("%s: %s", verb, oneLine(err))}
		}
		ended, err := s.follow(ctx, operator, args[0])
		if err != nil {
			return err
		}
		s.noteEnded(ended)
		s.failed, s.refused = 0, 0 // that it is over is what was asked for
		return s.answerResults(nil)
	})
}

func denied(verb string, err error) error {
	status := exitFailed
	if errors.Is(err, model.ErrUnknown) || errors.Is(err, model.ErrDenied) || errors.Is(err, model.ErrRefused) {
		status = exitRefused
	}
	return problem{status, text.Safef("%s: %s", verb, oneLine(err))}
}

// operationCommand is what the service of an operation runs.
func (s *session) operationCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "operation", Hidden: true, Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(&cobra.Command{
		Use: "run ID", Hidden: true, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if s.Carry == nil {
				return problem{exitRefused, "operation: operations cannot be run here"}
			}
			if err := s.Carry(cmd.Context(), args[0]); err != nil {
				return denied("operation "+args[0], err)
			}
			return nil
		},
	})
	return cmd
}
