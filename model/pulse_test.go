package model_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"microtui/model"
)

// A pulse gives some VMs newer figures and leaves all else, the inventory that it
// is put into among it, as it was; rates are over the time of each VM's own.
func TestBeat(t *testing.T) {
	h := newHost().imperative("api").imperative("db").running("api").running("db")
	h.o.Usage = []model.Usage{usageOf("api", 1_000_000, 100), usageOf("db", 2_000_000, 200)}
	before := h.inventory()
	was := before.VMs[0]
	later := before.At.Add(2 * time.Second)
	device := was.Interfaces[0].Device
	pulse := &model.Pulse{
		At: later, VMs: []model.Raw{"api"}, Usage: []model.Usage{usageOf("api", 2_000_000, 150)},
		Links: []model.LinkCount{{Index: device.Index, RxBytes: device.RxBytes + 100, TxBytes: device.TxBytes + 300}},
	}
	after := before.Beat(pulse)
	api, db := after.VM("api"), after.VM("db")
	if *api.CPUUsec != 2_000_000 || *api.Memory != 150 || *api.RxBytes != *was.RxBytes+300 || !api.FiguresAt.Equal(later) || !after.At.Equal(later) {
		t.Errorf("after the pulse: %+v", api)
	}
	if *db.CPUUsec != 2_000_000 || !db.FiguresAt.Equal(before.At) {
		t.Errorf("the other VM: %+v", db)
	}
	if *before.VMs[0].CPUUsec != 1_000_000 || before.VMs[0].Interfaces[0].Device.RxBytes != device.RxBytes || *before.VMs[0].RxBytes != *was.RxBytes {
		t.Error("the inventory before it changed")
	}
	rates := model.Rates(before, after)
	if _, has := rates["db"]; has || rates["api"].CPUPercent == nil || *rates["api"].CPUPercent != 50 {
		t.Errorf("rates: %+v", rates)
	}
	// What was passed over counts over the whole time.
	h.o.At, h.o.Usage = before.At.Add(10*time.Second), []model.Usage{usageOf("api", 2_000_000, 150), usageOf("db", 7_000_000, 200)}
	if rate := model.Rates(after, h.inventory())["db"]; *rate.CPUPercent != 50 {
		t.Errorf("over ten seconds: %v %%", *rate.CPUPercent)
	}
	api.FiguresAt, api.CPUUsec, api.Memory, api.RxBytes, api.TxBytes, api.Interfaces = was.FiguresAt, was.CPUUsec, was.Memory, was.RxBytes, was.TxBytes, was.Interfaces
	if diff := cmp.Diff(was, *api); diff != "" {
		t.Error("more than figures changed:", diff)
	}
}

func usageOf(vm model.Raw, cpu, memory uint64) model.Usage {
	return model.Usage{Unit: model.UnitName(model.RoleVM, vm), CPUUsec: &cpu, Memory: &memory}
}

// Time alone changes what rules say only where something has just begun, or goes
// on.
func TestIsSettled(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*host)
		want   bool
	}{
		"runs for days": {func(*host) {}, true},
		"came up":       {func(h *host) { h.main("db", "active", "running").Properties.ActiveEnter = now.Add(-10 * time.Second) }, false},
		"a job":         {func(h *host) { h.main("db", "active", "running").Job = &model.Job{ID: 1, Type: "stop"} }, false},
		"waits":         {func(h *host) { h.main("db", "activating", "auto-restart") }, false},
		"switches":      {func(h *host) { h.o.Host.Switching = "somebody" }, false},
		"is off":        {func(h *host) { h.main("db", "inactive", "dead") }, true},
	} {
		h := newHost().imperative("db").running("db")
		for at := range h.o.Units {
			h.o.Units[at].Properties.ActiveEnter = now.Add(-24 * time.Hour)
		}
		test.change(h)
		if got := h.o.IsSettled(now); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
