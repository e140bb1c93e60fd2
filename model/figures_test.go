package model_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"microtui/model"
)

func TestRates(t *testing.T) {
	type figures struct{ cpu, rx, tx *uint64 }
	at := func(seconds int, name model.Raw, f figures, restarts *uint32) model.Inventory {
		return model.Inventory{At: now.Add(time.Duration(seconds) * time.Second),
			VMs: []model.VM{{Name: name, CPUUsec: f.cpu, RxBytes: f.rx, TxBytes: f.tx, Restarts: restarts}}}
	}
	u := func(n uint64) *uint64 { return &n }
	tests := []struct {
		name          string
		before, after model.Inventory
		want          map[model.Raw]model.Rate
	}{
		{"everything grew", at(0, "x", figures{u(1e6), u(100), u(0)}, ptr(uint32(2))), at(2, "x", figures{u(2e6), u(300), u(5)}, ptr(uint32(5))),
			map[model.Raw]model.Rate{"x": {CPUPercent: ptr(50.0), RxPerSecond: ptr(100.0), TxPerSecond: ptr(2.5), Restarts: ptr(uint32(3))}}},
		{"nothing grew", at(0, "x", figures{u(7), u(7), u(7)}, ptr(uint32(0))), at(2, "x", figures{u(7), u(7), u(7)}, ptr(uint32(0))),
			map[model.Raw]model.Rate{"x": {CPUPercent: ptr(0.0), RxPerSecond: ptr(0.0), TxPerSecond: ptr(0.0), Restarts: ptr(uint32(0))}}},
		{"a counter began anew", at(0, "x", figures{u(9e9), u(9), u(9)}, ptr(uint32(9))), at(2, "x", figures{u(1), u(11), u(0)}, ptr(uint32(0))),
			map[model.Raw]model.Rate{"x": {RxPerSecond: ptr(1.0)}}},
		{"a figure appeared", at(0, "x", figures{}, nil), at(2, "x", figures{u(1), u(1), u(1)}, ptr(uint32(1))),
			map[model.Raw]model.Rate{"x": {}}},
		{"a figure went", at(0, "x", figures{u(1), u(1), u(1)}, ptr(uint32(1))), at(2, "x", figures{}, nil),
			map[model.Raw]model.Rate{"x": {}}},
		{"another VM", at(0, "x", figures{cpu: u(1)}, nil), at(2, "y", figures{cpu: u(2)}, nil), map[model.Raw]model.Rate{}},
		{"no time passed", at(2, "x", figures{cpu: u(1)}, nil), at(2, "x", figures{cpu: u(2)}, nil), nil},
		{"time went back", at(2, "x", figures{cpu: u(1)}, nil), at(0, "x", figures{cpu: u(2)}, nil), nil},
		{"many cores", at(0, "x", figures{cpu: u(0)}, nil), at(1, "x", figures{cpu: u(3_500_000)}, nil),
			map[model.Raw]model.Rate{"x": {CPUPercent: ptr(350.0)}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, model.Rates(test.before, test.after)); diff != "" {
				t.Errorf("rates (-want +got):\n%s", diff)
			}
		})
	}
}

