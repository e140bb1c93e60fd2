package tui

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"microtui/model"
	"microtui/tui/screentest"
)

// floodHost is a host that carries out every order, and whose VMs log as fast
// as a test wants.
type floodHost struct {
	scriptedHost
	perSecond int
}

// Act stops or starts at once, and says so in the next observation.
func (h *floodHost) Act(ctx context.Context, order model.Order) <-chan model.Progress {
	news := make(chan model.Progress, 2)
	since := time.Now()
	news <- model.Progress{Order: order, Doing: "stopping: asks the guest", Since: since, Limit: since.Add(150 * time.Second)}
	if order.VM == "vm-001" { // this one hangs until it is cancelled
		return news
	}
	news <- model.Progress{Order: order, Outcome: &model.Outcome{Result: model.ResultDone}}
	close(news)
	return news
}

func (h *floodHost) Cancel(context.Context, model.Raw) error { return nil }

func (h *floodHost) Log(ctx context.Context, query model.LogQuery) Log {
	l := &flood{changed: make(chan struct{}, 1), closed: make(chan struct{})}
	go l.produce(h.perSecond)
	return l
}

// flood is a log with a producer and a bounded backlog, as a journal is.
type flood struct {
	mu       sync.Mutex
	waiting  []model.LogEntry
	counters model.LogCounters
	changed  chan struct{}
	closed   chan struct{}
	once     sync.Once
	last     time.Time
}

const floodText = "guest: request 4711 took 12 ms \x1b[32mok\x1b[0m \x1b]52;c;ZXZpbA==\x07 \x1b]0;evil\x07 \x9b2J \u202e end"

func (l *flood) produce(perSecond int) {
	const steps = 100
	tick := time.NewTicker(time.Second / steps)
	defer tick.Stop()
	for n := 0; ; {
		select {
		case <-l.closed:
			return
		case <-tick.C:
		}
		l.mu.Lock()
		for range max(1, perSecond/steps) {
			l.waiting = append(l.waiting, model.LogEntry{
				Cursor: strconv.Itoa(n), At: bootTime, Boot: "b", Unit: "microvm@vm-000.service", Console: n%3 > 0, From: "systemd",
				Priority: 6, Message: model.Raw(strconv.Itoa(n) + " " + floodText),
			})
			n++
		}
		l.counters.Read = uint64(n)
		if over := len(l.waiting) - 10_000; over > 0 {
			l.counters.Dropped += uint64(over)
			l.waiting = append([]model.LogEntry(nil), l.waiting[over:]...)
		}
		l.mu.Unlock()
		select {
		case l.changed <- struct{}{}:
		default:
		}
	}
}

