package tui

import (
	"testing"

	"microtui/model"
)

func TestFilterTerms(t *testing.T) {
	s := newStage(t, 80, 24, Options{})
	s.observe(village())
	s.press("/")
	s.typeText("state:crash")
	s.shows("/state:crash (1)")
	s.hides("removed")
	s.press("ctrl+w")
	s.typeText("kind:tap")
	s.shows("vm-gone")
	s.hides("removed")
	s.hides("vnet0") // somebody else's
}

func TestFilterThatIsNotUnderstood(t *testing.T) {
	s := newStage(t, 80, 24, Options{})
	s.observe(village())
	s.press("/")
	s.typeText("crash stat:x")
	s.shows(`unknown field "stat"; use one of state, origin, freshness, verdict,`)
	s.shows("finding")
	s.shows("/crash stat:x█")
	s.shows("412 restarts") // what was understood last stays
	s.hides("removed")
	s.press("enter")
	s.shows("█")
	s.hides("overview")
	s.press("backspace", "backspace", "backspace", "backspace", "backspace", "backspace")
	s.hides("unknown field")
	s.press("enter")
	s.hides("█")
	s.shows("/crash (1)")
	s.press("/")
	s.typeText(" state:sleeping")
	s.shows(`unknown state "sleeping"`)
	s.press("esc")
	s.shows("removed")
	s.press("/")
	s.hides("sleeping")
}

func TestFilterOfTheDoctorByRule(t *testing.T) {
	s := newStage(t, 100, 24, Options{})
	s.observe(sick())
	s.press("3", "/")
	s.typeText("finding:stale")
	s.shows("stale-share")
	s.hides("db and twin both have it")
}

func TestFilterOfOperationsAndTrash(t *testing.T) {
	onDemo(t, 100, 24, Options{}, func(t *testing.T, p *playhouse) {
		p.at("queue")
		p.press("D", "y")
		p.over()
		p.press("esc", "5", "/")
		p.typeText("queue")
		p.says("/queue (1)")
		p.typeText(" -queue")
		p.says("Nothing matches the filter.")
		p.press("esc", "4", "/")
		p.typeText("purge done")
		p.says("/purge done (1)")
		p.press("enter", "esc")
		p.hides("/purge")
		p.says("operations")
		p.press("esc")
		p.says("/queue (0)") // of the table, as it was
	})
}

func TestNextProblem(t *testing.T) {
	s := newStage(t, 80, 24, Options{})
	s.observe(village())
	for _, step := range []struct {
		press string
		want  model.Raw
	}{
		{"n", "crash"}, {"n", "removed"}, {"N", "crash"},
		{"N", "vm-gone"}, // on from the end: a leftover is one, too
		{"n", "crash"},
	} {
		s.press(step.press)
		if ref, _ := s.vms.Selected(); ref.Name != step.want {
			t.Errorf("%s leads to %s, want %s", step.press, ref.Name, step.want)
		}
	}
	s.observe(inventory(vm("api"), vm("db")))
	s.press("n")
	s.shows("Next problem: no problems are listed")
}

// Enter on a filter that is a name goes to what is called just that, unless
// somebody moved the cursor since.
func TestFilterThatIsAName(t *testing.T) {
	for name, test := range map[string]struct {
		keys []string
		want model.Raw
	}{
		"no name":      {[]string{"we", "enter"}, "old-web"},
		"name":         {[]string{"web ", "enter"}, "web"},
		"typed on":     {[]string{"web", "-2", "enter"}, "web-2"},
		"moved":        {[]string{"web", "down", "down", "enter"}, "web-2"},
		"cleared":      {[]string{"web", "esc"}, "old-web"},
		"opened again": {[]string{"web", "enter", "j", "/", "enter"}, "web-2"},
	} {
		s := newStage(t, 80, 24, Options{})
		s.observe(named("old-web", "web", "web-2", "z"))
		s.press("/")
		for _, key := range test.keys {
			switch key {
			case "enter", "esc", "down", "j", "/":
				s.press(key)
			default:
				s.typeText(key)
			}
		}
		if got, _ := s.vms.Selected(); got.Name != test.want {
			t.Errorf("%s: the cursor is on %s, want %s", name, got.Name, test.want)
		}
		if s.observe(named("old-web", "web", "web-2", "z")); s.vms.Rows[s.vms.Cursor].Ref.Name != test.want {
			t.Errorf("%s: the cursor went from %s with the next data", name, test.want)
		}
	}
}
