package tui

import (
	"strings"
	"testing"
	"time"

	"microtui/model"
)

// hintLine is the last line of the screen.
func (s *stage) hintLine() string {
	lines := strings.Split(strings.TrimRight(s.screen(), "\n"), "\n")
	return lines[len(lines)-1]
}

// Of a leftover nothing can be started; of a page about a VM the keys of the
// whole host are not told.
func TestHintsSuitWhatIsSelected(t *testing.T) {
	const ofVM, ofLeftover = "S stop", "D purge"
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

// A VM that runs is offered what ends it, one that is off a start; an error is
// told with the key that leads to it, and what was put into the trash, too: at
// every width before all else.
func TestHintsSayWhatMattersNow(t *testing.T) {
	for width, want := range map[int]string{20: " 3 doctor  ? help", 40: " 3 doctor  X clean up 1  ? help", 80: " 3 doctor  X clean up 1  Enter detail  l log  S stop  r restart  ? help"} {
		th := newTheatre(t, width, 24, Options{})
		host := sick()
		th.observe(host)
		if got := th.hintLine(); !strings.HasPrefix(got, want) {
			t.Errorf("%d cells: %q, want %q", width, got, want)
		}
	}
	th := newTheatre(t, 80, 24, Options{})
	host := hostel()
	host.VMs[0].State = model.StateStopped
	host.Trash = []model.TrashEntry{{ID: "1", Name: "gone", PurgedAt: host.At.Add(-time.Minute)}}
	th.observe(host)
	if got, want := th.hintLine(), " 5 trash  X clean up 2  Enter detail  l log  s start  x menu  q quit  ? help"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
