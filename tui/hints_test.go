package tui

import (
	"strings"
	"testing"
)

// hintLine is the last line of the screen.
func (s *stage) hintLine() string {
	lines := strings.Split(strings.TrimRight(s.screen(), "\n"), "\n")
	return lines[len(lines)-1]
}

// Of a leftover nothing can be started; of a page about a VM the keys of the
// whole host are not told.
func TestHintsSuitWhatIsSelected(t *testing.T) {
	const ofVM, ofLeftover = "s start", "D purge  X clean up 2 orphans"
	th := newTheatre(t, 120, 24, Options{})
	th.observe(hostel())
	for _, step := range []struct {
		keys        []string
		shows, hide string
	}{
		{nil, ofVM, "c copy"},
		{[]string{"enter"}, ofVM, "clean up"},
		{[]string{"esc", "G"}, ofLeftover, ofVM},
		{[]string{"enter"}, ofLeftover, ofVM},
		{nil, "c copy a name or path", "x menu"},
		{[]string{"esc", "enter"}, ofLeftover, ofVM},
		{[]string{"esc", "g", "space", "G"}, ofVM, "c copy"}, // a VM is marked
	} {
		th.press(step.keys...)
		if line := th.hintLine(); !strings.Contains(line, step.shows) || strings.Contains(line, step.hide) {
			t.Errorf("after %q: %s", step.keys, line)
		}
	}
}

// A leftover that was cleared away is no VM either.
func TestHintsOfALeftoverThatIsGone(t *testing.T) {
	th := newTheatre(t, 120, 24, Options{})
	th.observe(hostel())
	th.press("G", "enter")
	i := hostel()
	i.Leftovers = nil
	th.observe(i)
	th.shows("no longer on this host")
	if line := th.hintLine(); strings.Contains(line, "s start") {
		t.Error(line)
	}
}
