package journal

import (
	"context"
	"slices"

	"microtui/model"
)

// readBackwards reads the lines before a place, and gives them in order.
func (r *reader) readBackwards(ctx context.Context) error {
	for {
		lines, err := r.before(ctx)
		if err == nil {
			for _, e := range slices.Backward(lines) {
				r.to.push(e)
			}
			return nil
		}
		if r.failures++; r.failures > patience || !pause(ctx, backoff(r.failures)) {
			return err
		}
	}
}

// before reads as many lines as are wanted and fit a backlog, latest first.
func (r *reader) before(ctx context.Context) ([]model.LogEntry, error) {
	var found []model.LogEntry
	suppressed, bytes := uint64(0), 0
	wanted := r.query.Last
	if wanted < 0 || wanted > maxLines {
		wanted = maxLines
	}
	take := func(f *fields) error {
		switch q := r.query; {
		case len(found) == wanted, !q.Since.IsZero() && f.at().Before(q.Since):
			return errEnough
		case f.cursor == q.Before, !q.Until.IsZero() && f.at().After(q.Until):
			return nil
		}
		e := f.entry(r.query.Units)
		if bytes += size(e); bytes > maxBytes {
			return errEnough
		}
		found = append(found, e)
		suppressed += f.suppressed()
		return nil
	}
	err := run(ctx, append(backwards(r.query), r.matches...), take)
	if err == nil {
		r.to.suppressed(suppressed)
	}
	return found, err
}
