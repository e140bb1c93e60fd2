package model_test

import (
	"slices"
	"testing"

	"microtui/model"
)

// TestPause: what runs is paused by its own unit, and resumed by all that is
// frozen of it; what does not run is neither.
func TestPause(t *testing.T) {
	const own, shares = model.Raw("microvm@db.service"), model.Raw("microvm-virtiofsd@db.service")
	h := twins()
	h.unit(shares, "active", "running")
	i := h.inventory()
	if got := i.ToFreeze(model.ActionPause, "db"); !slices.Equal(got, []model.Raw{own}) {
		t.Errorf("a pause freezes %q", got)
	}
	if got := i.ToFreeze(model.ActionResume, "db"); got != nil {
		t.Errorf("a resume of what runs thaws %q", got)
	}
	i = h.freeze(own).freeze(shares).inventory()
	if got := i.ToFreeze(model.ActionPause, "db"); got != nil {
		t.Errorf("a pause of what is paused freezes %q", got)
	}
	if got := i.ToFreeze(model.ActionResume, "db"); len(got) != 2 || !slices.Contains(got, own) || !slices.Contains(got, shares) {
		t.Errorf("a resume thaws %q", got)
	}
	stopped := newHost().declared("db").inventory()
	for _, action := range []model.Action{model.ActionPause, model.ActionResume} {
		if got := model.Reason(stopped, action, "db"); got != "db is stopped, not running" {
			t.Errorf("%s of what is stopped: %q", action, got)
		}
	}
	for _, test := range []struct {
		action model.Action
		after  *model.VM
		want   model.Result
	}{
		{model.ActionPause, &model.VM{State: model.StatePaused}, model.ResultDone},
		{model.ActionPause, &model.VM{State: model.StateRunning}, model.ResultFailed},
		{model.ActionResume, &model.VM{State: model.StateRunning}, model.ResultDone},
		{model.ActionResume, &model.VM{State: model.StatePaused}, model.ResultFailed},
		{model.ActionResume, nil, model.ResultFailed},
	} {
		if got := model.FreezeOutcome(test.action, test.after); got.Result != test.want {
			t.Errorf("%s, then %+v: %+v", test.action, test.after, got)
		}
	}
}
