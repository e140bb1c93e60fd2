package tui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"

	"microtui/model"
	"microtui/styles"
)

// asked is what the newest log was asked for.
func (th *theatre) asked() model.LogQuery {
	logs := th.host.logs()
	return logs[len(logs)-1].query
}

func TestLogOfOneUnit(t *testing.T) {
	th := newTheatre(t, 100, 24, Options{})
	th.observe(hostel())
	th.journalOf(2500)
	th.loaded()
	th.press("U")
	th.shows("Show which lines?")
	th.shows("vm: microvm@api.service")
	th.shows("virtiofs: microvm-virtiofsd@api.service (no line read of it)")
	th.press("down", "down", "enter")
	th.shows("virtiofs only")
	want := []model.Raw{"microvm-virtiofsd@api.service"}
	if diff := cmp.Diff(want, th.asked().Units); diff != "" || !th.asked().Follow {
		t.Errorf("%+v: %s", th.asked(), diff)
	}
	th.until("lines", func() bool { return len(th.App.log.view.window.lines) > 0 })
	th.press("p") // both hold
	th.shows("virtiofs only · info and worse")
	th.until("lines", func() bool { return len(th.App.log.view.window.lines) > 0 })
	th.press("g")
	th.until("older lines", func() bool { return len(th.App.log.view.window.lines) > firstLines })
	if q := th.asked(); q.Before == "" || q.Priority != 6 || cmp.Diff(want, q.Units) != "" {
		t.Errorf("older lines are asked for with %+v", q)
	}
	th.press("U")
	th.shows("vm: microvm@api.service   ") // its lines were read, before
	if at := th.dialog.content.(*menu).cursor; at != 2 {
		t.Errorf("the list opens at %d", at)
	}
	th.press("esc", "esc")
	th.hides("virtiofs only")
	if n := len(th.asked().Units); n != 7 {
		t.Errorf("%d units are asked for", n)
	}
	th.shows("info and worse") // is no layer
	th.press("esc")
	th.shows("NAME▴")
}

func TestLogOfSeveralVMs(t *testing.T) {
	th := newTheatre(t, 100, 30, Options{})
	th.observe(hostel())
	th.host.script = func(q model.LogQuery) *testLog {
		l := &testLog{batches: make(chan model.LogBatch, 1), closed: make(chan struct{})}
		l.batches <- severalLog()
		return l
	}
	th.press("space", "j", "space", "l")
	th.until("lines", func() bool { return len(th.App.log.view.window.lines) > 0 })
	th.shows("2 VMs: api, db · log")
	th.shows("12:04:30 api console  hello of api")
	th.shows("12:04:31 db  vm       systemd: Started MicroVM 'db'.")
	if units := th.asked().Units; len(units) != 14 {
		t.Errorf("asked for %q", units)
	}
	th.press("esc") // takes the marks, not the log
	th.shows("2 VMs: api, db · log")
	th.observe(named("db", "stale")) // one of them leaves the host
	th.shows("2 VMs: api, db · log")
	th.press("tab", "U")
	th.shows("vm: of all 2 VMs")
	th.press("G", "enter")
	th.shows("db only")
	if units := th.asked().Units; len(units) != 7 || units[0] != "microvm@db.service" {
		t.Errorf("asked for %q", units)
	}
	th.press("esc", "tab", "l") // of the one under the cursor
	th.shows("stale · log")
	th.press("l")
	th.hides("· log")
}

func severalLog() model.LogBatch {
	line := func(n int, vm, from, message model.Raw) model.LogEntry {
		return model.LogEntry{Cursor: fmt.Sprint(n), At: now.Add(time.Duration(n) * time.Second), Boot: "b", Unit: model.UnitName(model.RoleVM, vm),
			From: from, Console: from != "systemd", Message: message, Priority: 6}
	}
	return model.LogBatch{Entries: []model.LogEntry{
		line(0, "api", "microvm@api", "hello of api"), line(1, "db", "systemd", "Started MicroVM 'db'."), line(2, "api", "microvm@api", "again"),
		line(3, "db", "microvm@db", "a message of db that is long enough for two rows on a screen of eighty cells, or so"),
	}}
}

