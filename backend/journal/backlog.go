package journal

import (
	"context"
	"io"
	"sync"

	"microtui/backend/wait"
	"microtui/model"
)

const (
	maxLines = 10_000
	maxBytes = 16 << 20
	// lineOverhead is what an entry costs beside its text.
	lineOverhead = 256
)

// backlog holds the lines that were read and not yet taken. Nobody ever waits
// in it for the other side but who asks to.
type backlog struct {
	news chan struct{} // holds a token when there may be something to take
	room chan struct{} // holds a token when something was taken

	mu       sync.Mutex
	ring     []waiting // grows up to maxLines
	first    int
	count    int
	bytes    int
	gap      bool // lines may be missing before the next one
	read     bool // there was a line
	counters model.LogCounters
	fault    model.Raw
	empty    model.Raw
	changed  bool // the state did since the last batch
	done     bool // nothing comes after what is here
	ended    bool // nothing comes, whether read to the end or not
}

type waiting struct {
	entry model.LogEntry
	gap   bool
}

func newBacklog() *backlog {
	return &backlog{news: make(chan struct{}, 1), room: make(chan struct{}, 1)}
}

func size(e model.LogEntry) int {
	return lineOverhead + len(e.Message) + len(e.Cursor) + len(e.From) + len(e.Unit)
}

// push adds a line, at the cost of the oldest ones when there is no room.
func (b *backlog) push(e model.LogEntry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for !b.fits(e) {
		b.drop()
	}
	b.add(e)
}

// pushWaiting adds a line when there is room.
func (b *backlog) pushWaiting(ctx context.Context, e model.LogEntry) error {
	for !b.tryPush(e) {
		select {
		case <-b.room:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (b *backlog) tryPush(e model.LogEntry) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.fits(e) {
		return false
	}
	b.add(e)
	return true
}

// fits reports whether there is room. A line always fits an empty backlog.
func (b *backlog) fits(e model.LogEntry) bool {
	return b.count == 0 || b.count < maxLines && b.bytes+size(e) <= maxBytes
}

func (b *backlog) add(e model.LogEntry) {
	if b.count == len(b.ring) {
		b.grow()
	}
	b.ring[(b.first+b.count)%len(b.ring)] = waiting{entry: e, gap: b.gap}
	b.count++
	b.bytes += size(e)
	b.gap, b.read, b.fault, b.empty = false, true, "", ""
	wait.Signal(b.news)
}

func (b *backlog) grow() {
	ring := make([]waiting, min(maxLines, max(64, 2*len(b.ring))))
	for i := range b.count {
		ring[i] = b.ring[(b.first+i)%len(b.ring)]
	}
	b.ring, b.first = ring, 0
}

// drop forgets the oldest line; the one after it has a gap before it.
func (b *backlog) drop() {
	b.remove()
	b.counters.Dropped++
	if b.count > 0 {
		b.ring[b.first].gap = true
	} else {
		b.gap = true
	}
}

// remove takes the oldest line out. Only here a line counts as read, so that
// in each batch the counters add up: read is given plus dropped.
func (b *backlog) remove() waiting {
	w := b.ring[b.first]
	b.ring[b.first] = waiting{}
	b.first = (b.first + 1) % len(b.ring)
	b.count--
	b.bytes -= size(w.entry)
	b.counters.Read++
	if w.entry.Cut > 0 {
		b.counters.Cut++
	}
	return w
}

// take gives the lines there are, up to the next gap, and the state.
func (b *backlog) take() model.LogBatch {
	b.mu.Lock()
	defer b.mu.Unlock()
	var batch model.LogBatch
	if b.count > 0 {
		batch.Gap = b.ring[b.first].gap
		batch.Entries = make([]model.LogEntry, 0, b.count)
	}
	for b.count > 0 && (len(batch.Entries) == 0 || !b.ring[b.first].gap) {
		batch.Entries = append(batch.Entries, b.remove().entry)
	}
	b.changed = false
	batch.Counters, batch.Fault, batch.Empty = b.counters, b.fault, b.empty
	batch.Done = b.done && b.count == 0
	if b.count > 0 {
		wait.Signal(b.news)
	}
	wait.Signal(b.room)
	return batch
}

// await waits until there is something to take.
func (b *backlog) await(ctx context.Context) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if ready, ended := b.look(); ready {
			return nil
		} else if ended {
			return io.EOF
		}
		select {
		case <-b.news:
		case <-ctx.Done():
		}
	}
}

func (b *backlog) look() (ready, ended bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.count > 0 || b.changed, b.ended
}

// update changes the state. A change is news.
func (b *backlog) update(change func() bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if change() {
		b.changed = true
		wait.Signal(b.news)
	}
}

// setFault says why nothing comes now; empty: the log is live again.
func (b *backlog) setFault(fault model.Raw) {
	b.update(func() bool {
		changed := b.fault != fault
		b.fault = fault
		return changed
	})
}

// setEmpty says why there is no line, unless there was one.
func (b *backlog) setEmpty(why model.Raw) {
	b.update(func() bool {
		if b.read {
			return false
		}
		b.empty = why
		return why != ""
	})
}

func (b *backlog) hasRead() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.read
}

// resumed counts a restart of the reader after which lines go on.
func (b *backlog) resumed() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.counters.Restarts++
}

// missed says that lines may be missing before the next one.
func (b *backlog) missed() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.counters.Gaps++
	b.gap = true
}

// suppressed counts lines that journald did not store.
func (b *backlog) suppressed(lines uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.counters.Suppressed += lines
}

// finish says that the log was read to its end.
func (b *backlog) finish() { b.update(func() bool { b.done = true; return true }) }

// end says that nothing comes any more, for whatever reason.
func (b *backlog) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = true
	wait.Signal(b.news)
}
