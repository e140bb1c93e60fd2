package demo_test

import (
	"slices"
	"testing"

	"microtui/backend/demo"
	"microtui/model"
)

// carriedOut is the inventory after a plan was carried out.
func carriedOut(t *testing.T, l *demo.Live, plan func(model.Inventory) model.Plan) model.Inventory {
	t.Helper()
	now := func() model.Inventory {
		o, err := l.Observe(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return model.Interpret(o)
	}
	asked := plan(now())
	if len(asked.Refused) > 0 {
		t.Fatalf("refused: %+v", asked.Refused)
	}
	id, err := l.Begin(t.Context(), model.Request{Plan: asked})
	if err != nil {
		t.Fatal(err)
	}
	var last model.Operation
	for o := range l.Follow(t.Context(), id) {
		last = o
	}
	if last.State != model.OperationDone {
		t.Fatalf("%s: %s", last.State, last.Reason)
	}
	return now()
}

// A snapshot is taken, brought back and deleted; what a restore replaces is a
// snapshot then.
func TestSnapshots(t *testing.T) {
	onDemo(t, func(t *testing.T, l *demo.Live) {
		queue := []model.Raw{"queue"}
		i := carriedOut(t, l, func(i model.Inventory) model.Plan { return model.PlanSnapshot(i, queue, "as it was") })
		if len(i.Snapshots) != 1 || i.Snapshots[0].VM != "queue" || i.Snapshots[0].Note != "as it was" || i.Snapshots[0].Bytes() == 0 {
			t.Fatalf("%+v", i.Snapshots)
		}
		first := i.Snapshots[0].ID
		volumes := func(i model.Inventory) []model.Volume { return i.VM("queue").Volumes }
		was := volumes(i)
		i = carriedOut(t, l, func(i model.Inventory) model.Plan { return model.PlanRevert(i, queue) })
		if len(i.Snapshots) != 2 || i.Snapshots[1].Aside != first || !slices.EqualFunc(volumes(i), was, func(a, b model.Volume) bool { return a.Path == b.Path && *a.Allocated == *b.Allocated }) {
			t.Errorf("%+v", i.Snapshots)
		}
		i = carriedOut(t, l, func(i model.Inventory) model.Plan { return model.PlanForget(i, queue) })
		if len(i.Snapshots) != 0 {
			t.Errorf("left: %+v", i.Snapshots)
		}
	})
}
