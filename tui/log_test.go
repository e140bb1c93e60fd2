package tui

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/tui/logview"
)

// counted are lines of a console, from a number to before another.
func counted(from, to int) []model.LogEntry {
	entries := make([]model.LogEntry, 0, to-from)
	for n := from; n < to; n++ {
		entries = append(entries, model.LogEntry{
			Cursor: fmt.Sprint(n), At: now.Add(time.Duration(n) * time.Millisecond), Boot: "b",
			Unit: "microvm@api.service", Console: true, Message: model.Raw(fmt.Sprintf("line %d.", n)), Priority: 6,
		})
	}
	return entries
}

// journalOf makes a host keep a journal of so many lines: logs begin with the
// last of them, and give those before a cursor.
func (th *theatre) journalOf(lines int) {
	th.host.script = func(q model.LogQuery) *testLog {
		l := &testLog{batches: make(chan model.LogBatch, 100), closed: make(chan struct{})}
		end := lines
		if q.Before != "" {
			fmt.Sscan(q.Before, &end)
		}
		l.batches <- model.LogBatch{Entries: counted(max(0, end-q.Last), end), Done: !q.Follow}
		if !q.Follow {
			close(l.batches)
		}
		return l
	}
}

// loaded opens the log of api on the whole screen.
func (th *theatre) loaded() *testLog {
	th.t.Helper()
	th.press("L")
	th.until("lines", func() bool { return len(th.App.log.View.Window.Lines) > 0 })
	return th.host.logs()[0]
}

func (th *theatre) feed(l *testLog, batch model.LogBatch) {
	th.t.Helper()
	held := th.App.log.Counters.Read
	batch.Counters.Read = held + 1
	l.batches <- batch
	th.until("the batch", func() bool { return th.App.log.Counters.Read > held })
}

func TestLogAsksForAllUnitsOfTheVM(t *testing.T) {
	th := newTheatre(t, 80, 24, Options{})
	th.observe(hostel())
	th.journalOf(10)
	q := th.loaded().query
	if len(q.Units) != 7 || !q.Follow || q.Last != logview.FirstLines || q.Priority != model.NoPriority || q.Before != "" {
		t.Errorf("asked for %+v", q)
	}
}

func TestLogFollowsAndPauses(t *testing.T) {
	th := newTheatre(t, 80, 12, Options{})
	th.observe(hostel())
	th.journalOf(100)
	l := th.loaded()
	th.shows("line 99.")
	th.feed(l, model.LogBatch{Entries: counted(100, 101)})
	th.shows("line 100.")
	th.press("k")
	th.shows("paused")
	th.hides("line 100.")
	before := th.App.log.Lines()
	th.feed(l, model.LogBatch{Entries: counted(101, 300)})
	th.shows("paused, 199 newer")
	if got := th.App.log.Lines(); strings.Join(got, "") != strings.Join(before, "") {
		t.Errorf("what was held moved:\n%s", th.screen())
	}
	th.press("f")
	th.shows("following")
	th.shows("line 299.")
	th.press("f", "G")
	th.shows("following")
	th.press("k", "k", "j", "j") // back at the end it follows by itself
	th.shows("following")
}

func TestLogScrollsBackBeyondWhatWasLoaded(t *testing.T) {
	th := newTheatre(t, 80, 12, Options{})
	th.observe(hostel())
	th.journalOf(2500)
	th.loaded()
	for want := 1500; want >= 0; want -= 1000 {
		held := len(th.App.log.View.Window.Lines)
		th.shows(map[bool]string{true: "line 2499.", false: "line"}[want == 1500])
		th.press("g")
		th.until("older lines", func() bool { return len(th.App.log.View.Window.Lines) > held || th.App.log.Complete })
	}
	th.until("all lines", func() bool { return len(th.App.log.View.Window.Lines) == 2500 })
	th.press("g")
	th.shows("line 0.")
	th.until("the beginning", func() bool { return th.App.log.Complete })
	th.press("G")
	th.shows("line 2499.")
	for number, line := range th.App.log.View.Window.Lines {
		if want := model.Raw(fmt.Sprintf("line %d.", number)); line.Message != want {
			t.Fatalf("line %d is %q", number, line.Message)
		}
	}
	for _, l := range th.host.logs()[1:] {
		select {
		case <-l.closed:
		default:
			t.Error("a log of older lines is left open")
		}
	}
}

