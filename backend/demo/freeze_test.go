package demo_test

import (
	"testing"

	"microtui/backend/demo"
	"microtui/model"
	"microtui/model/doctor"
)

// ordered is the outcome of an order.
func ordered(t *testing.T, h *demo.Host, order model.Order) model.Outcome {
	t.Helper()
	var last model.Outcome
	for p := range demo.Run(h).Act(t.Context(), order) {
		if p.Outcome != nil {
			last = *p.Outcome
		}
	}
	return last
}

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
	for _, step := range []struct {
		action model.Action
		result model.Result
		state  model.State
	}{
		{model.ActionPause, model.ResultDone, model.StatePaused},
		{model.ActionPause, model.ResultUnchanged, model.StatePaused},
		{model.ActionResume, model.ResultDone, model.StateRunning},
		{model.ActionResume, model.ResultUnchanged, model.StateRunning},
	} {
		if got := ordered(t, h, model.Order{Action: step.action, VM: "db"}); got.Result != step.result || vm().State != step.state {
			t.Errorf("%s: %+v, db is %s", step.action, got, vm().State)
		}
	}
	if h.Freeze("nobody", true) {
		t.Error("a VM that is not there was frozen")
	}
}
