package tui

import (
	"errors"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/tui/keys"
	"microtui/tui/prompt"
)

func TestNothingMovesWhileNothingChanges(t *testing.T) {
	s := newStage(t, 100, 24, Options{})
	s.observe(village())
	later := func(seconds int) model.Inventory {
		i := village()
		i.At = now.Add(time.Duration(seconds) * time.Second)
		return i
	}
	s.observe(later(2)) // the first rates
	before := s.paper.shown
	for i := range 5 {
		s.observe(later(4 + 2*i))
	}
	if s.paper.shown != before {
		t.Errorf("%d new frames for the same data:\n%s", s.paper.shown-before, s.screen())
	}
	changed := later(20)
	changed.VMs[0].Memory = ptr(uint64(5 << 30))
	if s.observe(changed); s.paper.shown != before+1 {
		t.Errorf("%d new frames for a change", s.paper.shown-before)
	}
}

func TestSilenceIsTold(t *testing.T) {
	s := newStage(t, 80, 24, Options{})
	s.observe(village())
	s.shows("live ● 2 s")
	s.send(silentMsg{now.Add(14 * time.Second)})
	s.shows("stale 14 s ○")
	s.shows("vm-db is also claimed")
	s.send(silentMsg{now.Add(15 * time.Second)})
	s.shows("stale 15 s ○")
	s.observe(village())
	s.shows("live ● 2 s")
}

func TestRecordedHostDoesNotAge(t *testing.T) {
	s := newStage(t, 80, 24, Options{Recorded: true})
	s.observe(village())
	s.send(silentMsg{now.Add(time.Hour)})
	s.shows("recorded 3 Nov 12:04")
	s.hides("○")
}

func TestSystemdDownKeepsTheLastInventory(t *testing.T) {
	s := newStage(t, 100, 24, Options{})
	s.observe(village())
	down := inventory()
	down.Faults = []model.Fault{{Source: model.SourceNetwork, Error: "no route"}, {Source: model.SourceSystemd, Error: "dial: refused\x1b[2J"}}
	down.At = now.Add(4 * time.Second)
	s.observe(down)
	s.shows("vm-db is also claimed")
	s.shows("stale 4 s ○")
	s.shows("! systemd: dial: refused^[[2J, since 12:04:34 +1 more")
	down.At = now.Add(6 * time.Second)
	s.observe(down)
	s.shows("stale 6 s ○")
	s.shows("since 12:04:34")
	up := village()
	up.At = now.Add(8 * time.Second)
	s.observe(up)
	s.shows("live ● 2 s")
	s.hides("systemd:")
}

func TestOtherSourcesDownDoNotHoldTheRest(t *testing.T) {
	s := newStage(t, 80, 24, Options{})
	s.observe(named("a"))
	next := named("a", "b")
	next.Faults = []model.Fault{{Source: model.SourceNetwork, Error: "operation not permitted"}}
	s.observe(next)
	s.shows("live ●")
	s.shows(" b ")
	s.shows("! network: operation not permitted")
}

func TestUnknownHostIsNotHeld(t *testing.T) {
	s := newStage(t, 80, 24, Options{})
	down := inventory()
	down.HostKind = model.HostKindUnknown
	down.Faults = []model.Fault{{Source: model.SourceSystemd, Error: "refused"}}
	s.observe(down)
	s.shows("systemd did not answer.")
	s.shows("! systemd: refused")
	s.hides("stale")
	s.observe(named("a"))
	s.shows("live ●")
	s.hides("systemd could not")
}

func TestSorting(t *testing.T) {
	s := newStage(t, 120, 24, Options{})
	small, big := vm("a-small"), vm("b-big")
	big.Memory = ptr(uint64(4 << 30))
	s.observe(inventory(small, big))
	s.press("M")
	s.shows("MEM▾")
	s.order("b-big", "a-small")
	s.press("I")
	s.shows("MEM▴")
	s.order("a-small", "b-big")
	s.press("<")
	s.shows("CPU▾")
}

// order checks that texts stand below each other.
func (s *stage) order(texts ...string) {
	s.t.Helper()
	at := -1
	for _, text := range texts {
		next := strings.Index(s.screen(), text)
		if next <= at {
			s.t.Errorf("%q does not come in its place:\n%s", text, s.screen())
		}
		at = next
	}
}

func TestPasteOnlyFillsThePrompt(t *testing.T) {
	s := newStage(t, 80, 24, Options{})
	s.observe(village())
	if _, cmd := s.Update(tea.PasteMsg{Content: "q"}); cmd != nil {
		t.Error("a paste did something")
	}
	s.shows("crash loop")
	s.press("/")
	s.send(tea.PasteMsg{Content: "\nda\x1b[2Jb\nq"})
	s.shows("/da[2Jb█")
	s.press("esc", "/")
	s.send(tea.PasteMsg{Content: strings.Repeat("x", 10_000)})
	if len(s.filter.Text()) > prompt.Longest {
		t.Errorf("the prompt holds %d bytes", len(s.filter.Text()))
	}
}

