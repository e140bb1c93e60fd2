package model_test

import (
	"testing"

	"microtui/model"
)

// TestIsGone: what is kept for a VM is dropped only on proof that its directory
// was deleted.
func TestIsGone(t *testing.T) {
	plain := func() *host { return newHost().declared("db") }
	for name, test := range map[string]struct {
		host *host
		want bool
	}{
		"deleted":                {plain(), true},
		"there":                  {plain().manual("api"), false},
		"there, without current": {plain().manual("api").do(func(h *host) { h.dir("api").Current = nil }), false},
		"a link":                 {plain().do(func(h *host) { h.o.StateDir.Other = []model.File{{Name: "api", Type: "link"}} }), false},
		"deleted while it runs":  {plain().imperative("api").running("api").deleteUnderneath("api"), false},
		"runs from a directory that was renamed": {plain().manual("web").running("web").do(func(h *host) {
			h.o.Units[0].Name = model.UnitName(model.RoleVM, "api")
			h.o.Processes[0].Cgroup = "/system.slice/" + h.o.Units[0].Name
		}), false},
		"its directory is not mounted":          {plain().unmounted(stateDir + "/api"), false},
		"the state directory is not mounted":    {plain().unmounted(stateDir), false},
		"no VM is in the state directory":       {plain().removeDir("db"), false},
		"the units use another state directory": {plain().do(func(h *host) { h.o.Template.StateDir = "/srv/vms" }), false},
		"the state directory was read in part":  {plain().fault(model.SourceStateDir), false},
		"on the keep list":                      {plain().keep(model.KindVM, "api"), false},
		"the keep list was not read":            {plain().fault(model.SourceKeep), false},
		"systemd was not asked":                 {plain().fault(model.SourceSystemd), false},
		"the state directory is on a network":   {plain().do(func(h *host) { h.o.StateDir.Network = true }), false},
	} {
		if got := test.host.inventory().IsGone("api"); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
