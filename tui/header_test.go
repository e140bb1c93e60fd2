package tui

import (
	"strings"
	"testing"

	"microtui/model"
)

// Why less is known or possible is told before counts of lesser weight.
func TestLimitsAreToldBeforeCounts(t *testing.T) {
	i := village()
	i.Host.Privileged = false
	for at := range i.VMs {
		i.VMs[at].State = []model.State{model.StateRunning, model.StateFailed, model.StateCrashLoop}[at%3]
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
