package lock

import (
	"context"
	"errors"
	"fmt"
	"time"

	"microtui/backend/wait"
	"microtui/model"
)

const (
	// turnFile is no VM's lock: those begin with "vm-".
	turnFile = "turn.lock"
	// turnPatience is far above what a look at the host and a call of systemd
	// take.
	turnPatience = 30 * time.Second
	turnPoll     = 10 * time.Millisecond
)

// AwaitTurn waits for the turn to start a VM and takes it. Everybody has it
// from his look at the host until systemd has the job: of two VMs that claim
// one interface, each would find it free if both were looked at in the same
// moment. It is the only lock that is waited for; who takes a VM's too takes
// that first.
//
// waits is called once where the turn does not come at once. Where it does not
// come for long, the error says who has it and wraps [model.ErrBusy]; when ctx
// ends, the error is that of ctx.
func (l Locks) AwaitTurn(ctx context.Context, holder Holder, waits func()) (*Lock, error) {
	until := time.Now().Add(turnPatience)
	for tries := 0; ; tries++ {
		turn, err := l.takeFiles(holder, turnFile)
		if !errors.Is(err, model.ErrBusy) {
			return turn, err
		}
		if tries == 0 {
			waits()
		}
		if time.Now().After(until) {
			return nil, fmt.Errorf("%w; waited %s for its turn to start", err, turnPatience)
		}
		if !wait.Pause(ctx, turnPoll) {
			return nil, ctx.Err()
		}
	}
}
