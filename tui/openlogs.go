package tui

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"microtui/model"
	"microtui/model/text"
)

// logReader is an open log of the host's, and what ends it.
type logReader struct {
	log    Log
	number int // tells its messages from those of a reader before
	end    context.CancelFunc
}

// openLogs are the logs that have children to end. The event loop may be gone
// when they have to.
type openLogs struct {
	mu      sync.Mutex
	last    int
	all     map[int]*logReader
	over    bool           // the program ends
	closing sync.WaitGroup // those that are being closed
}

// open opens a log. When the program ends it opens none any more.
func (o *openLogs) open(ctx context.Context, from Logs, query model.LogQuery) *logReader {
	ctx, end := context.WithCancel(ctx)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.last++
	r := &logReader{number: o.last, end: end, log: noLog{}}
	if o.over {
		return r
	}
	r.log = from.Log(ctx, query)
	if o.all == nil {
		o.all = map[int]*logReader{}
	}
	o.all[r.number] = r
	return r
}

// of is an open log; nil: it is closed.
func (o *openLogs) of(number int) *logReader {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all[number]
}

// close closes a log, once.
func (o *openLogs) close(r *logReader) {
	r.end()
	o.mu.Lock()
	_, open := o.all[r.number]
	if open {
		delete(o.all, r.number)
		o.closing.Add(1)
	}
	o.mu.Unlock()
	if open {
		o.finish(r)
	}
}

func (o *openLogs) finish(r *logReader) {
	defer o.closing.Done()
	_ = r.log.Close() // what does not end hangs in the kernel: nothing is left to do
}

// closeAll closes every log, all at the same time, and waits for those that
// are being closed: not forever.
func (o *openLogs) closeAll() {
	o.mu.Lock()
	for _, r := range o.all {
		o.closing.Add(1)
		r.end()
		go o.finish(r)
	}
	o.all, o.over = nil, true
	o.mu.Unlock()
	closed := make(chan struct{})
	go func() {
		o.closing.Wait()
		close(closed)
	}()
	limit := time.NewTimer(closeTime)
	defer limit.Stop()
	select {
	case <-closed:
	case <-limit.C:
	}
}

// closeTime is how long the end of the program waits for logs to close.
const closeTime = time.Second

// noLog is a log without a line.
type noLog struct{}

func (noLog) Next(context.Context) (model.LogBatch, error) { return model.LogBatch{}, io.EOF }
func (noLog) Close() error                                 { return nil }

// readLines reads a log that is not followed: its first lines, at most so
// many, of those that are wanted.
func (o *openLogs) readLines(ctx context.Context, from Logs, query model.LogQuery, most int, wanted ...func(*model.LogEntry) bool) (entries []model.LogEntry, fault text.SafeText) {
	r := o.open(ctx, from, query)
	defer o.close(r)
	for {
		batch, err := r.log.Next(ctx)
		if err != nil {
			if !errors.Is(err, io.EOF) && ctx.Err() == nil {
				fault = text.Safe(err.Error())
			}
			return entries, fault
		}
		for i := range batch.Entries {
			if len(wanted) == 0 || wanted[0](&batch.Entries[i]) {
				entries = append(entries, batch.Entries[i])
			}
			if len(entries) == most {
				return entries, fault
			}
		}
		if batch.Fault != "" {
			fault = text.Safe(batch.Fault)
		}
		if batch.Done {
			return entries, fault
		}
	}
}
