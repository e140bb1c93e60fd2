package e2e

import (
	"strings"
	"testing"

	"microtui/tui/screentest"
)

// TestJourneyTypesAhead: somebody stops a VM with two keys at once, as they do
// elsewhere. The second is not taken, which the dialog says; typed again, it
// stops the VM. Enter stops nothing, and says that, too.
func TestJourneyTypesAhead(t *testing.T) {
	s := onDemo(t)
	s.Type("Sy")
	s.WaitFor("Too early: that key was not taken. Type it again.")
	s.WaitFor("y stop")
	untilHeard(s, "\r", func(screen string) bool { return !strings.Contains(screen, "Stop api?") })
	s.WaitFor("Cancelled; nothing was done: y is what confirms")
	s.Type("S")
	s.WaitFor("Stop api?")
	untilHeard(s, "y", func(screen string) bool { return !strings.Contains(screen, "Stop api?") })
	s.Wait("api to be stopped", func(screen string) bool {
		return strings.Contains(screentest.Line(screen, " api "), "stopped")
	})
	leaveDemo(t, s)
}
