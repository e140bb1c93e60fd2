package e2e

import (
	"regexp"
	"strings"
	"testing"

	"microtui/lab"
	"microtui/lab/fixture"
	"microtui/tui/screentest"
)

// kernelLine is a line of a guest's kernel on its console, as the log pane
// shows it.
var kernelLine = regexp.MustCompile(`console +\[ +[0-9]+\.[0-9]+\] \S`)

// TestBootOnTheScreen: a real guest, started by a key, boots before one's eyes:
// its kernel's lines are on the screen before its init says that it is up, in
// the pane below the table and on the whole screen.
func TestBootOnTheScreen(t *testing.T) {
	lab.Require(t)
	h := fixture.NewHost(t, fixture.Options{})
	h.Create("guest", fixture.Tap("vm-guest"), h.RealGuest())
	const up = "guest guest is up"
	s := screentest.Start(t, 120, 40, program())
	s.WaitFor("stopped")
	s.Type("s")
	s.WaitFor("starting")
	s.Type("l")
	s.WaitFor("guest · log")
	booting := s.Wait("a line of its kernel", kernelLine.MatchString)
	if strings.Contains(booting, up) {
		t.Errorf("it was up before its kernel was seen:\n%s", booting)
	}
	t.Log("below the table:\n" + booting)
	s.WaitFor("running")
	s.WaitFor(up)
	s.Type("L")
	full := s.Wait("the full-screen log", func(screen string) bool {
		return !strings.Contains(screen, "FRESHNESS") && kernelLine.MatchString(screen) && strings.Contains(screen, up)
	})
	t.Log("on the whole screen:\n" + full)
	s.Type("g")
	s.WaitFor("Linux version")
	leaveLog(t, s)
}
