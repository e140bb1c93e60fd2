package doctor_test

import (
	"testing"

	"microtui/model"
	"microtui/model/doctor"
)

func TestShares(t *testing.T) {
	web := func() *host { return newHost().declared("web").running("web").secrets("web") }
	unseen := func(h *host) {
		for i := range h.o.Processes {
			h.o.Processes[i].Serves = nil
		}
	}
	for _, test := range []struct {
		name         string
		host         *host
		stale, fresh bool
	}{
		{"served as it is", web(), false, true},
		{"of an older generation", web().do(func(h *host) { h.generation(8, switched) }), true, false},
		{"not seen, the link older than the daemon", web().do(unseen), false, false},
		{"not seen, the link newer than the daemon", web().do(func(h *host) { h.generation(8, switched) }).do(unseen), true, false},
		{"while it restarts", web().do(func(h *host) {
			h.generation(8, switched)
			h.unit(model.RoleVirtiofsd, "web").Job = &model.Job{ID: 1, Type: "restart"}
		}), false, false},
		{"off", web().stopped("web"), false, false},
		{"its source not looked at", web().do(func(h *host) {
			for i := range h.o.ShareSources {
				h.o.ShareSources[i].Fault = "on a network file system (nfs4)"
			}
		}), false, false},
		{"its source not read at all", web().do(func(h *host) { h.o.ShareSources = nil }), false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			i := doctor.Interpret(test.host.o)
			found := false
			for _, s := range doctor.Shares(i, "web") {
				if s.Path != "/run/secrets" {
					continue
				}
				found = true
				if s.Stale != test.stale || s.Fresh != test.fresh {
					t.Errorf("stale %v, fresh %v; want %v, %v", s.Stale, s.Fresh, test.stale, test.fresh)
				}
				if s.Stale != (len(s.Why) > 0) {
					t.Errorf("stale %v, because %q", s.Stale, s.Why)
				}
			}
			if !found {
				t.Fatal("the share is not listed")
			}
			rule := false
			for _, f := range i.Findings {
				rule = rule || f.Rule == "stale-share"
			}
			if rule != test.stale {
				t.Errorf("the rule finds it: %v", rule)
			}
		})
	}
	if doctor.Shares(doctor.Interpret(web().o), "nobody") != nil {
		t.Error("a VM that is not there has shares")
	}
}
