package tui

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"microtui/tui/screentest"
)

// takesMouse reports whether a terminal that got these bytes reports the mouse.
func takesMouse(raw string) bool {
	on := func(mode string) bool {
		return strings.LastIndex(raw, "\x1b[?"+mode+"h") > strings.LastIndex(raw, "\x1b[?"+mode+"l")
	}
	return on("1000") || on("1006") || on("1002") || on("1003")
}

// mousing starts the program with the mouse on.
func mousing(t *testing.T, scenario string) *screentest.Screen {
	s := screentest.Start(t, 80, 24, theProgram(scenario))
	s.WaitFor("20 VMs")
	if takesMouse(s.Raw()) {
		t.Error("the mouse is taken before anybody asked for it")
	}
	s.Type("\x1bm")
	s.WaitFor("Mouse on")
	s.Wait("the mouse to be taken", func(string) bool { return takesMouse(s.Raw()) })
	return s
}

func TestMouseOnATerminal(t *testing.T) {
	s := mousing(t, "still")
	s.Type("\x1b[<0;5;7M\x1b[<0;5;7m")
	s.Wait("the cursor on vm-004", onRow("vm-004"))
	s.Type("\x1b[<0;5;7M\x1b[<0;5;7m")
	s.WaitFor("▸overview")
	s.Type("\x1b")
	s.WaitGone("▸overview")
	s.Type("\x1bm")
	s.WaitFor("Mouse off")
	s.Wait("the mouse to be given back", func(string) bool { return !takesMouse(s.Raw()) })
	s.Type("\x1b[<0;5;5M\x1b[<65;5;5Mj")
	s.Wait("the cursor on vm-005", onRow("vm-005"))
	s.Type("q")
	leaves(t, s, exitDone)
}

func TestMouseIsGivenBackAtTheEnd(t *testing.T) {
	for name, end := range map[string]struct {
		scenario string
		do       func(*screentest.Screen)
		code     int
	}{
		"quit":  {"still", func(s *screentest.Screen) { s.Type("q") }, exitDone},
		"TERM":  {"busy", func(s *screentest.Screen) { s.Signal(syscall.SIGTERM) }, exitSignal},
		"HUP":   {"still", func(s *screentest.Screen) { s.Signal(syscall.SIGHUP) }, exitSignal},
		"panic": {"broken refresh", func(s *screentest.Screen) { s.Type("R") }, exitPanic},
	} {
		t.Run(name, func(t *testing.T) {
			s := mousing(t, end.scenario)
			end.do(s)
			leaves(t, s, end.code)
			if takesMouse(s.Raw()) {
				t.Error("the mouse was not given back")
			}
		})
	}
}

func TestMouseIsGivenBackForAWhile(t *testing.T) {
	t.Run("suspended", func(t *testing.T) {
		s := mousing(t, "still")
		s.Type("\x1a")
		s.Wait("the mouse to be given back, and taken again", func(string) bool {
			_, after, left := strings.Cut(s.Raw(), "\x1b[?1000l")
			return left && strings.Contains(after, "\x1b[?1000h")
		})
		s.WaitFor("20 VMs")
		s.Type("q")
		leaves(t, s, exitDone)
	})
	t.Run("lent", func(t *testing.T) {
		s := mousing(t, "guests")
		s.Type("o")
		s.WaitFor("guest.lan")
		if takesMouse(s.Raw()) {
			t.Error("in a guest the mouse is still the screen's")
		}
		s.Type("exit\r")
		s.WaitFor("20 VMs")
		s.Wait("the mouse to be taken again", func(string) bool { return takesMouse(s.Raw()) })
		s.Type("q")
		leaves(t, s, exitDone)
		if takesMouse(s.Raw()) {
			t.Error("the mouse was not given back")
		}
	})
}

// What the mouse did, and comes late and in pieces, types nothing. (They are
// turns of the wheel, and a release: a click would leave the prompt.)
func TestLateReportsTypeNothing(t *testing.T) {
	s := mousing(t, "still")
	s.Type("/")
	s.WaitFor("/█")
	for _, report := range [][2]string{
		{"\x1b[", "<64;10;5M"}, {"\x1b[<65;1", "0;5M"}, {"\x1b[<0;10;50", "m"}, {"\x1b[M", "`!!"}, {"\x1b[", "Ma!!"}, {"\x1b[M`", "!!"},
	} {
		s.Type(report[0])
		<-time.After(100 * time.Millisecond) // longer than the parser waits for the rest
		s.Type(report[1])
	}
	s.Type("vm-01")
	s.WaitFor("/vm-01█")
	s.WaitFor("/vm-01 (10)")
}
