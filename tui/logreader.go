package tui

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/model/text"
	"microtui/tui/intent"
	"microtui/tui/logview"
)

// logReader is an open log of the host's, and what ends it.
type logReader struct {
	log    Log
	number int // tells its messages from those of a reader before
	end    context.CancelFunc
}

// The messages of logs.
type (
	// batchMsg brings lines. err is io.EOF after the last.
	batchMsg struct {
		from  *logReader
		batch model.LogBatch
		err   error
	}
	// closedMsg says that a log was closed.
	closedMsg struct{}
)

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

// nextBatch is the command that waits for the next lines of a log.
func (a *App) nextBatch(r *logReader) tea.Cmd {
	return guarded(func() tea.Msg {
		batch, err := r.log.Next(a.ctx)
		return batchMsg{r, batch, err}
	})
}

// closeReader is the command that closes a log; it may take a moment.
func (a *App) closeReader(number int) tea.Cmd {
	r := a.logs.of(number)
	if r == nil {
		return nil
	}
	r.end()
	return guarded(func() tea.Msg { a.logs.close(r); return closedMsg{} })
}

// readOlder is the command that reads the lines before those that are held.
func (a *App) readOlder(i intent.ReadOlder) tea.Cmd {
	return guarded(func() tea.Msg {
		entries, fault := a.readLines(i.Query, i.Query.Last)
		return logview.Older{Reader: i.Reader, Before: i.Query.Before, Entries: entries, Fault: fault}
	})
}

// readNewer is the command that reads lines after one, which the query begins
// at the time of.
func (a *App) readNewer(i intent.ReadNewer) tea.Cmd {
	return guarded(func() tea.Msg {
		passed := false
		entries, fault := a.readLines(i.Query, i.Most, func(e *model.LogEntry) bool {
			was := passed
			passed = passed || e.Cursor == i.After
			return was
		})
		return logview.Newer{Reader: i.Reader, After: i.After, Entries: entries, Fault: fault}
	})
}

// seekStart is the command that looks for a start, and reads on from it.
func (a *App) seekStart(i intent.SeekStart) tea.Cmd {
	return guarded(func() tea.Msg {
		found := logview.StartFound{Seek: i.Seek}
		var starts []model.LogEntry
		if starts, found.Fault = a.readLines(i.Query, i.Most); found.Fault != "" {
			return found
		}
		if found.Start = i.Choose(starts); found.Start != nil {
			lines := i.Lines
			lines.Since = found.Start.At
			found.Lines, found.Fault = a.readLines(lines, logview.StartLines)
		}
		return found
	})
}

// readLines reads a log that is not followed: its first lines, at most so
// many, of those that are wanted.
func (a *App) readLines(query model.LogQuery, most int, wanted ...func(*model.LogEntry) bool) (entries []model.LogEntry, fault text.SafeText) {
	r := a.logs.open(a.ctx, a.journal, query)
	defer a.logs.close(r)
	for {
		batch, err := r.log.Next(a.ctx)
		if err != nil {
			if !errors.Is(err, io.EOF) && a.ctx.Err() == nil {
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
