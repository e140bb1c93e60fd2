package tui

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"microtui/model"
	"microtui/tui/logview"
)

// livesOf makes a host keep a journal of so many lines; every so many lines
// the VM is started anew, which only a line of systemd's says that has a
// priority.
func (th *theatre) livesOf(lines, each int) {
	th.host.script = func(q model.LogQuery) *testLog {
		var all []model.LogEntry
		for n, e := range counted(0, lines) {
			if e.Invocation = fmt.Sprint("run ", n/each); n%each == 0 {
				e.Console, e.From = false, "systemd"
			}
			before := lines
			if q.Before != "" {
				fmt.Sscan(q.Before, &before)
			}
			hidden := !e.Console && q.Priority != model.NoPriority && e.Priority > q.Priority
			if n < before && !e.At.Before(q.Since) && !hidden && (!q.Starts || n%each == 0) {
				all = append(all, e)
			}
		}
		if q.Last >= 0 && len(all) > q.Last {
			all = all[len(all)-q.Last:]
		}
		l := &testLog{batches: make(chan model.LogBatch, 100), closed: make(chan struct{})}
		l.batches <- model.LogBatch{Entries: all, Done: !q.Follow}
		if !q.Follow {
			close(l.batches)
		}
		return l
	}
}

func (th *theatre) topLine() model.Raw {
	v := &th.App.log.View
	return v.Window.At(v.Start().Line).Message
}

// goesTo presses a key and waits for a line on top.
func (th *theatre) goesTo(key string, want model.Raw) {
	th.t.Helper()
	th.press(key)
	th.until(key+" to "+string(want), func() bool { return th.App.log.Seeks == 0 && strings.HasPrefix(string(th.topLine()), string(want)) })
}

func TestLogGoesToStarts(t *testing.T) {
	th := newTheatre(t, 100, 12, Options{})
	th.observe(hostel())
	th.livesOf(2500, 400) // at 0, 400, …, 2400
	th.loaded()
	for _, want := range []model.Raw{"line 2400.", "line 2000.", "line 1600.", "line 1200.", "line 800.", "line 400.", "line 0."} {
		th.goesTo("{", want)
		th.shows("api: it was started 2026-11-03 12:04:3")
	}
	th.until("the beginning", func() bool { return th.App.log.Complete })
	th.press("{")
	th.shows("Start: no earlier one in the journal")
	th.goesTo("}", "line 400.")
}

// A start of long ago costs no reading of what was said since. From there one
// reads on, to the end.
func TestAStartOfLongAgo(t *testing.T) {
	th := newTheatre(t, 100, 12, Options{})
	th.observe(hostel())
	th.livesOf(60_000, 25_000)
	th.loaded()
	th.goesTo("{", "line 50000.")
	th.goesTo("{", "line 25000.")
	if n := len(th.host.logs()); n > 12 {
		t.Errorf("%d logs were opened", n)
	}
	held := func() int { return len(th.App.log.View.Window.Lines) }
	th.until("older lines", func() bool { return held() == logview.StartLines+logview.OlderLines })
	th.goesTo("}", "line 50000.") // is not held
	th.until("older lines", func() bool { return held() == logview.StartLines+logview.OlderLines })
	th.press("}")
	th.until("no later one", func() bool { return strings.Contains(th.screen(), "Start: no later one; G goes to the end") })
	w := &th.App.log.View.Window
	for range 20 {
		end := w.End()
		th.moves(int(end - w.First))
		th.until("newer lines", func() bool { return w.End() > end || th.App.log.View.Follow })
	}
	th.until("the end", func() bool { return strings.Contains(th.screen(), "line 59999.") })
	th.shows("following")
	for i := range w.Lines {
		if want := model.Raw(fmt.Sprintf("line %d.", 60_000-len(w.Lines)+i)); w.Lines[i].Message != want {
			t.Fatalf("%q is where %q should be", w.Lines[i].Message, want)
		}
	}
}

