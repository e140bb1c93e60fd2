package backend

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"microtui/backend/nix"
	"microtui/backend/operation"
	"microtui/backend/systemd"
	"microtui/backend/wait"
	"microtui/model"
)

// unitOf is the service that carries an operation out.
func unitOf(id string) string { return "microtui-" + id + ".service" }

// allUnits are the services of all operations.
const allUnits = "microtui-*.service"

// Survey gives a plan without the items that a look at the disk, or at a flake,
// speaks against: a mount below a directory, a file held open, a flake without
// the VM that is to be made of it. It changes nothing.
func (h *Host) Survey(ctx context.Context, plan model.Plan) (model.Plan, error) {
	executor := h.executor(nil)
	foreseen := make(map[model.Ref]model.Raw)
	plan = operation.Survey(plan, func(item model.Item) error {
		err := executor.Check(ctx, plan, item)
		if err == nil {
			foreseen[item.Ref], err = foresee(ctx, item)
		}
		return err
	})
	for at, item := range plan.Items {
		if words := foreseen[item.Ref]; words != "" {
			plan.Items[at].Evidence = append(slices.Clone(item.Evidence), words)
		}
	}
	return plan, ctx.Err()
}

// Begin records an operation and starts the service that carries it out, and
// returns its id. It goes on by itself then, whatever becomes of the caller.
// An error means that it was not begun, and never will be.
func (h *Host) Begin(ctx context.Context, request model.Request) (string, error) {
	if err := h.mayChange(); err != nil {
		return "", err
	}
	request.Plan = request.Plan.Chosen()
	if len(request.Plan.Items) == 0 {
		return "", fmt.Errorf("%w: there is nothing to do", model.ErrRefused)
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if request.By == "" {
		request.By = model.Raw(caller())
	}
	request.Environment = forNix(request.Plan, os.Environ())
	header, asked, err := h.records.Create(request)
	if err != nil {
		return "", err
	}
	// Written by who asks, so that journald adds the true login.
	recordOperation(header.ID, header.Plan, "requested by "+caller(), nil)
	// Who interrupts it now is told its id, and that it goes on.
	err = h.start(context.WithoutCancel(ctx), header.ID)
	h.acts.Go(func() {
		defer asked()
		h.awaitBegun(header.ID)
	})
	if err != nil && !errors.Is(h.abandon(header.ID, model.OperationFailed, err), model.ErrBusy) {
		return "", err
	}
	return header.ID, nil
}

const (
	// starting is how long a service may take from its start to the first event.
	starting  = 30 * time.Second
	lookBegun = 20 * time.Millisecond
)

// awaitBegun waits until an executor has begun an operation, or will not.
func (h *Host) awaitBegun(id string) {
	ctx, cancel := context.WithTimeout(h.life, starting)
	defer cancel()
	for !h.records.HasBegun(id) && wait.Pause(ctx, lookBegun) {
	}
}

// start starts the service of an operation.
func (h *Host) start(ctx context.Context, id string) error {
	program, err := executable()
	if err != nil {
		return err
	}
	return h.bus.StartTransient(ctx, systemd.Transient{
		Unit:        unitOf(id),
		Description: "microtui operation " + id,
		Argv:        []string{program, "operation", "run", id},
	})
}

// abandon ends the record of an operation that no executor has begun. Where one
// has, the error wraps [model.ErrBusy].
func (h *Host) abandon(id string, state model.OperationState, why error) error {
	_, journal, err := h.records.Open(id)
	if err != nil {
		return err
	}
	defer journal.Close()
	events, err := journal.Events()
	if err != nil {
		return err
	}
	if len(events) > 0 {
		return fmt.Errorf("%w: operation %s has already begun", model.ErrBusy, id)
	}
	return journal.Append(operation.Event{At: time.Now().UTC(), Kind: operation.EventEnd, State: state, Text: oneLine(why), Refusal: "refused"})
}

// Operations lists the operations, the newest first. What could not be read is
// left out, and named by the error.
func (h *Host) Operations(ctx context.Context) ([]model.Operation, error) {
	all, unread := h.records.List()
	if !slices.ContainsFunc(all, isInterrupted) {
		return all, unread
	}
	up, err := h.bus.Transients(ctx, allUnits)
	if err != nil {
		return all, unread // as their records tell
	}
	for at := range all {
		if isInterrupted(all[at]) {
			all[at] = h.seenWith(all[at], up)
		}
	}
	return all, unread
}

func isInterrupted(o model.Operation) bool { return o.State == model.OperationInterrupted }

// operation reads one operation.
func (h *Host) operation(ctx context.Context, id string) (model.Operation, error) {
	o, _, err := h.lookedAt(ctx, id)
	return o, err
}

// lookedAt reads one operation. unsure: nobody works on its record, and systemd,
// which may be about to have somebody do so, could not be asked.
func (h *Host) lookedAt(ctx context.Context, id string) (o model.Operation, unsure bool, err error) {
	o, err = h.records.Read(id)
	if err != nil || !isInterrupted(o) {
		return o, false, err
	}
	up, err := h.bus.Transients(ctx, unitOf(id))
	if err != nil {
		return o, systemd.IsLost(err), nil
	}
	return h.seenWith(o, up), false, nil
}

// seenWith tells better of an operation on whose record nobody works: systemd
// may have only just started its service, or be about to start it again.
func (h *Host) seenWith(o model.Operation, up map[string]bool) model.Operation {
	if up[unitOf(o.ID)] {
		o.State = model.OperationRunning
		return o
	}
	// Its service may have ended, as it should, since the record was read.
	if now, err := h.records.Read(o.ID); err == nil {
		return now
	}
	return o
}

// Output is what programs said during an operation.
func (h *Host) Output(_ context.Context, id string) (model.Raw, error) { return h.records.Output(id) }

// CancelOperation asks an operation to end: what it is at is undone, or
// finished where it is too far for that.
func (h *Host) CancelOperation(ctx context.Context, id string) error {
	o, err := h.changeable(ctx, id)
	if err != nil {
		return err
	}
	if o.State != model.OperationRunning {
		return fmt.Errorf("%w: operation %s is %s", model.ErrStale, id, o.State)
	}
	recordOperation(id, o.Plan, "cancellation requested by "+caller(), nil)
	return h.bus.Signal(ctx, unitOf(id), syscall.SIGTERM)
}

// Settle brings an operation that was interrupted to its end: undone where
// nothing was done yet that stays, else finished. It returns when that began.
func (h *Host) Settle(ctx context.Context, id string) error {
	o, err := h.changeable(ctx, id)
	if err != nil {
		return err
	}
	if !isInterrupted(o) {
		return fmt.Errorf("%w: operation %s is %s, there is nothing to settle", model.ErrStale, id, o.State)
	}
	recordOperation(id, o.Plan, "settling requested by "+caller(), nil)
	if err := h.abandon(id, model.OperationUndone, errNotBegun); !errors.Is(err, model.ErrBusy) {
		return err
	}
	return h.start(ctx, id)
}

var errNotBegun = errors.New("it was recorded, but never started")

func (h *Host) changeable(ctx context.Context, id string) (model.Operation, error) {
	if err := h.mayChange(); err != nil {
		return model.Operation{}, err
	}
	return h.operation(ctx, id)
}

// forNix are the variables of the caller that a build gets.
func forNix(plan model.Plan, environment []string) []string {
	if plan.Action != model.ActionBuild {
		return nil
	}
	var kept []string
	for _, entry := range environment {
		if name, _, _ := strings.Cut(entry, "="); slices.Contains(nix.Variables(), name) {
			kept = append(kept, entry)
		}
	}
	return kept
}
