package tui

import (
	"context"
	"io"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
)

// actingHost takes orders, tells of them what the test says, and keeps a
// journal.
type actingHost struct {
	quietHost
	mu        sync.Mutex
	given     []*givenOrder
	cancelled []model.Raw
	opened    []*testLog
	script    func(query model.LogQuery) *testLog // nil: an empty log that never says anything
}

// givenOrder is an order as the host got it.
type givenOrder struct {
	model.Order
	news chan model.Progress
}

func (h *actingHost) Act(_ context.Context, order model.Order) <-chan model.Progress {
	h.mu.Lock()
	defer h.mu.Unlock()
	g := &givenOrder{order, make(chan model.Progress, 10)}
	h.given = append(h.given, g)
	return g.news
}

func (h *actingHost) Cancel(_ context.Context, vm model.Raw) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.cancelled = append(h.cancelled, vm)
	return nil
}

func (h *actingHost) cancellations() []model.Raw {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]model.Raw(nil), h.cancelled...)
}

func (h *actingHost) orders() []*givenOrder {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]*givenOrder(nil), h.given...)
}

func (h *actingHost) Log(ctx context.Context, query model.LogQuery) Log {
	h.mu.Lock()
	defer h.mu.Unlock()
	l := &testLog{batches: make(chan model.LogBatch, 100), closed: make(chan struct{})}
	if h.script != nil {
		l = h.script(query)
	}
	l.ctx, l.query = ctx, query
	h.opened = append(h.opened, l)
	return l
}

func (h *actingHost) logs() []*testLog {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]*testLog(nil), h.opened...)
}

// ends tells how an order ended.
func (g *givenOrder) ends(result model.Result, reason model.Raw) {
	g.news <- model.Progress{Order: g.Order, Outcome: &model.Outcome{Result: result, Reason: reason}}
	close(g.news)
}

// testLog is a log that gives what the test puts into it.
type testLog struct {
	ctx     context.Context
	query   model.LogQuery
	batches chan model.LogBatch
	closed  chan struct{}
	once    sync.Once
}

func (l *testLog) Next(ctx context.Context) (model.LogBatch, error) {
	select {
	case <-ctx.Done():
		return model.LogBatch{}, ctx.Err()
	case <-l.closed:
		return model.LogBatch{}, io.EOF
	case batch, open := <-l.batches:
		if !open {
			return batch, io.EOF
		}
		return batch, nil
	}
}

func (l *testLog) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// theatre is a stage on which commands are carried out.
type theatre struct {
	*stage
	host *actingHost
	msgs chan tea.Msg
}

func newTheatre(t testing.TB, width, height int, options Options) *theatre {
	t.Helper()
	host := &actingHost{}
	th := &theatre{stage: newStageOn(t, host, &host.quietHost, width, height, options), host: host, msgs: make(chan tea.Msg, 1000)}
	return th
}

// play carries a command out.
func (th *theatre) play(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		switch msg := cmd().(type) {
		case tea.BatchMsg:
			for _, c := range msg {
				th.play(c)
			}
		default:
			th.msgs <- msg
		}
	}()
}

func (th *theatre) press(keys ...string) {
	th.t.Helper()
	for _, key := range keys {
		th.play(th.stage.press(key))
	}
}

// until hands messages over until something holds.
func (th *theatre) until(what string, holds func() bool) {
	th.t.Helper()
	limit, again := time.After(20*time.Second), time.NewTicker(time.Millisecond)
	defer again.Stop()
	for !holds() {
		select {
		case <-again.C: // the host may have been told something meanwhile
		case msg := <-th.msgs:
			th.play(th.send(msg))
		case <-limit:
			th.t.Fatalf("waited for %s; the screen:\n%s", what, th.screen())
		}
	}
}

// ordered waits for so many orders and gives the last.
func (th *theatre) ordered(n int) *givenOrder {
	th.t.Helper()
	th.until("an order", func() bool { return len(th.host.orders()) >= n })
	return th.host.orders()[n-1]
}
