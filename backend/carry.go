package backend

import (
	"context"
	"log/slog"

	"microtui/backend/execute"
	"microtui/backend/operation"
	"microtui/model"
)

// Carry carries an operation out, in this process: that of the service which
// was started for it. The end of ctx asks it to end, as CancelOperation does.
// The host is for this operation alone.
func (h *Host) Carry(ctx context.Context, id string) error {
	if err := h.mayChange(); err != nil {
		return err
	}
	header, journal, err := h.records.Open(id)
	if err != nil {
		return err
	}
	defer journal.Close()
	h.stateDir = header.Plan.StateDir // the one that was looked at then
	recordOperation(id, header.Plan, "begins", nil)
	executor := h.executor(journal.Output)
	o, err := operation.Run(ctx, header, executor, journal)
	if err != nil {
		recordOperation(id, header.Plan, "left unfinished: "+string(oneLine(err)), nil)
		return err
	}
	recordOperation(id, header.Plan, "ended", &o)
	if err := executor.Sweep(ctx, header); err != nil {
		slog.Warn("sweep gcroots", "error", err)
	}
	if err := h.syncKeep(); err != nil {
		slog.Warn("copy the keep list", "error", err)
	}
	return nil
}

// executor is this host as an operation changes it.
func (h *Host) executor(output func(model.Raw)) *execute.Executor {
	return execute.New(sight{h}, h.bus, h.locks, h.records, output)
}

// sight is how an executor looks at this host.
type sight struct{ host *Host }

// Look implements [execute.Host].
func (s sight) Look(ctx context.Context) (o model.Observation, lost error) {
	o, _ = s.host.observe(ctx, func(ctx context.Context) (units, error) {
		read, late := s.host.unitsNow(ctx)
		lost = read.err
		return read, late
	}, true)
	return o, lost
}
