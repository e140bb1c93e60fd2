// Package journal reads what units wrote to the host's journal, and what
// systemd wrote about them: the last lines, the lines before a certain one, or
// line after line as they come.
//
// It is the only place that runs journalctl. libsystemd's own reader is no
// choice: it needs cgo, and a rotation at the wrong moment ends the whole
// process with SIGBUS (elastic/beats pull request 40061, systemd issue 33277).
//
// It must not know which units a VM has, nor make text showable: lines leave
// as the bytes that the journal holds.
package journal

import (
	"context"
	"time"

	"microtui/backend/wait"
	"microtui/model"
)

const (
	// pace is the shortest time between two batches: a screen is drawn once
	// for each.
	pace = 50 * time.Millisecond
	// closeTime is how long Close waits for a child that was killed. Only one
	// that hangs in the kernel takes longer.
	closeTime = time.Second
)

// Log is an open log.
type Log struct {
	backlog *backlog
	cancel  context.CancelFunc
	ended   chan struct{}
	last    time.Time // of the last batch; touched by Next alone
}

// Open opens a log. It returns at once and never fails: what goes wrong is the
// Fault of a batch. The log lives until [Log.Close] or the end of ctx, or
// until it was read to its end.
//
// Lines of a followed log are read as fast as they come and wait in a backlog
// of 10,000 lines or 16 MiB; when that is full, the oldest are dropped and
// counted. A log that is not followed loses nothing: its reader waits.
//
// journalctl dies now and then when files are rotated or vacuumed. It is then
// started again where it was; where that place is gone, a gap is told. Nothing
// tells of a file that was vacuumed before it was read to its end.
//
// A query with Before or Until is not followed. One with Before may give fewer
// lines than it asks for, never more than a backlog: the next query starts at
// the first of them.
func Open(ctx context.Context, query model.LogQuery) *Log {
	ctx, cancel := context.WithCancel(ctx)
	l := &Log{backlog: newBacklog(), cancel: cancel, ended: make(chan struct{}), last: time.Now()}
	go func() {
		defer close(l.ended)
		defer l.backlog.end()
		defer cancel()
		read(ctx, query, l.backlog)
	}()
	return l
}

// Next waits for news and returns all there is, at most every 50 ms: lines in
// the journal's order, a fault or its end, or why the log is empty. It gives
// [io.EOF] after the last batch and after Close, and ctx's error when that
// ends first; then no line is lost. One call at a time.
func (l *Log) Next(ctx context.Context) (model.LogBatch, error) {
	if err := l.backlog.await(ctx); err != nil {
		return model.LogBatch{}, err
	}
	if !wait.Pause(ctx, pace-time.Since(l.last)) {
		return model.LogBatch{}, ctx.Err()
	}
	l.last = time.Now()
	return l.backlog.take(), nil
}

// Close ends the log and returns when its journalctl is gone, after a second
// at most. It may be called more than once.
func (l *Log) Close() {
	l.cancel()
	limit := time.NewTimer(closeTime)
	defer limit.Stop()
	select {
	case <-l.ended:
	case <-limit.C:
	}
}
