package e2e

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestJourneyFindsWhatIsWrong: what the head line counts is marked where it
// stands, the next problem leads through all of it, and the leftovers that are
// listed are those that are counted.
func TestJourneyFindsWhatIsWrong(t *testing.T) {
	s := onDemo(t)
	s.WaitFor("1 crash loop · 1 failed · 10 orphans")
	s.Wait("the marks of what is wrong", func(screen string) bool {
		return strings.Contains(screen, "\n ! crash ") && strings.Contains(screen, "\n ! mail ") && strings.Contains(screen, "\n ! media ")
	})
	seen := map[string]bool{}
	for name := "api"; !seen[name]; {
		seen[name] = true
		before := name
		s.Type("n")
		s.Wait("the problem after "+before, func(screen string) bool {
			name = rowUnderCursor(screen)
			return name != "" && name != before
		})
	}
	for _, counted := range []string{"crash", "mail", "media", "web", "queue", "removed", "old-web", "import-2025", "vm-gone", "gone"} {
		if !seen[counted] {
			t.Errorf("%s is counted, and no problem: %v", counted, seen)
		}
	}
	if seen["ntp"] || seen["build"] {
		t.Errorf("a VM that is well is a problem: %v", seen)
	}
	s.Type("2")
	s.Wait("ten orphans, a suspect and an unclear one, counted and listed", func(screen string) bool {
		return strings.Contains(screen, "leftovers · 10 orphans · 1 suspect · 1 unclear") &&
			strings.Count(screen, "✗ ") == 10 && strings.Count(screen, "? old-web") == 1 && strings.Count(screen, "· import-2025") == 1
	})
	leaveDemo(t, s)
}

// rowUnderCursor is the name on the row with the cursor.
func rowUnderCursor(screen string) string {
	for line := range strings.Lines(screen) {
		if rest, ok := strings.CutPrefix(line, "▸"); ok {
			for _, word := range strings.Fields(rest) {
				if utf8.RuneCountInString(word) > 1 { // no sign
					return word
				}
			}
		}
	}
	return ""
}
