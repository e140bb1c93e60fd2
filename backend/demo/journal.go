package demo

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"microtui/model"
)

// Log is an open log of the simulated host. Its times are those of the host's
// clock, so a followed log goes on while somebody watches.
type Log struct {
	live   *Live
	query  model.LogQuery
	ctx    context.Context
	closed chan struct{}
	once   sync.Once

	// Of Next alone.
	begun  bool
	over   bool
	until  time.Time // all lines up to it were given
	counts model.LogCounters
}

// lookEvery is how often a followed log looks for new lines.
const lookEvery = 100 * time.Millisecond

// Log opens a log. The end of ctx ends it.
func (l *Live) Log(ctx context.Context, query model.LogQuery) *Log {
	return &Log{live: l, query: query, ctx: ctx, closed: make(chan struct{})}
}

// Next waits for news and gives all there is; io.EOF after the last. One call
// at a time.
func (l *Log) Next(ctx context.Context) (model.LogBatch, error) {
	if l.over {
		return model.LogBatch{}, io.EOF
	}
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		batch, news := l.read()
		if news {
			return batch, nil
		}
		if !l.query.Follow && ctx.Err() == nil {
			continue // it has an end, and is read up to it
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return model.LogBatch{}, ctx.Err()
		case <-l.ctx.Done():
			return model.LogBatch{}, io.EOF
		case <-l.closed:
			return model.LogBatch{}, io.EOF
		case <-l.live.closed:
			return model.LogBatch{}, io.EOF
		}
	}
}

// Close ends the log.
func (l *Log) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// read gives what is new.
func (l *Log) read() (batch model.LogBatch, news bool) {
	l.live.mu.Lock()
	defer l.live.mu.Unlock()
	h, q := l.live.host, l.query
	if l.begun && q.Follow {
		batch.Entries = h.wanted(q, l.until.Add(1), h.now)
	} else if q.Last < 0 && !q.Follow && q.Before == "" {
		return l.readOn()
	} else {
		batch.Entries = h.lastLines(q)
		l.over = !q.Follow || q.Before != "" || !q.Until.IsZero()
		batch.Done = l.over
		if len(batch.Entries) == 0 && q.Before == "" && q.Last != 0 {
			batch.Empty = emptyLog
		}
	}
	news = !l.begun || len(batch.Entries) > 0
	l.begun, l.until = true, h.now
	l.counts.Read += uint64(len(batch.Entries))
	batch.Counters = l.counts
	return batch, news
}

// readAtOnce is how long a stretch of time is read in one go: meanwhile the host
// stands still.
const readAtOnce = 6 * time.Hour

// readOn gives the next lines of a log that is read from its beginning to its
// end.
func (l *Log) readOn() (batch model.LogBatch, news bool) {
	h, q := l.live.host, l.query
	end := h.now
	if !q.Until.IsZero() && q.Until.Before(end) {
		end = q.Until
	}
	if !l.begun {
		l.begun, l.until = true, h.firstLife(q.Units).Add(-1)
		if q.Since.After(l.until) {
			l.until = q.Since.Add(-1)
		}
	}
	from := l.until.Add(1)
	if l.until = from.Add(readAtOnce); !l.until.Before(end) {
		l.until, l.over = end, true
	}
	batch.Entries, batch.Done = h.wanted(q, from, l.until), l.over
	l.counts.Read += uint64(len(batch.Entries))
	if batch.Counters = l.counts; l.over && l.counts.Read == 0 {
		batch.Empty = emptyLog
	}
	return batch, l.over || len(batch.Entries) > 0
}

// emptyLog says why a log has no line.
const emptyLog = "no lines: it never ran, or logged nothing that matches"

// wanted are the lines of a stretch of time that a query asks for.
func (h *Host) wanted(q model.LogQuery, from, to time.Time) []model.LogEntry {
	return slices.DeleteFunc(h.said(q, from, to), func(e model.LogEntry) bool {
		return q.Priority != model.NoPriority && !e.Console && e.Priority > q.Priority ||
			q.Boot != "" && e.Boot != q.Boot || q.Before != "" && e.Cursor >= q.Before || q.Starts && !isStart(e)
	})
}

// isStart tells what systemd says when it starts a hypervisor's unit.
func isStart(e model.LogEntry) bool {
	return e.Invocation != "" && e.From == "systemd" && strings.HasPrefix(string(e.Message), "Started ")
}

// lastLines are the last ones, as many as a query asks for.
func (h *Host) lastLines(q model.LogQuery) []model.LogEntry {
	to := h.now
	if at, ok := timeOf(q.Before); ok {
		to = at
	}
	if !q.Until.IsZero() && q.Until.Before(to) {
		to = q.Until
	}
	oldest := h.firstLife(q.Units)
	if q.Since.After(oldest) {
		oldest = q.Since
	}
	// Ever longer stretches, until one has enough.
	for stretch := time.Hour; ; stretch *= 4 {
		from := to.Add(-stretch)
		if q.Last < 0 || from.Before(oldest) {
			from = oldest
		}
		lines := h.wanted(q, from, to)
		if q.Last >= 0 && len(lines) > q.Last {
			lines = lines[len(lines)-q.Last:]
		}
		if len(lines) == q.Last || !from.After(oldest) {
			return lines
		}
	}
}

// firstLife is when the journal of some units begins; now where it has none.
func (h *Host) firstLife(units []model.Raw) time.Time {
	first := h.now
	for _, unit := range units {
		_, name, _ := model.ParseUnitName(unit)
		d := h.diaries[name]
		if d == nil {
			continue
		}
		for _, l := range d.lives {
			first = earlier(first, l.began)
		}
		for _, r := range d.remarks {
			first = earlier(first, r.at)
		}
	}
	return first
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// cursorOf names a line: cursors are ordered as the lines are.
func cursorOf(e model.LogEntry) string { return fmt.Sprintf("%019d %s", e.At.UnixNano(), e.Unit) }

// timeOf is the time of the line that a cursor names.
func timeOf(cursor string) (time.Time, bool) {
	var nano int64
	if _, err := fmt.Sscan(cursor, &nano); err != nil {
		return time.Time{}, false
	}
	return time.Unix(0, nano).UTC(), true
}
