package e2e

import (
	"strings"
	"testing"
)

// TestJourneyCleansUpAll: somebody ticks all leftovers with one key. That takes
// data and stops a VM, so a y is not enough: the number has to be typed. While
// the evidence of one is read, its tick stays in sight.
func TestJourneyCleansUpAll(t *testing.T) {
	s := onDemo(t)
	s.Type("X")
	s.WaitFor("Clean up 8 of 10?")
	untilHeard(s, "G", func(screen string) bool { return strings.Contains(screen, "held by process") })
	s.Type("k")
	s.WaitFor("declared in generation 35")
	before := s.Text()
	s.Type("\x1b[6~")
	s.Wait("the rest, below its tick", func(screen string) bool {
		return screen != before && strings.Contains(screen, "[ ] vm        queue")
	})
	s.Type("a")
	s.WaitFor("Clean up 10 of 10?")
	s.Type("y")
	s.WaitFor("Type 10: █")
	s.WaitFor("queue: 519M, holds data")
	s.Type("10\r")
	s.WaitFor("Clean up 10 things: done")
	untilHeard(s, "\x1b", func(screen string) bool { return !strings.Contains(screen, "Clean up 10") })
	s.Wait("no orphan", func(screen string) bool { return !strings.Contains(screen, "orphan") })
	leaveDemo(t, s)
}