// While somebody reads, a flood neither moves what is read nor grows memory;
// going to the end reads the log anew.
func TestLogHoldsWhatIsReadInAFlood(t *testing.T) {
	th := newTheatre(t, 80, 12, Options{})
	th.observe(hostel())
	th.journalOf(100)
	l := th.loaded()
	th.press("k", "k")
	before := strings.Join(th.App.log.Lines(), "")
	for n := range 10 {
		th.feed(l, model.LogBatch{Entries: counted(100+n*5000, 100+(n+1)*5000)})
	}
	if got := strings.Join(th.App.log.Lines(), ""); got != before {
		t.Errorf("what was held moved:\n%s", th.screen())
	}
	th.shows("paused, 50000 newer")
	if n := len(th.App.log.View.Window.Lines); n > logview.MaxLines {
		t.Errorf("%d lines are held", n)
	}
	th.journalOf(50100)
	th.press("G")
	th.until("the end", func() bool { return strings.Contains(th.screen(), "line 50099.") })
	th.shows("following")
	if len(th.host.logs()) != 2 {
		t.Errorf("%d logs were opened", len(th.host.logs()))
	}
	th.until("the first log closed", func() bool {
		select {
		case <-l.closed:
			return true
		default:
			return false
		}
	})
}

// Whatever comes and however one moves, lines stay in order, none is there
// twice, memory is bounded, and what is read does not move.
func TestLogWindowHoldsThroughAnything(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		look := newStage(t, 40, 10, Options{}).App.log.View.Layout
		look.Cells = 40
		look.Wrap = rapid.Bool().Draw(r, "wrap")
		p := logview.Pane{View: logview.View{Layout: look, Height: rapid.IntRange(1, 12).Draw(r, "height"), Follow: true}}
		first, next := 50_000, 50_000
		for range rapid.IntRange(1, 15).Draw(r, "steps") {
			v := &p.View
			held, top := "", logview.Spot{}
			if !v.Follow {
				held, top = strings.Join(v.Drawn(), ""), v.Top
			}
			switch rapid.IntRange(0, 4).Draw(r, "what") {
			case 0:
				n := rapid.SampledFrom([]int{1, 3, 100, 6000}).Draw(r, "lines")
				p.Take(model.LogBatch{Entries: counted(next, next+n)})
				next += n
			case 1:
				if w := &v.Window; len(w.Lines) > 0 && !v.Cut {
					n := rapid.SampledFrom([]int{1, 50, 3000}).Draw(r, "older")
					fmt.Sscan(w.Lines[0].Cursor, &first)
					p.Reader = 1
					p.TakeOlder(logview.Older{Reader: 1, Before: w.Lines[0].Cursor, Entries: counted(max(0, first-n), first)})
				}
			default:
				v.Move(rapid.IntRange(-30, 30).Draw(r, "by"))
				held = ""
			}
			if held != "" && !v.Follow && v.Top == top && strings.Join(v.Drawn(), "") != held && len(v.Drawn()) >= v.Height && strings.Count(held, "line") >= v.Height {
				r.Fatalf("what is read moved from\n%s\nto\n%s", held, strings.Join(v.Drawn(), ""))
			}
			checkWindow(r, v)
		}
	})
}

