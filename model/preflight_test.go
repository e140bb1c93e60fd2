package model_test

import (
	"testing"

	"microtui/model"
)

// TestTogether: two VMs that are off and have one interface are in each
// other's way when both are started, and only then.
func TestTogether(t *testing.T) {
	both := []model.Raw{"db", "twin"}
	off := func() *host {
		h := newHost().imperative("db").imperative("twin")
		h.runner("twin").Taps = []model.Raw{"vm-db"}
		return h
	}
	for _, test := range []struct {
		name   string
		host   *host
		action model.Action
		names  []model.Raw
		says   model.Raw // of twin; empty: nothing
	}{
		{"both", off(), "start", both, "db is to be started too, and has the same interface vm-db"},
		{"both, by a restart", off(), "restart", both, "db is to be started too, and has the same interface vm-db"},
		{"the other runs", off().running("db"), "start", both, "db is using interface vm-db: starting would tear it down"},
		{"the other is not asked for", off(), "start", both[1:], ""},
		{"the other cannot be started", off().do(func(h *host) { h.dir("db").Current.Dangling = true }), "start", both, ""},
		{"both are stopped", off(), "stop", both, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			i := test.host.inventory()
			found := model.Preflight(model.AfterAll(i, test.action, test.names), "twin")
			if test.says == "" && len(found) == 0 {
				return
			}
			if len(found) != 1 || found[0].ReasonNow(i) != test.says {
				t.Errorf("%+v, want %q", found, test.says)
			}
		})
	}
}
