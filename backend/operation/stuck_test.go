package operation

import (
	"testing"

	"microtui/model"
)

// TestFoldStuck: the record tells a step that could not be taken back from one
// that failed, also when it is tried again.
func TestFoldStuck(t *testing.T) {
	h := Header{ID: "20261103-120411-a1b2", Plan: model.Plan{Items: []model.Item{{Steps: []model.Step{{Action: model.StepStop, Undo: "microtui start web"}}}}}}
	events := []Event{{Kind: EventBegin}, {Kind: EventStep}, {Kind: EventDone}, {Kind: EventUndo}, {Kind: EventStuck, Text: "not undone: refused"}}
	for name, test := range map[string]struct {
		more  []Event
		stuck bool
		state model.StepState
	}{
		"at the end":      {nil, true, model.StepFailed},
		"tried again":     {[]Event{{Kind: EventUndo}}, false, model.StepRunning},
		"then taken back": {[]Event{{Kind: EventUndo}, {Kind: EventUndone}}, false, model.StepUndone},
	} {
		o := Fold(h, append(append([]Event(nil), events...), test.more...), true)
		if got := o.Steps[0][0]; got.Stuck != test.stuck || got.State != test.state {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
