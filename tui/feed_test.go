package tui

import (
	"testing"
	"time"

	"microtui/model"
)

// Figures that come alone are put into the inventory that is there; an
// observation that is another one is judged anew.
func TestFeedPutsFiguresIn(t *testing.T) {
	cpu := func(usec uint64) []model.Usage {
		return []model.Usage{{Unit: "microvm@web.service", CPUUsec: &usec}}
	}
	o := model.Observation{
		Schema: model.ObservationSchema, At: now, Number: 1, Usage: cpu(1_000_000),
		Units: []model.Unit{{Name: "microvm@web.service", Load: "loaded", Active: "active", Sub: "running", Properties: &model.UnitProperties{}}},
	}
	observations := make(chan model.Observation, 1)
	f := &feed{observations: observations}
	next := func(o model.Observation) model.VM {
		t.Helper()
		observations <- o
		msg, ok := f.next(t.Context(), time.Minute).(snapshotMsg)
		if !ok || len(msg.Inventory.VMs) != 1 {
			t.Fatalf("no snapshot: %+v", msg)
		}
		return msg.Inventory.VMs[0]
	}
	first := next(o)
	beat := o
	beat.Pulse = &model.Pulse{At: now.Add(2 * time.Second), VMs: []model.Raw{"web"}, Usage: cpu(2_000_000)}
	if vm := next(beat); *vm.CPUUsec != 2_000_000 || vm.State != first.State {
		t.Errorf("after a pulse: %+v", vm)
	}
	if rate := f.shown.Rates["web"]; rate.CPUPercent == nil || *rate.CPUPercent != 50 {
		t.Errorf("its rate: %+v", rate)
	}
	// The whole one before may have been missed.
	beat.Number, beat.Pulse = 2, &model.Pulse{At: now.Add(4 * time.Second)}
	beat.Units = []model.Unit{{Name: "microvm@web.service", Load: "loaded", Active: "deactivating", Sub: "stop-sigterm", Properties: &model.UnitProperties{}}}
	if vm := next(beat); vm.State == first.State {
		t.Errorf("another observation was not judged: %s", vm.State)
	}
}
