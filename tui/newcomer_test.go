package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/tui/screentest"
)

// What somebody who has never seen the screen tries, and reads.

func TestHelpUnderTheKeysThatFingersKnow(t *testing.T) {
	for _, key := range []tea.KeyPressMsg{keyPress("?"), keyPress("h"), {Code: tea.KeyF1}} {
		s := newStage(t, 80, 24, Options{})
		s.observe(village())
		s.send(keyMsg{key, now})
		s.shows("half a page down")
		s.send(keyMsg{key, now})
		s.hides("half a page down")
	}
}

func TestFreshnessIsWholeBeforeNotes(t *testing.T) {
	s := newStage(t, 120, 24, Options{})
	i := village()
	i.VMs[4].Name = "a-name-of-twenty-two-ch"
	i.VMs[4].Notes = []model.Raw{model.Raw(strings.Repeat("much to say ", 20))}
	s.observe(i)
	if line := screentest.Line(s.screen(), "twenty-two"); !strings.Contains(line, "reboot needed ") {
		t.Errorf("its row is %q", line)
	}
}

func TestGCRootHasOneName(t *testing.T) {
	s := newStage(t, 120, 24, Options{})
	s.observe(village())
	s.shows("gcroot")
	s.press("G", "k", "enter")
	s.shows("gcroot")
	s.hides("gc root")
}

// A dialog does not speak of a guest that is asked to shut down where none
// runs.
func TestStopOfWhatDoesNotRunSaysSo(t *testing.T) {
	for key, want := range map[string]string{
		"S": "Not running; nothing will change.", "r": "Not running; it will be started from `current`.",
	} {
		th := newTheatre(t, 80, 24, Options{})
		th.observe(hostel())
		th.press("j", "j", "j", "j", "j", key)
		th.shows("strange is stopped.")
		th.shows(want)
		th.hides("asked to shut down")
	}
}

// A terminal that was small for a moment has lost what it showed, and says only
// that its size changed.
func TestASizeThatIsTheSameAgainIsDrawnAnew(t *testing.T) {
	s := newStage(t, 80, 24, Options{})
	s.observe(village())
	s.resizeTo(100, 30)
	if s.paper.redrawn != 0 {
		t.Errorf("another size is drawn %d times more than once", s.paper.redrawn)
	}
	s.resizeTo(100, 30)
	if s.paper.redrawn != 1 {
		t.Errorf("the same size is drawn anew %d times", s.paper.redrawn)
	}
}
