package e2e

import (
	"strings"
	"testing"

	"microtui/tui/screentest"
)

// What is typed acts on what was seen.

// TestJourneyStartsWhatWasFound: somebody looks for mail, tries what is
// refused, takes the message away with Esc, and starts it: mail is started, and
// not what the cursor was on before.
func TestJourneyStartsWhatWasFound(t *testing.T) {
	s := onDemo(t)
	s.Type("jj")
	s.WaitFor("▸  build")
	s.Type("/mail\r")
	s.WaitFor("/mail (1)")
	s.Type("D")
	s.WaitFor("Purge: ")
	s.Type("\x1b")
	s.Wait("that the message alone is gone", func(screen string) bool {
		return !strings.Contains(screen, "Purge: ") && strings.Contains(screen, "/mail (1)")
	})
	s.Type("\x1b")
	s.Wait("the cursor on mail among all", func(screen string) bool {
		return !strings.Contains(screen, "· /mail") && strings.Contains(screen, " vault ") && underCursor("mail")(screen)
	})
	s.Type("s")
	s.Wait("mail, and it alone, to be started", func(screen string) bool {
		return strings.Contains(lastLine(screen), "mail") || strings.Contains(screen, "Start mail?")
	})
	s.Type("g")
	if row := screentest.Line(s.Wait("the first VMs", underCursor("api")), " build "); !strings.Contains(row, "stopped") {
		t.Errorf("build is touched: %q", row)
	}
	leaveDemo(t, s)
}