// However a line is broken into rows, as many are counted as are drawn, each
// fits, and nothing but blanks is lost.
func TestLogRowsAreWhatIsDrawn(t *testing.T) {
	blanks := 0
	rapid.Check(t, func(r *rapid.T) {
		look := newStage(t, 40, 10, Options{}).App.log.View.Layout
		look.Wrap, look.Cells = true, rapid.IntRange(24, 90).Draw(r, "cells")
		look.Search = rapid.SampledFrom([]string{"", "a", " ", "b a"}).Draw(r, "search")
		look.Colours = rapid.Bool().Draw(r, "colours")
		parts := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b a", "word", " ", "  ", "日本", "\x1b[32m", "\x1b[0m", "/nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-b"}), 0, 60)
		message := strings.Join(parts.Draw(r, "message"), "")
		entry := counted(0, 1)[0]
		entry.Message = model.Raw(message)
		p := logview.Pane{View: logview.View{Layout: look, Height: 10, Follow: true}}
		p.Take(model.LogBatch{Entries: []model.LogEntry{entry}})
		k, w := &p.View.Layout, &p.View.Window
		rows := k.LayOut(w.At(0))
		if counted, drawn := k.Rows(w, 0), len(k.Draw(w, 0)); counted != drawn || drawn != len(rows) {
			r.Fatalf("%d rows are counted, %d drawn, %d laid out", counted, drawn, len(rows))
		}
		var shown, want strings.Builder
		for at, row := range rows {
			cells := 0
			for n, p := range row {
				cells += draw.Width(p.Text)
				if n > 0 && (at > 0 || n >= len(k.Prefix(w.At(0)))) {
					shown.WriteString(string(p.Text))
				}
			}
			if cells > k.Cells {
				r.Fatalf("row %d has %d cells of %d", at, cells, k.Cells)
			}
		}
		for _, span := range text.Spans(entry.Message, look.Colours) {
			want.WriteString(string(span.Text))
		}
		lost := want.Len() - shown.Len()
		bare := func(line string) string { return strings.ReplaceAll(line, " ", "") }
		if bare(want.String()) != bare(shown.String()) || lost < 0 || lost > len(rows) { // one a break, and one at the end
			r.Fatalf("of %q is shown %q, in %d rows", want.String(), shown.String(), len(rows))
		}
		blanks += lost
	})
	if blanks == 0 {
		t.Error("no line was broken at a blank")
	}
}

func TestLogBreaksAtBlanks(t *testing.T) {
	k := newStage(t, 40, 10, Options{}).App.log.View.Layout
	k.Wrap = true
	for message, want := range map[string]string{
		"Main process exited, code=exited": "Main process exited,|code=exited",
		"exactly twenty cells":             "exactly twenty cells",
		"exactly twenty cells and more":    "exactly twenty cells|and more",
		"a /nix/store/of-many-letters":     "a /nix/store/of-many|-letters", // the blank is far
		"twenty cells of this ":            "twenty cells of this",
		"":                                 "",
	} {
		var rows []string
		for _, row := range k.Broken([]logview.Piece{{Text: text.SafeText(message[:len(message)/2])}, {Text: text.SafeText(message[len(message)/2:])}}, 20) {
			line := ""
			for _, p := range row {
				line += string(p.Text)
			}
			rows = append(rows, line)
		}
		if got := strings.Join(rows, "|"); got != want {
			t.Errorf("%q is broken into %q, want %q", message, got, want)
		}
	}
}

func checkWindow(r *rapid.T, v *logview.View) {
	w := &v.Window
	if len(w.Lines) > logview.MaxLines || w.Bytes > logview.MaxBytes {
		r.Fatalf("%d lines, %d bytes are held", len(w.Lines), w.Bytes)
	}
	bytes, last := 0, -1
	for i := range w.Lines {
		var n int
		fmt.Sscan(w.Lines[i].Cursor, &n)
		if i > 0 && n != last+1 {
			r.Fatalf("after line %d comes %d", last, n)
		}
		last, bytes = n, bytes+w.Lines[i].Cost()
	}
	if bytes != w.Bytes {
		r.Fatalf("counted %d bytes, there are %d", w.Bytes, bytes)
	}
	if len(v.Drawn()) > v.Height {
		r.Fatalf("%d rows in %d", len(v.Drawn()), v.Height)
	}
	if at := v.Start(); len(w.Lines) > 0 && (at.Line < w.First || at.Line >= w.End()) {
		r.Fatalf("the first row is of line %d, held are %d to %d", at.Line, w.First, w.End())
	}
}

func TestLogPriority(t *testing.T) {
	th := newTheatre(t, 100, 24, Options{})
	th.observe(hostel())
	th.journalOf(10)
	th.loaded()
	for _, want := range []struct {
		most model.Priority
		text string
	}{{6, "info and worse"}, {5, "notice and worse"}, {4, "warning and worse"}, {3, "error and worse"}, {model.NoPriority, "following"}} {
		th.press("p")
		th.shows(want.text)
		logs := th.host.logs()
		if got := logs[len(logs)-1].query.Priority; got != want.most {
			t.Errorf("asked for priority %d, want %d", got, want.most)
		}
	}
}

func TestLogSearch(t *testing.T) {
	th := newTheatre(t, 80, 12, Options{})
	th.observe(hostel())
	th.journalOf(1000)
	th.loaded()
	th.press("/")
	th.typeText("LINE 50")
	th.press("enter")
	th.until("no match", func() bool { return strings.Contains(th.screen(), "Search: no match") })
	th.press("esc", "/") // begins anew
	th.typeText("line 50")
	th.shows("/line 50█")
	th.press("enter")
	th.shows("line 509.") // the newest match above the end
	th.shows("/line 50 11/11")
	th.press("N")
	th.shows("line 508.")
	th.shows("/line 50 10/11")
	th.press("n", "n")
	th.shows("Search: on from the oldest line")
	th.shows("line 50.")
	th.shows("/line 50 1/11")
	th.press("N")
	th.shows("Search continues at the newest line")
	th.shows("/line 50 11/11")
	th.press("/", "up")
	th.shows("/line 50█")
	th.press("up")
	th.shows("/LINE 50█")
	th.press("esc")
	th.hides("/line 50")
	th.press("n")
	th.shows("nothing to search for")
}

// A match is found wherever in the journal it is, and the search ends where
// there is none.
func TestLogSearchReachesOlderLines(t *testing.T) {
	for _, lines := range []int{5000, 25_000} {
		th := newTheatre(t, 80, 12, Options{})
		th.observe(hostel())
		th.journalOf(lines)
		th.loaded()
		th.press("/")
		th.typeText("line 123.")
		th.press("enter")
		th.until("the match", func() bool { return strings.Contains(th.screen(), "console  line 123.") })
		th.press("/")
		th.typeText("nowhere")
		th.press("enter")
		th.until("that there is none", func() bool { return strings.Contains(th.screen(), "Search: no match") })
	}
}

// The priority says that console lines have none.
func TestPriorityTellsOfTheConsole(t *testing.T) {
	th := newTheatre(t, 80, 12, Options{})
	th.observe(hostel())
	th.journalOf(10)
	th.loaded()
	th.press("p")
	th.shows("console lines carry no priority and stay")
}

func TestLogHighlights(t *testing.T) {
	th := newTheatre(t, 80, 12, Options{Terminal: TerminalCaps{Theme: "dark"}})
	th.observe(hostel())
	th.log("L")
	th.press("/")
	th.typeText("ok  ] mounted")
	mark := th.styles.Plain.Ink(styles.Match)
	found := ""
	for _, line := range th.paper.frame.Lines {
		for rest := line; strings.Contains(rest, mark.Open); {
			_, after, _ := strings.Cut(rest, mark.Open)
			words, next, _ := strings.Cut(after, mark.Close)
			found, rest = found+words, next
		}
	}
	if found != "OK  ] Mounted" {
		t.Errorf("%q is marked", found)
	}
}

func TestLogSaysWhyItIsEmpty(t *testing.T) {
	for want, batch := range map[string]model.LogBatch{
		"Not permitted to read the journal^[": {Empty: "not permitted to read the journal\x1b"},
		"No lines yet.":                       {},
		"! journal: journalctl: exit 1^[[2J":  {Fault: "journalctl: exit 1\x1b[2J"},
	} {
		th := newTheatre(t, 80, 24, Options{})
		th.observe(hostel())
		th.press("L")
		th.shows("Reading the journal")
		th.host.logs()[0].batches <- batch
		th.until(want, func() bool { return strings.Contains(th.screen(), want) })
	}
	s := newStage(t, 80, 24, Options{})
	s.observe(hostel())
	s.press("l")
	s.shows("This host has no journal.")
	s.press("l")
	s.hides("journal")
	s = newStage(t, 80, 24, Options{Recorded: true})
	s.observe(hostel())
	s.press("L")
	s.shows("A recorded observation holds no log.")
}

func TestLogTellsGapsAndBoots(t *testing.T) {
	th := newTheatre(t, 80, 24, Options{})
	th.observe(hostel())
	th.journalOf(3)
	l := th.loaded()
	next := counted(3, 5)
	next[0].Boot, next[1].Boot = "c", "c"
	th.feed(l, model.LogBatch{Entries: next, Gap: true, Counters: model.LogCounters{Gaps: 1}})
	th.shows("── lines may be missing here ──")
	th.shows("── host booted ──")
	th.shows("1 gaps")
}

func TestLogStaysWithItsVM(t *testing.T) {
	th := newTheatre(t, 100, 30, Options{})
	th.observe(hostel())
	th.journalOf(10)
	th.press("l")
	th.shows("api · log")
	first := th.host.logs()[0]
	th.press("j")
	th.shows("api · log")
	th.press("l")
	th.shows("crash · log")
	th.until("the first log closed", func() bool { return isClosed(first) })
	if first.ctx.Err() == nil {
		t.Error("its context is alive")
	}
	th.press("l")
	th.hides("crash · log")
	th.until("the second log closed", func() bool { return isClosed(th.host.logs()[1]) })
	th.send(batchMsg{from: &logReader{number: 1, log: noLog{}}, batch: model.LogBatch{Entries: counted(0, 5)}}) // late
	if len(th.App.log.View.Window.Lines) > 0 {
		t.Error("lines of a closed log came in")
	}
}

// Opening and closing leaves nothing behind, however often.
func TestLogsAreClosed(t *testing.T) {
	th := newTheatre(t, 100, 30, Options{})
	th.observe(hostel())
	th.journalOf(10)
	for range 200 {
		th.press("l", "l")
	}
	th.until("every log closed", func() bool {
		return !slices.ContainsFunc(th.host.logs(), func(l *testLog) bool { return !isClosed(l) })
	})
	if n := len(th.host.logs()); n != 200 {
		t.Errorf("%d logs were opened", n)
	}
	if len(th.logs.all) > 0 {
		t.Errorf("%d logs count as open", len(th.logs.all))
	}
}

func isClosed(l *testLog) bool {
	select {
	case <-l.closed:
		return true
	default:
		return false
	}
}

func TestLogFocus(t *testing.T) {
	th := newTheatre(t, 100, 30, Options{})
	th.observe(hostel())
	th.journalOf(100)
	th.press("l")
	th.until("lines", func() bool { return strings.Contains(th.screen(), "line 99.") })
	th.press("j")
	if th.selectedName() != "crash" {
		t.Fatal("j does not move in the table")
	}
	th.press("tab", "k")
	th.shows("paused")
	if th.selectedName() != "crash" {
		t.Error("k moves in the table, the log has the focus")
	}
	th.press("S")
	th.hides("Stop")
	th.press("tab", "S")
	th.shows("Stop crash?")
	th.press("esc", "tab")
	th.resizeTo(100, 10) // no room for a pane: the table has the keys
	th.press("j")
	if th.selectedName() != "db" {
		t.Errorf("on %s", th.selectedName())
	}
}

func TestLogTabSwitchesAndComesBack(t *testing.T) {
	th := newTheatre(t, 100, 30, Options{})
	th.observe(hostel())
	th.journalOf(10)
	th.press("l", "j", "j", "enter", "l")
	th.shows("▸log")
	th.shows("db · log")
	th.press("tab")
	th.shows("▸overview")
	th.press("esc")
	th.shows("api · log")
	if n := len(th.host.logs()); n != 3 {
		t.Errorf("%d logs were opened", n)
	}
}

func TestLogErrorOfNext(t *testing.T) {
	th := newTheatre(t, 100, 30, Options{})
	th.observe(hostel())
	th.journalOf(10)
	th.loaded()
	th.send(batchMsg{from: &logReader{number: 1, log: noLog{}}, err: errors.New("it broke")})
	th.shows("! journal: it broke")
}
