package tui

import (
	"maps"
	"strings"
	"testing"

	"microtui/model"
)

// Why less is known or possible is told before counts of lesser weight.
func TestLimitsAreToldBeforeCounts(t *testing.T) {
	i := village()
	i.Host.Privileged = false
	for at := range i.VMs {
		i.VMs[at].State = []model.State{model.StateRunning, model.StateRunning, model.StateFailed}[at%3]
	}
	for _, page := range []string{"1", "4", "5"} {
		s := newStage(t, 80, 24, Options{ReadOnly: true})
		s.observe(i)
		s.press(page)
		head, _, _ := strings.Cut(s.screen(), "\n")
		if !strings.Contains(head, "not root") || !strings.Contains(head, "read-only") {
			t.Errorf("on page %s: %s", page, head)
		}
		if page == "1" && (!strings.Contains(head, "2 orphans") || strings.Contains(head, "suspect")) {
			t.Errorf("not the counts of the greatest weight: %s", head)
		}
	}
}

// What is down is told before what is left over, at every width that has room
// for a count.
func TestWhatIsDownIsToldFirst(t *testing.T) {
	i := village()
	i.VMs[0].State = model.StateFailed
	for width := 36; width < 140; width++ {
		s := newStage(t, width, 24, Options{})
		s.observe(i)
		head, _, _ := strings.Cut(s.screen(), "\n")
		for _, lesser := range []string{"orphan", "error", "VMs", "running", "suspect"} {
			if strings.Contains(head, lesser) && (!strings.Contains(head, "1 crash loop") || !strings.Contains(head, "1 failed")) {
				t.Errorf("%d cells: %s", width, head)
			}
		}
	}
}

// The leftovers that are listed alone are those that the head line counts.
func TestLeftoversAreThoseThatAreCounted(t *testing.T) {
	s := newStage(t, 80, 24, Options{})
	s.observe(village())
	s.press("2")
	s.shows("leftovers · 2 orphans · 1 suspect · 1 unclear")
	verdicts := map[model.Verdict]int{}
	for i := range s.vms.Rows {
		verdicts[s.vms.Rows[i].Verdict]++
	}
	want := map[model.Verdict]int{model.VerdictOrphan: 2, model.VerdictSuspect: 1, model.VerdictUnclear: 1}
	if !maps.Equal(verdicts, want) {
		t.Errorf("listed %v, counted %v", verdicts, want)
	}
}