func TestTooManyVMsForALog(t *testing.T) {
	th := newTheatre(t, 120, 24, Options{})
	th.observe(many(maxLogVMs + 1))
	for _, key := range []string{"l", "L"} {
		th.press("*", key)
		th.shows(fmt.Sprintf("Log: %d VMs are marked, and a log is of %d at most", maxLogVMs+1, maxLogVMs))
		th.press("*")
	}
	th.press("*", "x")
	th.shows("log below the table: 33 VMs are marked")
	th.press("esc", "space", "l")
	th.shows(fmt.Sprintf("%d VMs: vm-0001", maxLogVMs))
	if len(th.host.logs()) != 1 {
		t.Error("more than one log was opened")
	}
}

func TestLogNames(t *testing.T) {
	vms := []model.Raw{"customer-1-database", "customer-2-database", "日本語の名前のとても長い", "a\x1bb"}
	names := logNames(vms, styles.New(styles.Dark), styles.Unicode())
	texts, inks := map[model.SafeText]bool{}, map[styles.Ink]bool{}
	for _, vm := range vms {
		n := names[vm]
		if width(n.wide) != nameCells+1 || width(n.narrow) != narrowNameCells+1 {
			t.Errorf("%q is %q and %q", vm, n.wide, n.narrow)
		}
		texts[n.wide], inks[n.ink] = true, true
	}
	if len(inks) != len(vms) || len(texts) < 3 {
		t.Errorf("%d colours, %v", len(inks), texts)
	}
	again := logNames(append([]model.Raw{"x"}, vms...), styles.New(styles.Dark), styles.Unicode())
	same := 0
	for _, vm := range vms {
		if again[vm].ink == names[vm].ink {
			same++
		}
	}
	if same < len(vms)-1 {
		t.Errorf("only %d keep their colour when one comes", same)
	}
	if middleCut("customer-1-database", 9, "~") != "cust~base" || middleCut("short", 5, "~") != "short" {
		t.Error(middleCut("customer-1-database", 9, "~"))
	}
	for _, n := range logNames(vms, styles.New(styles.Mono), styles.ASCII()) {
		if n.ink != styles.New(styles.Mono).Plain.Ink(styles.Text) {
			t.Errorf("a colour without colours: %q", n.ink)
		}
	}
	if logNames(vms[:1], styles.New(styles.Dark), styles.Unicode()) != nil {
		t.Error("a single VM has a column of names")
	}
}

func TestLogTimes(t *testing.T) {
	th := newTheatre(t, 110, 24, Options{})
	th.observe(hostel()) // at 12:04:30
	th.journalOf(10)
	th.loaded()
	th.press("T")
	th.shows("since █  10:00, -1h, yesterday .. 12:00")
	th.typeText("10:00")
	th.press("enter")
	th.shows("since 10:00")
	day := func(h, m int) time.Time { return time.Date(2026, 11, 3, h, m, 0, 0, time.UTC) }
	if q := th.asked(); !q.Since.Equal(day(10, 0)) || !q.Until.IsZero() || !q.Follow || q.Last != firstLines {
		t.Errorf("asked for %+v", q)
	}
	th.press("T")
	th.shows("since 10:00█")
	th.typeText(" .. 9:99")
	th.press("enter")
	th.shows("9:99 is no time such as 10:00, -1h or 2026-11-21")
	th.press("backspace", "backspace", "backspace", "backspace")
	th.hides("no time such as")
	th.typeText("9:00")
	th.press("enter")
	th.shows("it ends before it begins")
	th.press("backspace", "backspace", "backspace", "backspace")
	th.typeText("11:30")
	th.press("enter")
	th.shows("since 10:00 until 11:30")
	if q := th.asked(); !q.Since.Equal(day(10, 0)) || !q.Until.Equal(day(11, 30)) || q.Follow {
		t.Errorf("asked for %+v", q)
	}
	th.until("the end", func() bool { return strings.Contains(th.screen(), "ended") })
	th.press("esc") // peels the times, and no more
	th.shows("following")
	th.hides("since 10:00")
	if q := th.asked(); !q.Since.IsZero() || !q.Until.IsZero() || !q.Follow {
		t.Errorf("asked for %+v", q)
	}
	th.press("T")
	th.typeText(".. yesterday")
	th.send(tea.PasteMsg{Content: "!\nx"})
	th.shows("since .. yesterday!█")
	th.press("esc")
	th.hides("█")
	th.press("T")
	th.typeText("..yesterday")
	th.press("enter")
	th.shows("until 2026-11-02 00:00")
	th.press("esc", "esc")
	th.shows("NAME▴")
}

