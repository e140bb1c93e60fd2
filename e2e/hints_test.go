package e2e

import (
	"strings"
	"testing"
)

// TestJourneyReadsTheHints: a VM that runs is offered a stop and a restart, one
// that is off a start; an error comes with the key that leads to it, and a
// clean-up with the one to the trash. Who knows no key finds what he wants by
// the word that he has for it.
func TestJourneyReadsTheHints(t *testing.T) {
	s := onDemo(t)
	hints := func(all ...string) func(string) bool {
		return func(screen string) bool {
			for _, hint := range all {
				if !strings.Contains(lastLine(screen), hint) {
					return false
				}
			}
			return true
		}
	}
	s.Wait("the hints of a VM that runs", hints("3 doctor", "X clean up 10", "S stop", "r restart", "? help"))
	if line := lastLine(s.Text()); strings.Contains(line, "start ") && !strings.Contains(line, "r restart") || strings.Contains(line, "s start") {
		t.Errorf("what runs is offered a start: %s", line)
	}
	s.Type("jj")
	s.Wait("the hints of one that is off", hints("3 doctor", "s start"))
	if line := lastLine(s.Text()); strings.Contains(line, "S stop") {
		t.Errorf("what is off is offered a stop: %s", line)
	}
	s.Type(":")
	screen := s.WaitFor("Type what you want to do or see")
	if strings.Contains(screen, "half a page down") {
		t.Errorf("more than a prompt:\n%s", screen)
	}
	for word, does := range map[string]string{"disk": "clean up", "undo": "roll back", "error": "doctor", "memory": "by memory"} {
		s.Type(word)
		s.Wait(does+" by "+word, func(screen string) bool {
			return strings.Contains(screen, ":"+word) && strings.Contains(screen, does)
		})
		s.Type("\x15")
		s.WaitFor("Type what you want to do or see")
	}
	s.Type("\x1b")
	s.WaitGone("Type what you want")
	s.Type("X")
	s.WaitFor("Clean up 8 of 10?")
	untilHeard(s, "a", func(screen string) bool { return strings.Contains(screen, "Clean up 10 of 10?") })
	s.Type("y")
	s.WaitFor("Type 10: █")
	s.Type("10\r")
	s.WaitFor("Clean up 10 things: done")
	s.Wait("where it went", hints("5 trash", "Esc close"))
	untilHeard(s, "5", func(screen string) bool { return strings.Contains(screen, "trash · 519M") })
	leaveDemo(t, s)
}
