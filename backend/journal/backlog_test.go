package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"microtui/model"
)

// Whatever is pushed and taken in whatever order: in each batch what was read
// is what was given plus what was dropped, lines keep their order, and where
// one is missing there is a gap.
func TestBacklogAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newBacklog()
		sizes := rapid.SampledFrom([]int{10, maxLine, 5 << 20}).Draw(t, "size")
		pushed, given, next := 0, 0, 0
		take := func() model.LogBatch {
			batch := b.take()
			given += len(batch.Entries)
			for i, e := range batch.Entries {
				if e.PID < next || e.PID > next && !(batch.Gap && i == 0) {
					t.Fatalf("line %d where %d is due, gap %v", e.PID, next, batch.Gap)
				}
				next = e.PID + 1
			}
			if batch.Counters.Read != uint64(given)+batch.Counters.Dropped {
				t.Fatalf("given %d: %+v", given, batch.Counters)
			}
			return batch
		}
		for range rapid.IntRange(1, 20).Draw(t, "rounds") {
			if rapid.Bool().Draw(t, "push") {
				message := model.Raw(strings.Repeat("x", sizes))
				for range rapid.IntRange(1, 3*maxLines/(1+sizes/100)+3).Draw(t, "lines") {
					b.push(model.LogEntry{PID: pushed, Message: message, Cut: pushed % 2})
					pushed++
				}
				if b.bytes > maxBytes+sizes+lineOverhead || b.count > maxLines {
					t.Fatalf("%d lines, %d bytes", b.count, b.bytes)
				}
			} else {
				take()
			}
		}
		b.finish()
		for !take().Done {
		}
		if last := b.counters; last.Read != uint64(pushed) || last.Cut != uint64(pushed/2) {
			t.Fatalf("pushed %d: %+v", pushed, last)
		}
	})
}

// A gap is before the first line of a batch, never in the middle.
func TestGapBeginsBatch(t *testing.T) {
	b := newBacklog()
	b.push(model.LogEntry{PID: 1})
	b.resumed()
	b.missed()
	b.push(model.LogEntry{PID: 2})
	b.resumed()
	b.push(model.LogEntry{PID: 3})
	b.finish()
	first, second := b.take(), b.take()
	if first.Gap || first.Done || fmt.Sprint(pids(first)) != "[1]" {
		t.Errorf("%+v", first)
	}
	if !second.Gap || !second.Done || fmt.Sprint(pids(second)) != "[2 3]" || second.Counters != (model.LogCounters{Read: 3, Restarts: 2, Gaps: 1}) {
		t.Errorf("%+v", second)
	}
}

func pids(b model.LogBatch) (all []int) {
	for _, e := range b.Entries {
		all = append(all, e.PID)
	}
	return all
}

// A reader that must lose nothing waits for room, and not longer than it is
// wanted.
func TestPushWaits(t *testing.T) {
	b := newBacklog()
	ctx, cancel := context.WithCancel(t.Context())
	for range maxLines {
		must(t, b.pushWaiting(ctx, model.LogEntry{}))
	}
	pushed := make(chan error)
	go func() { pushed <- b.pushWaiting(ctx, model.LogEntry{}) }()
	if got := len(b.take().Entries); got != maxLines {
		t.Errorf("%d lines", got)
	}
	must(t, <-pushed)
	for range maxLines - 1 {
		must(t, b.pushWaiting(ctx, model.LogEntry{}))
	}
	go func() { pushed <- b.pushWaiting(ctx, model.LogEntry{}) }()
	cancel()
	if err := <-pushed; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if b.counters.Dropped != 0 {
		t.Errorf("%d lines dropped", b.counters.Dropped)
	}
}

// A fault and its end are news, once; a line ends it too.
func TestFaultIsNews(t *testing.T) {
	b := newBacklog()
	ready := func() bool { ready, _ := b.look(); return ready }
	b.setFault("")
	if ready() {
		t.Error("no fault is news")
	}
	b.setFault("down")
	if !ready() || b.take().Fault != "down" || ready() {
		t.Error("a fault is no news")
	}
	b.setFault("down")
	if ready() {
		t.Error("the same fault is news")
	}
	b.push(model.LogEntry{})
	if got := b.take(); got.Fault != "" || len(got.Entries) != 1 {
		t.Errorf("after a line: %+v", got)
	}
	b.setEmpty("why")
	if ready() {
		t.Error("empty after a line")
	}
}

// Next ends with its context and loses nothing, and with its log.
func TestNextEnds(t *testing.T) {
	l := &Log{backlog: newBacklog(), cancel: func() {}, ended: make(chan struct{}), last: time.Now()}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	l.backlog.push(model.LogEntry{PID: 7})
	if _, err := l.Next(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	l.backlog.end()
	batch, err := l.Next(t.Context())
	if err != nil || fmt.Sprint(pids(batch)) != "[7]" {
		t.Errorf("%+v, %v", batch, err)
	}
	if _, err := l.Next(t.Context()); err != io.EOF {
		t.Errorf("%v", err)
	}
}