// The clock that times are read by is the host's, as old as its data is.
func TestLogTimesOfTheHost(t *testing.T) {
	th := newTheatre(t, 110, 24, Options{})
	th.observe(hostel())
	th.journalOf(10)
	th.loaded()
	th.press("T")
	th.typeText("-1h")
	th.press("enter") // six keys, a second each, after the data
	if want := now.Add(6*time.Second - time.Hour); !th.asked().Since.Equal(want) {
		t.Errorf("an hour ago is %v, want %v", th.asked().Since, want)
	}
}

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
	v := &th.App.log.view
	return v.window.at(v.start().line).Message
}

// goesTo presses a key and waits for a line on top.
func (th *theatre) goesTo(key string, want model.Raw) {
	th.t.Helper()
	th.press(key)
	th.until(key+" to "+string(want), func() bool { return th.App.log.seeks == nil && strings.HasPrefix(string(th.topLine()), string(want)) })
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
	th.until("the beginning", func() bool { return th.App.log.complete })
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
	held := func() int { return len(th.App.log.view.window.lines) }
	th.until("older lines", func() bool { return held() == startLines+olderLines })
	th.goesTo("}", "line 50000.") // is not held
	th.until("older lines", func() bool { return held() == startLines+olderLines })
	th.press("}")
	th.until("no later one", func() bool { return strings.Contains(th.screen(), "Start: no later one; G goes to the end") })
	w := &th.App.log.view.window
	for range 20 {
		end := w.end()
		th.moves(int(end - w.first))
		th.until("newer lines", func() bool { return w.end() > end || th.App.log.view.follow })
	}
	th.until("the end", func() bool { return strings.Contains(th.screen(), "line 59999.") })
	th.shows("following")
	for i := range w.lines {
		if want := model.Raw(fmt.Sprintf("line %d.", 60_000-len(w.lines)+i)); w.lines[i].Message != want {
			t.Fatalf("%q is where %q should be", w.lines[i].Message, want)
		}
	}
}

// moves scrolls by so many rows, as keys do.
func (th *theatre) moves(by int) {
	th.t.Helper()
	th.play(th.App.moveLog(by))
	th.View()
}

