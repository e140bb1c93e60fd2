package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"microtui/model"
	"microtui/styles"
)

var sizes = []struct{ width, height int }{{80, 24}, {120, 40}, {20, 5}}

// pages are the pages and how one gets there.
var pages = []struct {
	name string
	open func(*stage)
}{
	{"table", func(*stage) {}},
	{"leftovers", func(s *stage) { s.press("2") }},
	{"filter", func(s *stage) { s.press("/"); s.typeText("st") }},
	{"problems", func(s *stage) { s.press("!") }},
	{"overview", func(s *stage) { s.press("j", "j", "enter") }},
	{"units", func(s *stage) { s.press("j", "j", "enter", "tab") }},
	{"interfaces", func(s *stage) { s.press("j", "j", "enter", "tab", "tab") }},
	{"shares", func(s *stage) { s.press("j", "j", "enter", "tab", "tab", "tab") }},
	{"volumes", func(s *stage) { s.press("j", "j", "enter", "[", "[", "[", "[") }},
	{"evidence", func(s *stage) { s.press("j", "j", "j", "enter", "[", "[", "[") }},
	{"help", func(s *stage) { s.press("?") }},
	{"grouped", func(s *stage) { s.press("z", "j", "j") }},
	{"grouped-by-verdict", func(s *stage) { s.press("z", "z") }},
	{"filter-reason", func(s *stage) { s.press("/"); s.typeText("colour:red") }},
}

func TestPages(t *testing.T) {
	for _, size := range sizes {
		for _, page := range pages {
			name := fmt.Sprintf("%s-%dx%d", page.name, size.width, size.height)
			t.Run(name, func(t *testing.T) {
				s := newStage(t, size.width, size.height, Options{})
				s.observe(village())
				page.open(s)
				golden(t, name, s.screen())
			})
		}
	}
}

// The pages of a host that takes orders and keeps a journal.
var actingPages = []struct {
	name string
	open func(*theatre)
}{
	{"stop", func(th *theatre) { th.press("j", "j", "S") }},
	{"start-conflict", func(th *theatre) { th.press("G", "k", "k", "s") }},
	{"restart-many", func(th *theatre) { th.press("space", "space", "space", "/", "d", "b", "enter", "r") }},
	{"menu", func(th *theatre) { th.press("j", "j", "x") }},
	{"marks", func(th *theatre) { th.press("j", "v", "j", "j") }},
	{"log-below", func(th *theatre) { th.log("l") }},
	{"log-full", func(th *theatre) { th.log("L") }},
	{"log-tab", func(th *theatre) { th.press("j", "j", "enter"); th.log("[") }},
	{"log-search", func(th *theatre) { th.log("L"); th.press("/", "d", "a", "t", "a", "enter") }},
	{"log-several", func(th *theatre) {
		th.host.script = func(model.LogQuery) *testLog {
			l := &testLog{batches: make(chan model.LogBatch, 1), closed: make(chan struct{})}
			l.batches <- severalLog()
			return l
		}
		th.press("space", "j", "space", "L")
		th.until("lines", func() bool { return len(th.App.log.View.Window.Lines) > 0 })
	}},
	{"log-units", func(th *theatre) { th.log("L"); th.press("U") }},
	{"log-times", func(th *theatre) { th.log("L"); th.press("T"); th.typeText("10:00 .. 11:6"); th.press("enter") }},
	{"log-export", func(th *theatre) {
		th.App.exporter = &exportingHost{}
		th.log("L")
		th.press("e")
	}},
}

// log opens a log by a key, of the VM that is selected, and fills it.
func (th *theatre) log(key string) {
	th.t.Helper()
	th.host.script = func(model.LogQuery) *testLog {
		l := &testLog{batches: make(chan model.LogBatch, 1), closed: make(chan struct{})}
		l.batches <- bootLog()
		return l
	}
	th.press(key)
	th.until("lines", func() bool { return len(th.App.log.View.Window.Lines) > 0 })
}

// bootLog is what a guest says as it boots, and systemd about it.
func bootLog() model.LogBatch {
	vm, fs := model.UnitName(model.RoleVM, "db"), model.UnitName(model.RoleVirtiofsd, "db")
	line := func(second int, unit, from, message model.Raw, priority model.Priority) model.LogEntry {
		return model.LogEntry{Cursor: fmt.Sprint("c", second), At: now.Add(time.Duration(second) * time.Second), Boot: "b1",
			Unit: unit, From: from, Message: message, Priority: priority, Console: from == "microvm@db"}
	}
	entries := []model.LogEntry{
		line(0, fs, "virtiofsd", "vhost socket ready", 6),
		line(1, vm, "systemd", "Starting MicroVM 'db'...", 6),
		line(2, vm, "microvm@db", "[    0.000000] Linux version 6.12.30 (nixbld@localhost)\r", 6),
		line(3, vm, "microvm@db", "[\x1b[0;32m  OK  \x1b[0m] Mounted /var/lib/postgresql: the data of the database cluster, on /dev/vda.", 6),
		line(4, vm, "microvm@db", "a guest may try \x1b]52;c;ZXZpbA==\x07 and \x1b[2J", 6),
		line(5, vm, "systemd", "Started MicroVM 'db'.", 6),
		line(6, vm, "qemu-system-x86", "warning: host doesn't support requested feature", 4),
		line(7, fs, "virtiofsd", "error on data socket", 3),
	}
	entries[4].Cut = 1000
	return model.LogBatch{Entries: entries, Counters: model.LogCounters{Read: 8, Dropped: 2, Suppressed: 120}}
}

