package systemd

import (
	"context"
	"fmt"
	"strings"

	"microtui/model"
)

// ResetFailed forgets that a unit failed, and reports whether it had. One that
// systemd does not have in memory has not.
func (b *Bus) ResetFailed(ctx context.Context, unit model.Raw) (bool, error) {
	s, err := b.connected(ctx)
	if err != nil {
		return false, fmt.Errorf("reset the failed state of %s: %w", unit, err)
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	lines, err := s.conn.ListUnitsByPatternsContext(ctx, []string{"failed"}, []string{exactly(unit)})
	if err != nil {
		return false, fmt.Errorf("reset the failed state of %s: %w", unit, explain(err))
	}
	if len(lines) == 0 {
		return false, nil
	}
	err = s.conn.ResetFailedUnitContext(ctx, string(unit))
	if isGone(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("reset the failed state of %s: %w", unit, explainJob(err))
	}
	return true, nil
}

// exactly is a pattern that matches one name: of what a unit's name may hold,
// only a backslash means something in a pattern.
func exactly(unit model.Raw) string { return strings.ReplaceAll(string(unit), `\`, `\\`) }