// moves scrolls by so many rows, as keys do.
func (th *theatre) moves(by int) {
	th.t.Helper()
	th.play(th.App.perform(th.App.log.Move(by)))
	th.View()
}

func TestLogReadsOn(t *testing.T) {
	th := newTheatre(t, 100, 12, Options{})
	th.observe(hostel())
	th.livesOf(30_000, 10_000)
	th.loaded()
	th.goesTo("{", "line 20000.")
	th.goesTo("{", "line 10000.")
	v := &th.App.log.View
	for v.Window.End() < 15_000 && len(v.Window.Lines) <= logview.MaxLines {
		end := v.Window.End()
		th.moves(int(end - v.Window.First))
		th.until("newer lines", func() bool { return v.Window.End() > end })
	}
	var first int
	fmt.Sscan(v.Window.Lines[0].Cursor, &first)
	for i := range v.Window.Lines {
		if want := model.Raw(fmt.Sprintf("line %d.", first+i)); v.Window.Lines[i].Message != want {
			t.Fatalf("%q is where %q should be", v.Window.Lines[i].Message, want)
		}
	}
}

// What systemd says of a start may be hidden.
func TestStartsOfWhichNothingIsShown(t *testing.T) {
	th := newTheatre(t, 100, 12, Options{})
	th.observe(hostel())
	th.livesOf(60_000, 20_000)
	th.loaded()
	th.press("p", "p")
	th.until("lines", func() bool { return len(th.App.log.View.Window.Lines) > 0 })
	for _, want := range []model.Raw{"line 40001.", "line 20001.", "line 1."} {
		th.goesTo("{", want)
	}
}

func TestAKeyEndsTheSearchForAStart(t *testing.T) {
	th := newTheatre(t, 100, 12, Options{})
	th.observe(hostel())
	th.livesOf(60_000, 25_000)
	th.loaded()
	seek := th.stage.press("{")
	th.shows("looking for a start")
	th.press("k")
	th.shows("paused")
	before := th.topLine()
	th.send(seek())
	if th.topLine() != before {
		t.Errorf("it went to %q", th.topLine())
	}
}

func TestNearStartsAreGoneTo(t *testing.T) {
	th := newTheatre(t, 100, 24, Options{})
	th.observe(hostel())
	th.livesOf(100, 4)
	th.loaded()
	for _, want := range []int64{96, 92, 88, 84, 80, 76, 72} {
		th.press("{")
		if th.App.log.Started != want {
			t.Errorf("at %d, want %d", th.App.log.Started, want)
		}
		if !th.App.log.View.Sees(want) {
			t.Errorf("line %d is not in sight:\n%s", want, th.screen())
		}
	}
	th.press("}")
	if th.App.log.Started != 76 {
		t.Errorf("at %d", th.App.log.Started)
	}
}

func TestALastWordIsNoStart(t *testing.T) {
	th := newTheatre(t, 100, 24, Options{})
	th.observe(hostel())
	th.host.script = func(q model.LogQuery) *testLog {
		l := &testLog{batches: make(chan model.LogBatch, 1), closed: make(chan struct{})}
		entries := counted(0, 8)
		for i, run := range []string{"", "a", "a", "b", "a", "", "b", "b"} {
			entries[i].Invocation = run
		}
		l.batches <- model.LogBatch{Entries: entries}
		return l
	}
	th.loaded()
	if diff := cmp.Diff([]int64{3}, th.App.log.Starts()); diff != "" {
		t.Error(diff)
	}
	th.App.log.Complete = true
	if diff := cmp.Diff([]int64{1, 3}, th.App.log.Starts()); diff != "" {
		t.Errorf("with the beginning: %s", diff)
	}
}

func TestWhyThereAreNoStarts(t *testing.T) {
	th := newTheatre(t, 100, 24, Options{})
	th.observe(hostel())
	th.press("L", "{")
	th.shows("Start: no lines")
	th.press("U", "down", "down", "enter", "}")
	th.shows("Start: only lines of virtiofs are shown; U for others")
}
