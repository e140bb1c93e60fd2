package journal

import (
	"context"
	"slices"

	"microtui/backend/wait"
)

// readBackwards reads the lines before a place, and gives them in order.
func (r *reader) readBackwards(ctx context.Context) error {
	for {
		lines, err := r.before(ctx)
		if err == nil {
			for _, line := range slices.Backward(lines) {
				if line.gap {
					r.to.missed()
				}
				r.to.push(line.entry)
			}
			return nil
		}
		if r.failures++; r.failures > patience || !wait.Pause(ctx, backoff(r.failures)) {
			return err
		}
	}
}

// before reads as many lines as are wanted and fit a backlog, latest first.
func (r *reader) before(ctx context.Context) ([]waiting, error) {
	var found []waiting
	suppressed, bytes := uint64(0), 0
	wanted := r.query.Last
	if wanted < 0 || wanted > maxLines {
		wanted = maxLines
	}
	take := func(f *fields) error {
		switch q := r.query; {
		case len(found) == wanted, !q.Since.IsZero() && f.at().Before(q.Since):
			return errEnough
		case f.cursor == q.Before, !q.Until.IsZero() && f.at().After(q.Until), q.Starts && f.skipped():
			return nil
		}
		if f.torn && len(found) > 0 {
			found[len(found)-1].gap = true
		}
		e := f.entry(r.query.Units)
		if bytes += size(e); bytes > maxBytes {
			return errEnough
		}
		found = append(found, waiting{entry: e})
		suppressed += f.suppressed()
		return nil
	}
	err := run(ctx, append(backwards(r.query), r.matches...), take)
	if err == nil {
		r.to.suppressed(suppressed)
	}
	return found, err
}