// A VM's figures are the sums over its units and interfaces, from the guest's
// side.
func TestFigures(t *testing.T) {
	h := newHost().declared("db").running("db")
	u := func(n uint64) *uint64 { return &n }
	h.o.Usage = []model.Usage{
		{Unit: "microvm@db.service", CPUUsec: u(5), Memory: u(1000)},
		{Unit: "microvm-tap-interfaces@db.service", CPUUsec: u(2)},
		{Unit: "microvm@other.service", CPUUsec: u(99), Memory: u(99)},
	}
	h.runner("db").Macvtaps = []model.MacvtapEntry{{Name: "mv", MAC: "02:00:00:00:00:02", Link: "eth0", Mode: "bridge"}}
	h.runner("db").MACs = []model.Raw{"02:00:00:00:00:01", "02:00:00:00:00:02"}
	bridge := h.link(model.Link{Name: "br0", Kind: "bridge"}).Index
	tap := h.tap("vm-db")
	tap.RxBytes, tap.TxBytes, tap.Master = 10, 20, bridge
	mv := h.macvtap("mv")
	mv.RxBytes, mv.TxBytes = 300, 400
	h.main("db", "active", "running").Properties.Restarts = 4

	vm := h.vm(t, "db")
	if *vm.CPUUsec != 7 || *vm.Memory != 1000 {
		t.Errorf("CPU %d µs, memory %d", *vm.CPUUsec, *vm.Memory)
	}
	if *vm.RxBytes != 320 || *vm.TxBytes != 410 { // the TAP's transmitted is what the guest received
		t.Errorf("the guest received %d and sent %d", *vm.RxBytes, *vm.TxBytes)
	}
	if *vm.Restarts != 4 || now.Sub(vm.Since) != 12*24*time.Hour {
		t.Errorf("%d restarts, up since %v", *vm.Restarts, vm.Since)
	}
	want := []model.Interface{
		{Name: "vm-db", Type: "tap", MAC: "02:00:00:00:00:01", Present: ptr(true), RxBytes: u(20), TxBytes: u(10), Master: "br0", Device: h.link(model.Link{Name: "vm-db"})},
		{Name: "mv", Type: "macvtap", MAC: "02:00:00:00:00:02", Link: "eth0", Mode: "bridge", Present: ptr(true), RxBytes: u(300), TxBytes: u(400), Device: h.link(model.Link{Name: "mv"})},
	}
	if diff := cmp.Diff(want, vm.Interfaces); diff != "" {
		t.Errorf("interfaces (-want +got):\n%s", diff)
	}
}

// What is unknown is nil, never 0.
func TestFiguresUnknown(t *testing.T) {
	h := newHost().declared("db").fault(model.SourceNetwork)
	vm := h.vm(t, "db")
	if vm.CPUUsec != nil || vm.Memory != nil || vm.RxBytes != nil || vm.TxBytes != nil || vm.Restarts != nil || !vm.Since.IsZero() {
		t.Errorf("figures of a VM of which none was read: %+v", vm)
	}
	if vm.Interfaces[0].Present != nil {
		t.Errorf("an interface is present or not though links could not be read")
	}
	if vm = newHost().declared("db").vm(t, "db"); vm.Interfaces[0].Present == nil || *vm.Interfaces[0].Present {
		t.Errorf("an interface that is not there: %v", vm.Interfaces[0].Present)
	}
}

// TestDisk: a VM takes its directory and the images that lie elsewhere, each
// once; a device takes nothing.
func TestDisk(t *testing.T) {
	const mib = 1 << 20
	h := newHost().declared("db")
	d := h.dir("db")
	d.Bytes = ptr(uint64(10 * mib))
	d.Files = append(d.Files, model.File{Name: "own.img", Type: "file", Size: 9 * mib, Allocated: 4 * mib})
	h.runner("db").Volumes = []model.Raw{"own.img", "sub/deep.img", "/srv/far.img", "/dev/sdb"}
	h.o.VolumeFiles = []model.VolumeFile{
		{Path: stateDir + "/db/own.img", Exists: true, Size: ptr(uint64(9 * mib)), Allocated: ptr(uint64(4 * mib)), Way: model.Way{Through: []model.FileID{d.ID}}},
		{Path: stateDir + "/db/sub/deep.img", Exists: true, Size: ptr(uint64(2 * mib)), Allocated: ptr(uint64(mib)), Way: model.Way{Through: []model.FileID{d.ID}}},
		{Path: "/srv/far.img", Exists: true, Size: ptr(uint64(50 * mib)), Allocated: ptr(uint64(20 * mib))},
		{Path: "/dev/sdb", Exists: true, Device: 2064},
	}
	i := h.inventory()
	vm := i.VM("db")
	if vm.Disk == nil || *vm.Disk != 30*mib {
		t.Errorf("takes %v, want 30 MiB", vm.Disk)
	}
	for at, want := range []struct {
		allocated any
		elsewhere bool
	}{{uint64(4 * mib), false}, {uint64(mib), false}, {uint64(20 * mib), true}, {nil, true}} {
		v := vm.Volumes[at]
		if got := v.Allocated; (got == nil) != (want.allocated == nil) || got != nil && *got != want.allocated || v.Elsewhere != want.elsewhere {
			t.Errorf("%s: %v, elsewhere %t", v.Path, got, v.Elsewhere)
		}
	}
	h.dir("db").Bytes = nil
	i = h.inventory()
	if vm := i.VM("db"); vm.Disk != nil {
		t.Errorf("takes %d though the directory is not measured", *vm.Disk)
	}
}
