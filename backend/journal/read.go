package journal

import (
	"context"
	"errors"
	"sync"
	"time"

	"microtui/backend/wait"
	"microtui/model"
)

const (
	// firstWait and longestWait are the pauses before journalctl is started
	// again.
	firstWait   = 100 * time.Millisecond
	longestWait = 5 * time.Second
	// settled is how long a follower runs until it counts as live without a
	// line.
	settled = time.Second
	// patience is how many failures in a row, without a new line between them,
	// are not worth a word when the log is followed, and how many an unfollowed
	// one survives. Rotation makes one now and then (systemd issue 36247).
	patience = 2
	// silence is after which time a followed log without a line is looked
	// into.
	silence = 250 * time.Millisecond
)

// read reads what a query asks for into a backlog.
func read(ctx context.Context, q model.LogQuery, to *backlog) {
	if q.Before != "" || !q.Until.IsZero() {
		q.Follow = false
	}
	asked := q
	if now := time.Now(); q.Follow && q.Last == 0 {
		// So that what comes before a restart is found after it.
		q.Last, q.Since = -1, latest(q.Since, now)
	}
	r := &reader{asked: asked, query: q, to: to, matches: matches(q), left: q.Last}
	switch {
	case len(r.matches) == 0:
		to.setEmpty("no unit was requested")
		to.finish()
	case q.Follow:
		r.follow(ctx)
	case q.Before != "", (!q.Until.IsZero() || q.Starts) && q.Last >= 0: // some that come last do not count
		r.finish(ctx, r.readBackwards(ctx))
	default:
		r.finish(ctx, r.readOn(ctx))
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// finish ends a log that was read to its end, or as far as it can be.
func (r *reader) finish(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	switch {
	case err != nil:
		r.to.setFault(model.Raw(err.Error()))
		r.to.setEmpty(whyNoJournal())
	case !r.to.hasRead():
		r.to.setEmpty(whyEmpty(ctx, r.query))
	}
	if ctx.Err() == nil {
		r.to.finish()
	}
}

// follow reads lines as they come, and meanwhile finds out why none do.
func (r *reader) follow(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	var looking sync.WaitGroup
	looking.Go(func() {
		if wait.Pause(ctx, silence) && !r.to.hasRead() {
			// That the log begins now is not why it is empty.
			if why := whyEmpty(ctx, r.asked); ctx.Err() == nil {
				r.to.setEmpty(why)
			}
		}
	})
	_ = r.readOn(ctx) // following, it ends with ctx alone
	cancel()
	looking.Wait()
}

// reader reads one query with as many journalctls as it takes.
type reader struct {
	asked   model.LogQuery // as it came
	query   model.LogQuery // with its bounds made exact
	to      *backlog
	matches []string

	at       place  // the last entry that was read
	recent   recent // and those before it
	left     int    // how many lines are still wanted; negative: all
	failures int    // in a row, without a new line between them
}

// readOn reads forwards. It returns at the end of a log that is not followed,
// and otherwise when ctx ends.
func (r *reader) readOn(ctx context.Context) error {
	for {
		began := time.Now()
		err := r.readOnce(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil && !r.query.Follow:
			return nil
		case err == nil:
			err = &failure{err: errors.New("it ended")}
		}
		if time.Since(began) >= settled {
			r.failures = 0
		}
		if r.failures++; r.failures > patience {
			if !r.query.Follow {
				return err
			}
			r.to.setFault(model.Raw(err.Error()))
		}
		r.skip(err)
		if !wait.Pause(ctx, backoff(r.failures)) {
			return ctx.Err()
		}
	}
}

// backoff is the pause after so many failures.
func backoff(failures int) time.Duration {
	return min(firstWait<<min(failures-1, 10), longestWait)
}

// skip steps over an entry that cannot be read.
func (r *reader) skip(err error) {
	var f *failure
	if errors.As(err, &f) && errors.Is(f.err, errFormat) && f.reached.cursor != "" {
		r.at = place{cursor: f.reached.cursor, at: f.reached.at(), unreadable: true}
	}
}

// readOnce runs one journalctl.
func (r *reader) readOnce(ctx context.Context) error {
	s := stretch{reader: r}
	args := start(r.query)
	if r.at.cursor != "" {
		s.seen = r.recent.set()
		args = resume(r.query, r.at)
		if r.failures > patience {
			args = resumeByTime(r.query, r.at)
		}
	}
	if r.query.Follow {
		live := time.AfterFunc(settled, func() { r.to.setFault("") })
		defer live.Stop()
	}
	return run(ctx, append(args, r.matches...), func(f *fields) error { return s.take(ctx, f) })
}