func (l *flood) Next(ctx context.Context) (model.LogBatch, error) {
	pace := time.NewTimer(50*time.Millisecond - time.Since(l.last))
	defer pace.Stop()
	for _, wait := range []<-chan time.Time{pace.C, nil} {
		changed := l.changed
		if wait != nil {
			changed = nil
		}
		select {
		case <-ctx.Done():
			return model.LogBatch{}, ctx.Err()
		case <-l.closed:
			return model.LogBatch{}, io.EOF
		case <-wait:
		case <-changed:
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = time.Now()
	batch := model.LogBatch{Entries: l.waiting, Counters: l.counters}
	l.waiting = nil
	return batch, nil
}

func (l *flood) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// A key is answered within 100 ms at the 99th percentile while a VM logs
// 100,000 lines a second, memory does not grow, and nothing a guest says
// reaches the terminal.
func TestKeysUnderAFlood(t *testing.T) {
	s := screentest.Start(t, 120, 40, theProgram("flood"))
	s.WaitFor("20 VMs")
	before := resident(t, s)
	s.Type("l")
	s.WaitFor("vm-000 · log ── following")
	s.WaitFor("took 12 ms")
	began, written := time.Now(), len(s.Raw())
	duration := 3 * time.Second
	if os.Getenv("MICROTUI_LONG") != "" {
		duration = 30 * time.Second
	}
	var times []time.Duration
	for n := 0; time.Since(began) < duration || n < 100; n++ {
		key, row := "j", "vm-001"
		if n%2 == 1 {
			key, row = "k", "vm-000"
		}
		pressed := time.Now()
		s.Type(key)
		s.Wait("the cursor on "+row, func(screen string) bool {
			return strings.Contains(screen, "▸  "+row)
		})
		times = append(times, time.Since(pressed))
	}
	slices.Sort(times)
	p50, p99 := times[len(times)/2], times[len(times)*99/100]
	grown := resident(t, s) - before
	t.Logf("%d keys in %v: p50 %v, p99 %v, worst %v; resident +%d KiB (%d before); %d B/s to the terminal", len(times),
		time.Since(began).Round(time.Millisecond), p50, p99, times[len(times)-1], grown>>10, before>>10,
		int(float64(len(s.Raw())-written)/time.Since(began).Seconds()))
	if p99 > 100*time.Millisecond && !raced {
		t.Errorf("p99 is %v", p99)
	}
	if grown > 64<<20 {
		t.Errorf("resident memory grew by %d MiB", grown>>20)
	}
	s.Type("q")
	leaves(t, s, exitDone)
	for _, evil := range []string{"\x1b]52", "\x1b]0;", "\x9b", "\u202e", "ZXZpbA==\x07"} {
		if strings.Contains(s.Raw(), evil) {
			t.Errorf("%q reached the terminal", evil)
		}
	}
}

func resident(t *testing.T, s *screentest.Screen) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", s.Process().Pid))
	if err != nil {
		t.Skip("needs /proc")
	}
	var size, pages int
	fmt.Sscan(string(text), &size, &pages)
	return pages * os.Getpagesize()
}

func TestJourneyStopAVM(t *testing.T) {
	s := screentest.Start(t, 140, 30, theProgram("acting"))
	s.WaitFor("20 VMs")
	s.Type("S")
	s.WaitFor("Stop vm-000?")
	s.Type("\r") // Enter cancels
	patient(s, "\x1b", func(screen string) bool { return !strings.Contains(screen, "Stop vm-000?") })
	s.Type("S")
	s.WaitFor("Stop vm-000?")
	s.Type("y") // too early
	s.Type("\x1b[24;80R\x1b]11;rgb:0/0/0\x07\x1b[200~y\x1b[201~")
	s.WaitFor("Stop vm-000?")
	patient(s, "y", func(screen string) bool { return strings.Contains(screen, "vm-000 stopped") })
	s.Type("jS")
	s.WaitFor("Stop vm-001?")
	patient(s, "y", func(screen string) bool { return strings.Contains(screen, "of 150 s: stopping: asks the guest") })
	s.WaitFor("2 s of 150 s") // it moves by itself
	s.Type("q")
	leaves(t, s, exitDone)
}

// patient presses a key now and then until something holds: what comes in the
// first 300 ms of a dialog is ignored.
func patient(s *screentest.Screen, key string, holds func(string) bool) {
	again := time.NewTicker(settling + settling/4)
	defer again.Stop()
	for limit := 0; limit < 50 && !holds(s.Text()); limit++ {
		if <-again.C; !holds(s.Text()) {
			s.Type(key)
		}
	}
	s.Wait("what "+key+" does", holds)
}

// The log of a program that ends is closed, whatever ends it.
func TestLogsEndWithTheProgram(t *testing.T) {
	for name, end := range map[string]func(*screentest.Screen){
		"q":       func(s *screentest.Screen) { s.Type("q") },
		"SIGTERM": func(s *screentest.Screen) { s.Signal(syscall.SIGTERM) },
		"hang-up": func(s *screentest.Screen) { s.HangUp() },
	} {
		t.Run(name, func(t *testing.T) {
			command := theProgram("log child")
			s := screentest.Start(t, 100, 30, command)
			s.WaitFor("20 VMs")
			s.Type("l")
			child, err := strconv.Atoi(strings.TrimSpace(strings.SplitN(screentest.Line(s.WaitFor("child "), "child "), "child ", 2)[1]))
			if err != nil {
				t.Fatal(err)
			}
			end(s)
			s.Exit(2 * time.Second)
			if syscall.Kill(child, 0) == nil {
				t.Errorf("the log's child %d lives on", child)
			}
		})
	}
}
