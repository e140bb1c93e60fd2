package backend

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"microtui/backend/nix"
	"microtui/backend/operation"
	"microtui/backend/systemd"
	"microtui/model"
)

// unitOf is the service that carries an operation out.
func unitOf(id string) string { return "microtui-" + id + ".service" }

// followEvery is how often a record is looked at for news.
const followEvery = 100 * time.Millisecond

// Survey gives a plan without the items that a look at the disk speaks
// against: a mount below a directory, a file held open. It changes nothing.
func (h *Host) Survey(ctx context.Context, plan model.Plan) (model.Plan, error) {
	w := &world{host: h}
	plan = operation.Survey(plan, func(item model.Item) error { return w.Check(ctx, plan, item) })
	return plan, ctx.Err()
}

// Begin records an operation and starts the service that carries it out, and
// returns its id. It goes on by itself then, whatever becomes of the caller.
func (h *Host) Begin(ctx context.Context, request model.Request) (string, error) {
	if err := h.mayChange(); err != nil {
		return "", err
	}
	request.Plan = request.Plan.Chosen()
	if len(request.Plan.Items) == 0 {
		return "", fmt.Errorf("%w: there is nothing to do", model.ErrRefused)
	}
	if request.By == "" {
		request.By = model.Raw(caller())
	}
	request.Environment = forNix(request.Plan, os.Environ())
	header, err := h.records.Create(request)
	if err != nil {
		return "", err
	}
	// Written by who asks, so that journald adds the true login.
	recordOperation(header, "asked for by "+caller(), nil)
	if err := h.start(ctx, header.ID); err != nil {
		h.abandon(header.ID, err)
		return "", err
	}
	return header.ID, nil
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

// abandon ends the record of an operation that could not be started.
func (h *Host) abandon(id string, why error) {
	_, journal, err := h.records.Open(id)
	if err != nil {
		return // something works on it after all
	}
	defer journal.Close()
	if events, err := journal.Events(); err != nil || len(events) > 0 {
		return
	}
	_ = journal.Append(operation.Event{At: time.Now().UTC(), Kind: operation.EventEnd, State: model.OperationFailed, Text: oneLine(why), Refusal: "refused"})
}

// Operations lists the operations, the newest first. What could not be read is
// left out, and named by the error.
func (h *Host) Operations(context.Context) ([]model.Operation, error) { return h.records.List() }

// Output is what programs said during an operation.
func (h *Host) Output(_ context.Context, id string) (model.Raw, error) { return h.records.Output(id) }

// Follow tells of an operation: as it stands, then with each change, until it
// is over or ctx ends. The channel holds the newest only, and is closed without
// any where there is no such operation.
func (h *Host) Follow(ctx context.Context, id string) <-chan model.Operation {
	news := make(chan model.Operation, 1)
	ctx, cancel := context.WithCancel(ctx)
	closed := context.AfterFunc(h.life, cancel)
	h.acts.Go(func() {
		defer close(news)
		defer cancel()
		defer closed()
		h.follow(ctx, id, news)
	})
	return news
}

func (h *Host) follow(ctx context.Context, id string, news chan model.Operation) {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	var last operation.Mark
	for {
		mark := h.records.Mark(id)
		o, err := h.records.Read(id)
		if errors.Is(err, model.ErrUnknown) {
			return
		}
		if err == nil && (mark != last || o.State != model.OperationRunning) {
			last = mark
			replace(news, o)
		}
		if err == nil && o.State != model.OperationRunning {
			h.Refresh()
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// CancelOperation asks an operation to end: what it is at is undone, or
// finished where it is too far for that.
func (h *Host) CancelOperation(ctx context.Context, id string) error {
	o, err := h.changeable(id)
	if err != nil {
		return err
	}
	if o.State != model.OperationRunning {
		return fmt.Errorf("%w: operation %s is %s", model.ErrStale, id, o.State)
	}
	return h.bus.Signal(ctx, unitOf(id), syscall.SIGTERM)
}

// Settle brings an operation that was interrupted to its end: undone where
// nothing was done yet that stays, else finished. It returns when that began.
func (h *Host) Settle(ctx context.Context, id string) error {
	o, err := h.changeable(id)
	if err != nil {
		return err
	}
	if o.State != model.OperationInterrupted {
		return fmt.Errorf("%w: operation %s is %s: there is nothing to settle", model.ErrStale, id, o.State)
	}
	return h.start(ctx, id)
}

func (h *Host) changeable(id string) (model.Operation, error) {
	if err := h.mayChange(); err != nil {
		return model.Operation{}, err
	}
	return h.records.Read(id)
}

// Carry carries an operation out, in this process: that of the service which
// was started for it. The end of ctx asks it to end, as CancelOperation does.
func (h *Host) Carry(ctx context.Context, id string) error {
	if err := h.mayChange(); err != nil {
		return err
	}
	header, journal, err := h.records.Open(id)
	if err != nil {
		return err
	}
	defer journal.Close()
	recordOperation(header, "begins", nil)
	w := &world{host: h, output: journal.Output}
	o, err := operation.Run(ctx, header, w, journal)
	if err != nil {
		recordOperation(header, "left open: "+err.Error(), nil)
		return err
	}
	recordOperation(header, "ended", &o)
	if err := h.sweep(header); err != nil {
		slog.Warn("sweep roots", "error", err)
	}
	return nil
}

// recordOperation writes to the journal what becomes of an operation.
func recordOperation(header operation.Header, what string, ended *model.Operation) {
	var names []string
	for _, name := range header.Plan.Names() {
		names = append(names, string(name))
	}
	fields := map[string]string{
		"MICROTUI_OPERATION":   header.ID,
		"MICROTUI_ACTION":      string(header.Plan.Action),
		"MICROTUI_VM":          strings.Join(names, " "),
		"MICROTUI_PLAN_DIGEST": header.Plan.Digest(),
		"SUDO_USER":            os.Getenv("SUDO_USER"),
	}
	message := fmt.Sprintf("operation %s: %s of %s %s", header.ID, header.Plan.Action, strings.Join(names, ", "), what)
	if ended != nil {
		fields["MICROTUI_RESULT"], fields["MICROTUI_REASON"] = string(ended.State), string(ended.Reason)
		message += ": " + string(ended.State)
		if ended.Reason != "" {
			message += ": " + string(ended.Reason)
		}
	}
	if err := systemd.Record(message, fields); err != nil {
		slog.Warn("record operation", "error", err)
	}
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
