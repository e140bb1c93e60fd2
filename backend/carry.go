package backend

import (
	"context"
	"log/slog"

	"microtui/backend/operation"
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
	w := &world{host: h, output: journal.Output}
	o, err := operation.Run(ctx, header, w, journal)
	if err != nil {
		recordOperation(id, header.Plan, "left open: "+string(oneLine(err)), nil)
		return err
	}
	recordOperation(id, header.Plan, "ended", &o)
	if err := h.sweep(ctx, header); err != nil {
		slog.Warn("sweep roots", "error", err)
	}
	if err := h.syncKeep(); err != nil {
		slog.Warn("copy the keep list", "error", err)
	}
	h.sweepTemporary(ctx)
	return nil
}