// hostel is the village with VMs that clash.
func hostel() model.Inventory {
	i := village()
	i.Template = &model.Template{}
	for at := range i.VMs {
		vm := &i.VMs[at]
		vm.Directory = &model.Directory{Name: vm.Name, Current: &model.Symlink{Target: "/nix/store/x"}}
		if vm.Current == nil {
			vm.Current = &model.Runner{Path: "/nix/store/x", Trusted: true}
		}
		vm.Current.Trusted = true
		vm.Units = append([]model.VMUnit(nil), model.VMUnit{Role: model.RoleVM, Unit: model.Unit{Name: model.UnitName(model.RoleVM, vm.Name), Active: "active",
			Properties: &model.UnitProperties{Invocation: "i-" + string(vm.Name), TimeoutStop: 150 * time.Second, TimeoutStart: 150 * time.Second}}})
	}
	strange := &i.VMs[5]
	strange.Units[0].Unit.Active = "inactive"
	strange.Current.Taps, i.VMs[2].Current.Taps = []model.Raw{"vm-db"}, []model.Raw{"vm-db"}
	i.VMs[2].BootedFrom = i.VMs[2].Current
	return i
}

func TestActingPages(t *testing.T) {
	for _, size := range sizes {
		for _, page := range actingPages {
			name := fmt.Sprintf("%s-%dx%d", page.name, size.width, size.height)
			t.Run(name, func(t *testing.T) {
				th := newTheatre(t, size.width, size.height, Options{})
				th.observe(hostel())
				page.open(th)
				golden(t, name, th.screen())
			})
		}
	}
}

func TestStartPages(t *testing.T) {
	for _, kind := range []model.HostKind{model.HostKindNoModule, model.HostKindEmpty, model.HostKindGuest, model.HostKindUnknown} {
		for _, size := range sizes {
			name := fmt.Sprintf("start-%s-%dx%d", kind, size.width, size.height)
			t.Run(name, func(t *testing.T) {
				s := newStage(t, size.width, size.height, Options{})
				i := inventory()
				i.HostKind = kind
				switch kind {
				case model.HostKindGuest:
					i.Host.Guest = []model.Raw{"/run/booted-system was built with microvm.guest.enable"}
				case model.HostKindUnknown:
					i.Faults = []model.Fault{{Source: model.SourceSystemd, Error: "dial unix /run/dbus/system_bus_socket: connect: no such file or directory"}}
				}
				s.observe(i)
				golden(t, name, s.screen())
			})
		}
	}
}

func TestTooSmallSaysSoAndQuits(t *testing.T) {
	for _, size := range []struct{ width, height int }{{1, 1}, {19, 40}, {200, 4}, {5, 3}} {
		s := newStage(t, size.width, size.height, Options{})
		s.observe(village())
		s.check(size.width, size.height, "small")
		if !isQuit(s.press("q")) {
			t.Errorf("at %dx%d q does not quit", size.width, size.height)
		}
	}
	s := newStage(t, 60, 4, Options{})
	s.observe(village())
	s.shows("Too small: needs 20x5. q quits.")
	s.resizeTo(80, 24)
	s.shows("crash loop")
}

// An orphan is told by colour, glyph and word.
func TestOrphanHasColourGlyphAndWord(t *testing.T) {
	s := newStage(t, 120, 40, Options{Terminal: TerminalCaps{Theme: styles.Dark}})
	s.observe(village())
	red := styles.New(styles.Dark).Plain.Ink(styles.Orphan).Open
	for _, name := range []string{"removed", "vm-gone"} {
		i := slices.IndexFunc(s.paper.frame.Lines, func(line string) bool { return strings.Contains(ansi.Strip(line), name) })
		if i < 0 {
			t.Fatalf("%s is not on the screen:\n%s", name, s.screen())
		}
		line := s.paper.frame.Lines[i]
		if text := ansi.Strip(line); !strings.Contains(line, red+name) || !strings.Contains(text, "✗") || !strings.Contains(text, "orphan: ") {
			t.Errorf("%s: %q", name, line)
		}
	}
	s.hides("vnet0")
}
