package model_test

import (
	"strings"
	"testing"

	"microtui/model"
)

// looping is a VM that crashes in a loop, at a moment of its turn.
func looping(active, sub string) *host {
	h := newHost().imperative("web").running("web")
	unit := h.main("web", active, sub)
	unit.Properties.Restarts = 9
	unit.Properties.ActiveEnter, unit.Properties.ActiveExit = now.Add(-1e9), now.Add(-2e9)
	return h
}

// TestTakesDown: what the stop of a VM takes down by itself is part of its
// purge, whether a step deletes it or not.
func TestTakesDown(t *testing.T) {
	for name, test := range map[string]struct {
		h       *host
		taken   string // "vm-web" or "vm-web, though …"; empty: nothing
		deleted bool
		left    string
	}{
		"running":                {newHost().imperative("web").running("web"), "", true, ""},
		"stopped":                {newHost().imperative("web").do(func(h *host) { h.tap("vm-web") }), "", true, ""},
		"in a loop":              {looping("active", "running"), "vm-web", false, ""},
		"in a loop, between":     {looping("activating", "auto-restart").do(func(h *host) { h.o.Links = nil }), "vm-web", false, ""},
		"starting":               {looping("activating", "start").do(func(h *host) { h.o.Units[0].Properties.Restarts = 0 }), "vm-web", false, ""},
		"another's too":          {newHost().imperative("web").running("web").do(claimedByTwin), "vm-web, though also claimed by twin", false, ""},
		"another's too, stopped": {newHost().imperative("web").do(func(h *host) { h.tap("vm-web") }).do(claimedByTwin), "", false, "also claimed by twin"},
		"its unit is off":        {newHost().imperative("web").running("web").do(claimedByTwin).do(func(h *host) { h.unit("microvm-tap-interfaces@web.service", "inactive", "dead") }), "", false, "also claimed by twin"},
		"booted something else": {newHost().imperative("web").running("web").do(claimedByTwin).do(func(h *host) {
			h.runnerAt("/nix/store/r-before", "web").Taps = nil
			h.dir("web").Booted.Target = "/nix/store/r-before"
		}), "", false, "also claimed by twin"},
		"its runner takes nothing": {looping("active", "running").do(func(h *host) { h.runner("web").Bin = []model.Raw{"microvm-run"} }), "", false, "each start recreates it"},
		"its script is the unit's": {looping("active", "running").do(func(h *host) {
			h.runner("web").Bin, h.o.Template.RunnerScripts = []model.Raw{"microvm-run"}, false
		}), "vm-web", false, ""},
		"a version that leaks": {looping("active", "running").do(func(h *host) { h.o.Template.SetBooted = false }), "", false, "each start recreates it"},
		"deleted underneath":   {newHost().declared("db").undeclared("web").running("web").deleteUnderneath("web"), "", true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := purge(test.h, "web")
			if len(p.Items) != 1 {
				t.Fatalf("refused %v", p.Refused)
			}
			item, taken := p.Items[0], []string(nil)
			for _, down := range item.TakesDown {
				taken = append(taken, strings.TrimSuffix(string(down.Ref.Name)+", though "+string(down.Though), ", though "))
			}
			if got := strings.Join(taken, "; "); got != test.taken {
				t.Errorf("takes down %q, want %q", got, test.taken)
			}
			deleted := strings.Contains(strings.Join(steps(p), "\n"), "delete_link tap vm-web")
			if deleted != test.deleted {
				t.Errorf("a step deletes it: %v", deleted)
			}
			left := ""
			for _, text := range item.Left {
				left += string(text)
			}
			if !strings.Contains(left, test.left) || (test.left == "") != (left == "") {
				t.Errorf("left alone: %q, want %q", left, test.left)
			}
		})
	}
}

func claimedByTwin(h *host) { h.imperative("twin").runner("twin").Taps = []model.Raw{"vm-web"} }
