package e2e

import "testing"

// TestJourneyDemoSaysWhatItIs: the header says that the host is no real one,
// and what a rollback changes runs from the newer runner to the older.
func TestJourneyDemoSaysWhatItIs(t *testing.T) {
	s := onDemo(t)
	s.WaitFor(" demo ● 2 s")
	s.Type("/edge\r")
	s.WaitFor("/edge (1)")
	s.Type("b")
	s.WaitFor("Roll back edge")
	s.WaitFor("linux: 6.12.58 → 6.12.41")
	s.WaitFor("switch edge back to its older runner")
	leaveDemo(t, s)
}
