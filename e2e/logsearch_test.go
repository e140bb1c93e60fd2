package e2e

import (
	"regexp"
	"strings"
	"testing"
)

// TestJourneySearchesALog: the newest match is found and counted, the next one
// after the last is the first, a search begins anew and finds the one before by
// the arrow, and the priority says what it does to the console.
func TestJourneySearchesALog(t *testing.T) {
	s := onDemo(t)
	s.Type("L")
	s.WaitFor("console")
	s.Type("/slow\r")
	matches := regexp.MustCompile(`/slow (\d+)/(\d+)`).FindStringSubmatch(s.Wait("the matches, counted", regexp.MustCompile(`/slow \d+/\d+`).MatchString))
	if matches[1] != matches[2] {
		t.Errorf("not the newest match: %q", matches)
	}
	s.Type("n")
	s.WaitFor("Search: on from the oldest line")
	s.WaitFor("/slow 1/")
	s.Type("N")
	s.Wait("a match in lines that were not read yet", func(screen string) bool {
		return strings.Contains(screen, "/slow ") && !strings.Contains(screen, "/slow 1/")
	})
	s.Type("/nosuchthing\r")
	s.WaitFor("Search: no match")
	s.Type("/\x1b[A\x1b[A")
	s.Wait("the search before", func(screen string) bool { return strings.Contains(lastLine(screen), "/slow█") })
	s.Type("\r")
	s.WaitFor("/slow ")
	s.Type("p")
	s.WaitFor("console lines carry no priority and stay")
	leaveDemo(t, s)
}
