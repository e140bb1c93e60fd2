package journal

import (
	"context"
	"hash/maphash"
	"time"

	"microtui/model"
)

// stretch is the part of a log that one journalctl reads.
type stretch struct {
	*reader
	// seen holds the entries of the stretches before; nil: this is the first.
	seen map[uint64]bool
	// begun, there was an entry; gap, it was not the one to go on from, so
	// others may be missing; wentOn, there was a new one.
	begun, gap, wentOn bool
}

// take takes an entry from journalctl.
func (s *stretch) take(ctx context.Context, f *fields) error {
	if s.seen != nil && s.isOld(f) {
		return nil
	}
	s.failures = 0
	s.at = place{cursor: f.cursor, at: f.at()}
	s.recent.add(f.cursor)
	if isOutside(s.query, f.at()) || s.query.Starts && f.skipped() {
		return nil
	}
	if f.torn {
		s.to.missed()
	}
	s.to.suppressed(f.suppressed())
	e := f.entry(s.query.Units)
	if s.query.Follow {
		s.to.push(e)
		return nil
	}
	if err := s.to.pushWaiting(ctx, e); err != nil {
		return err
	}
	if s.left--; s.left == 0 && s.seen != nil {
		return errEnough // journalctl was not told how many are still wanted
	}
	return nil
}

// isOutside tells a time that a query does not ask for.
func isOutside(q model.LogQuery, at time.Time) bool {
	return !q.Since.IsZero() && at.Before(q.Since) || !q.Until.IsZero() && at.After(q.Until)
}

// isOld tells what was read before. A cursor that is no longer in the journal
// leads journalctl to what comes next by number or by time, and a burst of
// lines has one time.
func (s *stretch) isOld(f *fields) bool {
	if !s.begun {
		s.begun, s.gap = true, f.cursor != s.at.cursor
	}
	if s.seen[hash(f.cursor)] {
		return true
	}
	if !s.wentOn {
		s.wentOn = true
		s.to.resumed()
		if s.gap {
			s.to.missed()
		}
	}
	return false
}

// maxRecent is how many entries back one that comes again is recognised: more
// than can have one time. Those are the lines that journald reads at once, 48
// KiB of them.
const maxRecent = 1 << 15

// recent remembers the cursors of the last entries.
type recent struct {
	hashes []uint64 // a ring once it is full
	next   int
}

var seed = maphash.MakeSeed()

func hash(cursor string) uint64 { return maphash.String(seed, cursor) }

func (r *recent) add(cursor string) {
	if len(r.hashes) < maxRecent {
		r.hashes = append(r.hashes, hash(cursor))
		return
	}
	r.hashes[r.next] = hash(cursor)
	r.next = (r.next + 1) % maxRecent
}

func (r *recent) set() map[uint64]bool {
	set := make(map[uint64]bool, len(r.hashes))
	for _, h := range r.hashes {
		set[h] = true
	}
	return set
}
