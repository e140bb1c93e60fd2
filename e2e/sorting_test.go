package e2e

import (
	"strings"
	"testing"
)

// TestJourneySortByOneKey: which takes most? One key says it, whether its
// column was in sight or not, and the column is marked. Going through the
// columns stops at none that is out of sight.
func TestJourneySortByOneKey(t *testing.T) {
	s := onDemo(t)
	first := func(mark, name string) func(string) bool {
		return func(screen string) bool {
			lines := strings.Split(screen, "\n")
			return len(lines) > 2 && strings.Contains(lines[1], mark) && strings.Contains(lines[2], " "+name+" ")
		}
	}
	s.Wait("the first figures of CPU", func(screen string) bool { return strings.Contains(screen, " %") })
	for _, key := range []struct{ key, mark, first string }{
		{"P", " CPU▾ ", "web"}, {"M", " MEM▾ ", "db"}, {"Z", " DISK▾ ", "db"}, {"T", " UP▾ ", "cache"}, {"A", " NAME▴ ", "api"}, {"A", " NAME▾ ", "web"}, {"A", " NAME▴ ", "api"},
	} {
		s.Type(key.key)
		s.Wait(key.key+": "+key.mark+" and "+key.first+" first", first(key.mark, key.first))
	}
	for _, mark := range []string{" STATE▴ ", " ORIGIN▴ ", " CPU▾ ", " MEM▾ ", " NAME▴ "} {
		s.Type(">")
		s.WaitFor(mark)
	}
	s.Type("<")
	s.WaitFor(" MEM▾ ")
	s.Type("2")
	s.WaitFor("leftovers")
	s.Type("Z")
	s.WaitFor(" SIZE▾ ")
	s.Type("P")
	s.WaitFor("Sort: leftovers are sorted by name or size")
	leaveDemo(t, s)
}
