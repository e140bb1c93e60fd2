package demo_test

import (
	"testing"

	"microtui/backend/demo"
	"microtui/model"
	"microtui/model/doctor"
)

// A VM that is frozen is paused, until it is thawed or its process ends; and
// what the templates say is known.
func TestFreeze(t *testing.T) {
	h := demo.New(1)
	vm := func() model.VM {
		t.Helper()
		for _, vm := range doctor.Interpret(h.Observe()).VMs {
			if vm.Name == "db" {
				return vm
			}
		}
		t.Fatal("no VM db")
		return model.VM{}
	}
	if state := vm().State; state != model.StateRunning {
		t.Fatalf("db is %s", state)
	}
	if !h.Freeze("db", true) || vm().State != model.StatePaused {
		t.Errorf("frozen: %s", vm().State)
	}
	i := model.Interpret(h.Observe())
	if got := model.Reason(i, model.ActionStart, "db"); got == "" {
		t.Error("a start of it is not refused")
	}
	if s := i.Settings("db", model.RoleVM); s == nil || s.User != "microvm" || s.Restart != "always" || !s.Runs {
		t.Errorf("settings: %+v", s)
	}
	if !h.Freeze("db", false) || vm().State != model.StateRunning {
		t.Errorf("thawed: %s", vm().State)
	}
	if h.Freeze("nobody", true) {
		t.Error("a VM that is not there was frozen")
	}
}
