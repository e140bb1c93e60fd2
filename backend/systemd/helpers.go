package systemd

import (
	"context"
	"fmt"
	"time"

	"microtui/model"
)

// helperPatience is how long a helper may take to stop beyond its own limit.
const helperPatience = 3 * time.Minute

// StopHelpers stops what is up of a VM's helper units, the last one started
// first, and reports whether there was one.
func (b *Bus) StopHelpers(ctx context.Context, vm model.Raw) (stopped bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, helperPatience)
	defer cancel()
	seen, err := b.look(ctx, vm)
	if err != nil {
		return false, err
	}
	helpers := seen.helpers()
	for at := len(helpers) - 1; at >= 0; at-- {
		unit := helpers[at].Unit
		if helpers[at].Role == model.RoleInstall || unit.Active == "inactive" || unit.Active == "failed" {
			continue
		}
		stopped = true
		if err := b.stopUnit(ctx, string(unit.Name)); err != nil {
			return stopped, err
		}
	}
	return stopped, nil
}

// stopUnit stops a unit and waits for its job.
func (b *Bus) stopUnit(ctx context.Context, unit string) error {
	s, err := b.connected(ctx)
	if err != nil {
		return fmt.Errorf("stop %s: %w", unit, err)
	}
	ended := make(chan string, 1)
	if _, err := s.conn.StopUnitContext(ctx, unit, "replace", ended); err != nil && !isGone(err) {
		return fmt.Errorf("stop %s: %w", unit, explainJob(err))
	} else if err != nil {
		return nil
	}
	look := time.NewTicker(pollEvery)
	defer look.Stop()
	for {
		select {
		case <-ended:
			return nil
		case <-ctx.Done():
			return fmt.Errorf("stop %s: %w", unit, explain(ctx.Err()))
		case <-look.C: // the word on the job is lost with the connection
			if s, err := b.connected(ctx); err == nil {
				lines, err := s.conn.ListUnitsByPatternsContext(ctx, []string{"active", "activating", "deactivating"}, []string{exactly(model.Raw(unit))})
				if err == nil && len(lines) == 0 {
					return nil
				}
			}
		}
	}
}
