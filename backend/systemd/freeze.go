package systemd

import (
	"context"
	"errors"
	"fmt"

	"microtui/model"
)

// Freeze freezes the processes of a unit, or thaws them, and returns when they
// are. An error wraps [model.ErrDenied] where this process may not: the policy of
// the bus lets root alone (systemd 252).
func (b *Bus) Freeze(ctx context.Context, unit model.Raw, frozen bool) error {
	method := "ThawUnit"
	if frozen {
		method = "FreezeUnit"
	}
	s, err := b.connected(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoJob, err)
	}
	ctx, cancel := context.WithTimeout(ctx, 5*callTimeout)
	defer cancel()
	err = explainJob(s.caller.Object(busName, busPath).CallWithContext(ctx, managerIface+"."+method, 0, string(unit)).Err)
	if errors.Is(err, model.ErrDenied) {
		return fmt.Errorf("%w: only root can pause and resume a VM", model.ErrDenied)
	}
	return err
}