func TestFilterPrompt(t *testing.T) {
	s := newStage(t, 80, 24, Options{})
	s.observe(village())
	s.press("/")
	s.typeText("qR?! ")
	s.shows("/qR?! █")
	s.shows("Nothing matches the filter.")
	s.press("ctrl+w", "backspace", "backspace")
	s.typeText("crash")
	s.shows("/crash (1)")
	s.press("enter")
	s.hides("█")
	s.hides("removed")
	s.press("esc")
	s.shows("removed")
}

func TestEscPeelsOneLayer(t *testing.T) {
	s := newStage(t, 80, 24, Options{})
	s.observe(village())
	s.press("/")
	s.typeText("db")
	s.press("enter", "enter", "?")
	s.shows("half a page down")
	s.press("esc")
	s.shows("overview")
	s.press("esc")
	s.shows("/db (1)")
	s.press("esc")
	s.shows("removed")
}

func TestDetailOfAVMThatGoes(t *testing.T) {
	s := newStage(t, 80, 24, Options{})
	s.observe(village())
	s.press("j", "j", "enter")
	s.shows("microvm-qemu-db")
	s.observe(named("other"))
	s.shows("no longer on this host")
	s.shows("microvm-qemu-db")
	s.press("esc")
	s.shows("other")
}

func TestRedrawRefreshQuit(t *testing.T) {
	s := newStage(t, 80, 24, Options{})
	s.observe(village())
	s.press("ctrl+l")
	if s.paper.redrawn != 1 {
		t.Errorf("redrawn %d times", s.paper.redrawn)
	}
	if s.press("R")(); s.host.refreshed.Load() != 1 {
		t.Errorf("refreshed %d times", s.host.refreshed.Load())
	}
	if s.press("enter"); isQuit(s.press("q")) {
		t.Error("q on the detail page quits")
	}
	if !isQuit(s.press("q")) {
		t.Error("q on the table does not quit")
	}
	s.press("?")
	if !isQuit(s.press("ctrl+c")) {
		t.Error("ctrl+c in the help does not quit")
	}
}

// Keys of what is not there yet do nothing at all.
func TestUnboundKeysDoNothing(t *testing.T) {
	s := newStage(t, 80, 24, Options{})
	s.observe(village())
	before := s.screen()
	for _, key := range strings.Split("f w t e y K", " ") {
		if cmd := s.press(key); cmd != nil || s.screen() != before {
			t.Errorf("%s did something", key)
		}
	}
}

// Each binding is in the help, and a key means one thing in a place.
func TestCommands(t *testing.T) {
	for layer := onTable; layer <= onNothing; layer <<= 1 {
		taken := map[string]bool{}
		for _, c := range keys.Bound(allCommands(), nil) {
			if c.Where&layer == 0 {
				continue
			}
			if c.Brief&^c.Where != 0 {
				t.Errorf("%q is hinted at where it does nothing", c.Help().Key)
			}
			for _, key := range c.Keys() {
				if taken[key] {
					t.Errorf("%s is bound twice in layer %b", key, layer)
				}
				taken[key] = true
			}
		}
	}
	s := newStage(t, 80, 100, Options{})
	s.observe(village())
	s.press("?")
	for _, c := range s.commands {
		if c.Group != "" {
			s.shows(c.Help().Key)
			s.shows(c.Help().Desc)
		}
	}
}

func TestPanicInACommandEndsTheProgram(t *testing.T) {
	msg := guarded(func() tea.Msg { panic("a\nb\x1b[31m") })()
	s := newStage(t, 80, 24, Options{})
	if _, cmd := s.Update(msg); !isQuit(cmd) {
		t.Error("it goes on")
	}
	var panicked *PanicError
	if !errors.As(s.crash, &panicked) || panicked.Error() != "internal error: a^Jb^[[31m" || len(panicked.Stack) == 0 {
		t.Errorf("crash is %v", s.crash)
	}
}

func TestLookFrom(t *testing.T) {
	for name, c := range map[string]struct {
		env  []string
		want TerminalCaps
	}{
		"modern":      {[]string{"TERM=xterm-256color", "LANG=de_DE.UTF-8"}, TerminalCaps{"xterm-256color", "dark", false}},
		"light":       {[]string{"TERM=xterm-256color", "LANG=C.utf8", "COLORFGBG=0;15"}, TerminalCaps{"xterm-256color", "light", false}},
		"no colour":   {[]string{"TERM=xterm-256color", "LANG=C.UTF-8", "NO_COLOR=1"}, TerminalCaps{"xterm-256color", "mono", false}},
		"empty no":    {[]string{"TERM=xterm-256color", "LANG=C.UTF-8", "NO_COLOR="}, TerminalCaps{"xterm-256color", "dark", false}},
		"no UTF-8":    {[]string{"TERM=screen", "LANG=C.UTF-8", "LC_ALL=C"}, TerminalCaps{"screen", "basic", true}},
		"console":     {[]string{"TERM=linux", "LANG=C.UTF-8"}, TerminalCaps{"linux", "basic", true}},
		"nothing":     {nil, TerminalCaps{"", "basic", true}},
		"true colour": {[]string{"TERM=foot", "COLORTERM=truecolor", "LC_CTYPE=en_US.UTF8"}, TerminalCaps{"foot", "dark", false}},
	} {
		if got := TerminalCapsFrom(c.env); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
