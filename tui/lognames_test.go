package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/tui/logview"
)

func TestLogOfSeveralVMs(t *testing.T) {
	th := newTheatre(t, 100, 30, Options{})
	th.observe(hostel())
	th.host.script = func(q model.LogQuery) *testLog {
		l := &testLog{batches: make(chan model.LogBatch, 1), closed: make(chan struct{})}
		l.batches <- severalLog()
		return l
	}
	th.press("space", "j", "space", "l")
	th.until("lines", func() bool { return len(th.App.log.View.Window.Lines) > 0 })
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
	th.observe(many(logview.MaxVMs + 1))
	for _, key := range []string{"l", "L"} {
		th.press("*", key)
		th.shows(fmt.Sprintf("Log: %d VMs are marked; a log can show at most %d", logview.MaxVMs+1, logview.MaxVMs))
		th.press("*")
	}
	th.press("*", "x")
	th.shows("log below the table: 33 VMs are marked")
	th.press("esc", "space", "l")
	th.shows(fmt.Sprintf("%d VMs: vm-0001", logview.MaxVMs))
	if len(th.host.logs()) != 1 {
		t.Error("more than one log was opened")
	}
}

func TestLogNames(t *testing.T) {
	vms := []model.Raw{"customer-1-database", "customer-2-database", "日本語の名前のとても長い", "a\x1bb"}
	names := logview.Names(vms, styles.New(styles.Dark), styles.Unicode())
	texts, inks := map[text.SafeText]bool{}, map[styles.Ink]bool{}
	for _, vm := range vms {
		n := names[vm]
		if draw.Width(n.Wide) != logview.NameCells+1 || draw.Width(n.Narrow) != logview.NarrowNameCells+1 {
			t.Errorf("%q is %q and %q", vm, n.Wide, n.Narrow)
		}
		texts[n.Wide], inks[n.Ink] = true, true
	}
	if len(inks) != len(vms) || len(texts) < 3 {
		t.Errorf("%d colours, %v", len(inks), texts)
	}
	again := logview.Names(append([]model.Raw{"x"}, vms...), styles.New(styles.Dark), styles.Unicode())
	same := 0
	for _, vm := range vms {
		if again[vm].Ink == names[vm].Ink {
			same++
		}
	}
	if same < len(vms)-1 {
		t.Errorf("only %d keep their colour when one comes", same)
	}
	if draw.MiddleCut("customer-1-database", 9, "~") != "cust~base" || draw.MiddleCut("short", 5, "~") != "short" {
		t.Error(draw.MiddleCut("customer-1-database", 9, "~"))
	}
	for _, n := range logview.Names(vms, styles.New(styles.Mono), styles.ASCII()) {
		if n.Ink != styles.New(styles.Mono).Plain.Ink(styles.Text) {
			t.Errorf("a colour without colours: %q", n.Ink)
		}
	}
	if logview.Names(vms[:1], styles.New(styles.Dark), styles.Unicode()) != nil {
		t.Error("a single VM has a column of names")
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
		th := newTheatre(t, width, height, Options{Terminal: TerminalCaps{Theme: styles.Dark}, Folder: "/home/somebody/with/a/long/path"})
		th.App.exporter = &exportingHost{}
		th.observe(named(names...))
		th.host.script = func(model.LogQuery) *testLog {
			l := &testLog{batches: make(chan model.LogBatch, 1), closed: make(chan struct{})}
			l.batches <- batch
			return l
		}
		th.press("*", "L")
		th.until("lines", func() bool { return len(th.App.log.View.Window.Lines) > 0 })
		for _, keys := range [][]string{{}, {"g"}, {"w"}, {"U"}, {"G"}, {"esc", "e"}, {"esc", "T"}, {"1", "2", ".", ".", "x", "enter"}, {"esc"}} {
			th.press(keys...)
			th.check(width, height, fmt.Sprint("after ", keys))
		}
	}
}
