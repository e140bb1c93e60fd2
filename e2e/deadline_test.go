package e2e

import (
	"strings"
	"testing"
)

// TestJourneyOneDeadline: the dialog, the row and the page about a VM name the
// same time for the guest to shut down, and the page its parts.
func TestJourneyOneDeadline(t *testing.T) {
	s := onDemo(t)
	s.Type("/web\r")
	s.WaitFor("/web (2)")
	s.Type("\r")
	s.WaitFor("▸overview")
	s.WaitFor("150 s to come up")
	s.WaitFor("150 s to shut down; then up to 150 s for each of")
	s.Type("q")
	s.WaitGone("▸overview")
	s.Type("S")
	s.WaitFor("killed if it is not off after 150 ")
	untilHeard(s, "y", func(screen string) bool { return !strings.Contains(screen, "Stop web?") })
	s.WaitFor(" of 150 s: stopping")
	leaveDemo(t, s)
}

// TestJourneyDeadlineOfARestart: what it has to shut down and to come up is said
// with the sum, and the row counts to that.
func TestJourneyDeadlineOfARestart(t *testing.T) {
	s := onDemo(t)
	s.Type("/web\r")
	s.WaitFor("/web (2)")
	s.Type("r")
	s.WaitFor("It has 150 s to come up. 300 s")
	untilHeard(s, "y", func(screen string) bool { return !strings.Contains(screen, "Restart web?") })
	s.WaitFor(" of 300 s: ")
	leaveDemo(t, s)
}
