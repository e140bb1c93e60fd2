package cli

import (
	"context"

	"microtui/model"
	"microtui/model/text"
)

// Operator is a host on which operations can be carried out. One that is none
// refuses them all.
type Operator interface {
	// Survey gives a plan without the items that a look at the disk speaks
	// against. It changes nothing.
	Survey(ctx context.Context, plan model.Plan) (model.Plan, error)
	// Begin begins an operation and returns its id. It goes on by itself.
	Begin(ctx context.Context, request model.Request) (id string, err error)
	// Follow tells of an operation: as it stands, then with each change, until
	// it is over or ctx ends, and then closes the channel.
	Follow(ctx context.Context, id string) <-chan model.Operation
	// Operations lists the operations, the newest first.
	Operations(ctx context.Context) ([]model.Operation, error)
	// Output is what programs said during an operation.
	Output(ctx context.Context, id string) (model.Raw, error)
	// CancelOperation asks an operation to end where it can.
	CancelOperation(ctx context.Context, id string) error
	// Settle brings an operation that was interrupted to its end.
	Settle(ctx context.Context, id string) error
	// Compare tells how the closure of one runner differs from another's.
	Compare(ctx context.Context, before, after model.Raw) (model.ClosureDiff, error)
	// Discard gives up what a build brought about and nothing switched to.
	Discard(ctx context.Context, build string) error
	// Keep and Unkeep change the keep list.
	Keep(ctx context.Context, entry model.KeepEntry) error
	Unkeep(ctx context.Context, ref model.Ref) error
}

// withOperator opens the chosen host for operations.
func (s *session) withOperator(ctx context.Context, verb string, use func(Host, Operator) error) error {
	return s.withHost(ctx, func(h Host) error {
		operator, ok := h.(Operator)
		if !ok {
			return problem{exitRefused, text.Safef("%s: %s", verb, s.barred(h))}
		}
		return use(h, operator)
	})
}