func TestLogReadsOn(t *testing.T) {
	th := newTheatre(t, 100, 12, Options{})
	th.observe(hostel())
	th.livesOf(30_000, 10_000)
	th.loaded()
	th.goesTo("{", "line 20000.")
	th.goesTo("{", "line 10000.")
	v := &th.App.log.view
	for v.window.end() < 15_000 && len(v.window.lines) <= maxLogLines {
		end := v.window.end()
		th.moves(int(end - v.window.first))
		th.until("newer lines", func() bool { return v.window.end() > end })
	}
	var first int
	fmt.Sscan(v.window.lines[0].Cursor, &first)
	for i := range v.window.lines {
		if want := model.Raw(fmt.Sprintf("line %d.", first+i)); v.window.lines[i].Message != want {
			t.Fatalf("%q is where %q should be", v.window.lines[i].Message, want)
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
	th.until("lines", func() bool { return len(th.App.log.view.window.lines) > 0 })
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
		if th.App.log.started != want {
			t.Errorf("at %d, want %d", th.App.log.started, want)
		}
		if !th.App.log.view.sees(want) {
			t.Errorf("line %d is not in sight:\n%s", want, th.screen())
		}
	}
	th.press("}")
	if th.App.log.started != 76 {
		t.Errorf("at %d", th.App.log.started)
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
	if diff := cmp.Diff([]int64{3}, th.App.log.starts()); diff != "" {
		t.Error(diff)
	}
	th.App.log.complete = true
	if diff := cmp.Diff([]int64{1, 3}, th.App.log.starts()); diff != "" {
		t.Errorf("with the beginning: %s", diff)
	}
}

func TestWhyThereAreNoStarts(t *testing.T) {
	th := newTheatre(t, 100, 24, Options{})
	th.observe(hostel())
	th.press("L", "{")
	th.shows("Start: there is no line")
	th.press("U", "down", "down", "enter", "}")
	th.shows("Start: only lines of virtiofs are shown; U for others")
}

// exportingHost writes what the test says into no file.
type exportingHost struct {
	*actingHost
	queries chan model.LogQuery
	answer  func(path string) (string, int, error)
}

func (h *exportingHost) Export(_ context.Context, q model.LogQuery, path string) (string, int, error) {
	h.queries <- q
	return h.answer(path)
}

func TestExport(t *testing.T) {
	th := newTheatre(t, 100, 24, Options{Folder: "/home/me"})
	host := &exportingHost{th.host, make(chan model.LogQuery, 1), func(path string) (string, int, error) { return path, 1234, nil }}
	th.App.exporter = host
	th.observe(hostel())
	th.journalOf(10)
	th.loaded()
	th.press("p", "U", "down", "enter")
	th.press("e")
	th.shows("Export the log of api")
	th.shows("/home/me/log-api-20261103-1204")
	th.shows("Every line that the journal holds (vm only, info and worse), not only")
	th.press("esc")
	th.hides("/home/me")
	th.press("e")
	th.pressAfter(time.Millisecond, "enter") // too early
	th.shows("Export the log of api")
	th.pressAfter(time.Second, "backspace")
	for range len("-20261103-120435.tx") {
		th.pressAfter(0, "backspace")
	}
	th.typeText(".txt")
	th.press("enter")
	th.shows("Export: it is being written")
	th.shows("exporting")
	th.press("e")
	th.shows("Export: one is being written")
	q := <-host.queries
	if q.Last != -1 || q.Follow || q.Priority != 6 || cmp.Diff([]model.Raw{"microvm@api.service"}, q.Units) != "" {
		t.Errorf("asked for %+v", q)
	}
	th.until("the end", func() bool {
		return strings.Contains(th.screen(), "Export: 1234 lines in /home/me/log-api.txt")
	})
	th.hides("exporting")
	th.press("m")
	th.shows("1234 lines in /home/me/log-api.txt")
}

func TestExportFails(t *testing.T) {
	for want, lines := range map[string]int{"Export: /x is there already": 0, "Export: only 7 lines in /x: /x is there already": 7} {
		th := newTheatre(t, 100, 24, Options{})
		th.App.exporter = &exportingHost{th.host, make(chan model.LogQuery, 1), func(string) (string, int, error) {
			return "/x", lines, errors.New("/x is there already")
		}}
		th.observe(hostel())
		th.journalOf(10)
		th.loaded()
		th.press("e", "ctrl+w")
		th.press("enter")
		th.shows("It needs the name of a file.")
		th.typeText("/x")
		th.hides("It needs")
		th.press("enter")
		th.until("the end", func() bool { return strings.Contains(th.screen(), want) })
	}
	th := newTheatre(t, 100, 24, Options{})
	th.observe(hostel())
	th.press("L", "e")
	th.shows("Export: this host writes no files")
}

func TestExportNames(t *testing.T) {
	for about, want := range map[model.SafeText]string{
		"api": "log-api-20261103-120430.txt", "3 VMs": "log-3_VMs-20261103-120430.txt",
		"../é x": "log-_____x-20261103-120430.txt", model.SafeText(strings.Repeat("x", 300)): "log-" + strings.Repeat("x", 60) + "-20261103-120430.txt",
	} {
		if got := exportName(about, now); got != want {
			t.Errorf("%s: %s", about, got)
		}
	}
}

func TestGuestColours(t *testing.T) {
	painted := func(th *theatre) bool {
		green := th.styles.Painted(styles.Paint{Fore: styles.PaletteColour(2)}).Open
		return strings.Contains(strings.Join(th.paper.frame.Lines, "\n"), green+"  OK")
	}
	for _, wanted := range []bool{false, true} {
		th := newTheatre(t, 100, 24, Options{Look: Look{Theme: styles.Dark}, Log: LogOptions{Colours: wanted}})
		th.observe(hostel())
		th.log("L")
		if painted(th) != wanted {
			t.Errorf("colours wanted: %t, shown: %t", wanted, painted(th))
		}
		th.press("c")
		if painted(th) == wanted {
			t.Errorf("colours wanted: %t, after c shown: %t", wanted, painted(th))
		}
		th.press("c")
		th.shows(map[bool]string{true: "Guest colours: kept", false: "Guest colours: left out"}[wanted])
	}
	th := newTheatre(t, 100, 24, Options{Log: LogOptions{Colours: true}})
	th.observe(hostel())
	th.log("L")
	if strings.Contains(strings.Join(th.paper.frame.Lines, ""), "\x1b[32m") {
		t.Error("a colour on a screen without colours")
	}
	th.press("c")
	th.shows("Guest colours: this screen shows none")
}

// Each key of a log says why it does nothing on a host without a journal.
func TestLogKeysSayWhy(t *testing.T) {
	s := newStage(t, 100, 24, Options{})
	s.observe(hostel())
	s.press("L")
	for key, name := range map[string]string{"U": "Unit", "T": "Since, until", "{": "Start", "}": "Start", "e": "Export", "c": "Guest colours"} {
		s.press(key)
		s.shows(name + ": this host keeps no journal")
	}
}

// Logs of several VMs, their lists and prompts stay within the terminal, at any
// size and with any name.
func TestLogsOfSeveralVMsFit(t *testing.T) {
	names := []model.Raw{"-rf", "é", "\x1b[31mred", "日本語の名前のとても長い仮想計算機", "a\u202eb", model.Raw(strings.Repeat("x", 300)), "🚀e\u0301\u0301\u0301\u0301"}
	batch := severalLog()
	for i, name := range names {
		e := batch.Entries[3]
		e.Unit, e.Cursor, e.Message = model.UnitName(model.RoleVM, name), fmt.Sprint("c", i), "日本 "+name+" "+e.Message
		batch.Entries = append(batch.Entries, e)
	}
	for width := leastWidth; width <= 130; width += 3 {
		height := leastHeight + width%31
		th := newTheatre(t, width, height, Options{Look: Look{Theme: styles.Dark}, Folder: "/home/somebody/with/a/long/path"})
		th.App.exporter = &exportingHost{}
		th.observe(named(names...))
		th.host.script = func(model.LogQuery) *testLog {
			l := &testLog{batches: make(chan model.LogBatch, 1), closed: make(chan struct{})}
			l.batches <- batch
			return l
		}
		th.press("*", "L")
		th.until("lines", func() bool { return len(th.App.log.view.window.lines) > 0 })
		for _, keys := range [][]string{{}, {"g"}, {"w"}, {"U"}, {"G"}, {"esc", "e"}, {"esc", "T"}, {"1", "2", ".", ".", "x", "enter"}, {"esc"}} {
			th.press(keys...)
			th.check(width, height, fmt.Sprint("after ", keys))
		}
	}
}
