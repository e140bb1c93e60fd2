package model_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"microtui/model"
)

func names(vms []model.VM) string {
	var names []string
	for _, vm := range vms {
		names = append(names, string(vm.Name))
	}
	return strings.Join(names, " ")
}

func TestArrange(t *testing.T) {
	u := func(n uint64) *uint64 { return &n }
	vms := []model.VM{ // by name, as an inventory has them
		{Name: "a", State: model.StateRunning, Origin: model.OriginImperative, Freshness: model.FreshnessCurrent, Verdict: kept,
			Memory: u(5), Since: now.Add(-time.Hour)},
		{Name: "b", State: model.StateStopped, Origin: model.OriginDeclared, Freshness: model.FreshnessDrifted, Verdict: kept,
			Disk: u(3)},
		{Name: "c", State: model.StateRunning, Origin: model.OriginUndeclared, Freshness: model.FreshnessCurrent, Verdict: orphan,
			Memory: u(9), Since: now.Add(-time.Minute), Notes: []model.Raw{"Declared until generation 41"}},
		{Name: "d", State: model.StateStopped, Origin: model.OriginDeclared, Freshness: model.FreshnessCurrent, Verdict: kept, Memory: u(0),
			Disk: u(8)},
	}
	rates := map[model.Raw]model.Rate{
		"a": {CPUPercent: ptr(1.0), RxPerSecond: ptr(5.0), TxPerSecond: ptr(2.0)},
		"c": {CPUPercent: ptr(0.5), RxPerSecond: ptr(5.0), TxPerSecond: ptr(1.0)},
		"d": {CPUPercent: ptr(0.5)},
	}
	tests := []struct {
		name string
		view model.View
		want string
	}{
		{"nothing asked", model.View{}, "a b c d"},
		{"nothing asked, the other way", model.View{Descending: true}, "d c b a"},
		{"by name", model.View{Sort: model.SortName}, "a b c d"},
		{"by name, the other way", model.View{Sort: model.SortName, Descending: true}, "d c b a"},
		{"by an unknown key", model.View{Sort: "size"}, "a b c d"},
		{"by state, equal by name", model.View{Sort: model.SortState}, "a c b d"},
		{"by state, the other way, equal still by name", model.View{Sort: model.SortState, Descending: true}, "b d a c"},
		{"by origin", model.View{Sort: model.SortOrigin}, "b d a c"},
		{"by freshness", model.View{Sort: model.SortFreshness}, "a c d b"},
		{"by memory, unknown first", model.View{Sort: model.SortMemory}, "b d a c"},
		{"by memory, the other way, unknown last", model.View{Sort: model.SortMemory, Descending: true}, "c a d b"},
		{"by CPU, unknown first", model.View{Sort: model.SortCPU}, "b c d a"},
		{"by CPU, the other way", model.View{Sort: model.SortCPU, Descending: true}, "a c d b"},
		{"by traffic, both ways together", model.View{Sort: model.SortNet, Descending: true}, "a c b d"},
		{"by what they take on disk, unknown last", model.View{Sort: model.SortDisk, Descending: true}, "d b a c"},
		{"by uptime, unknown first", model.View{Sort: model.SortUptime}, "b d c a"},
		{"by uptime, the other way", model.View{Sort: model.SortUptime, Descending: true}, "a c b d"},
		{"filter by name", model.View{Filter: filterOf("C")}, "a b c d"}, // all are "current", or "declared"
		{"filter by state", model.View{Filter: filterOf("stopped")}, "b d"},
		{"filter by origin", model.View{Filter: filterOf("imperative")}, "a"},
		{"filter by verdict", model.View{Filter: filterOf("orphan")}, "c"},
		{"filter by note, in any case", model.View{Filter: filterOf("GENERATION")}, "c"},
		{"every word must match", model.View{Filter: filterOf("  stopped drifted ")}, "b"},
		{"words match in different texts, none in both", model.View{Filter: filterOf("stopped orphan")}, ""},
		{"problems only", model.View{ProblemsOnly: true}, "b c"},
		{"problems that match", model.View{ProblemsOnly: true, Filter: filterOf("running")}, "c"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := names(vms)
			if got := names(model.Arrange(vms, model.StandingBy(test.view.Sort, vms, rates), test.view)); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
			if names(vms) != before {
				t.Errorf("what was given changed to %q", names(vms))
			}
		})
	}
}

func filterOf(text string) model.Filter {
	f, _ := model.ParseFilter(text)
	return f
}

// Every sort key of the table sorts, both ways, without losing a row.
func TestArrangeEveryKey(t *testing.T) {
	h := newHost().declared("db").running("db").imperative("api").undeclared("gone").deployed("web")
	vms := h.inventory().VMs
	for _, key := range model.SortKeys {
		for _, descending := range []bool{false, true} {
			by := model.StandingBy(key, vms, nil)
			got := model.Arrange(vms, by, model.View{Sort: key, Descending: descending})
			again := model.Arrange(got, by, model.View{Sort: key, Descending: descending})
			if len(got) != len(vms) || names(got) != names(again) {
				t.Errorf("%s: %q, sorted again %q", key, names(got), names(again))
			}
		}
	}
}

func TestIsProblem(t *testing.T) {
	well := model.VM{State: model.StateRunning, Freshness: model.FreshnessCurrent, Verdict: kept}
	if well.IsProblem() {
		t.Error("a VM that runs well is a problem")
	}
	for name, change := range map[string]func(*model.VM){
		"failed":        func(vm *model.VM) { vm.State = model.StateFailed },
		"crash loop":    func(vm *model.VM) { vm.State = model.StateCrashLoop },
		"outside":       func(vm *model.VM) { vm.State = model.StateOutside },
		"missing":       func(vm *model.VM) { vm.Freshness = model.FreshnessMissing },
		"drifted":       func(vm *model.VM) { vm.Freshness = model.FreshnessDrifted },
		"reboot needed": func(vm *model.VM) { vm.Freshness = model.FreshnessRebootNeeded },
		"orphan":        func(vm *model.VM) { vm.Verdict = orphan },
		"a warning":     func(vm *model.VM) { vm.Worst = model.SeverityWarning },
		"unclear":       func(vm *model.VM) { vm.Verdict = unclear },
	} {
		vm := well
		if change(&vm); !vm.IsProblem() {
			t.Errorf("%s is no problem", name)
		}
	}
}

func TestCount(t *testing.T) {
	h := newHost().declared("db").running("db").imperative("api").undeclared("gone").toplevelDir("maybe").declared("out").declared("bad")
	h.looseProcess("microvm@out", "out")
	h.main("bad", "failed", "failed").Properties.Result = "timeout"
	badly(h.main("api", "activating", "auto-restart")).Properties.Restarts = 9
	h.tap("leak")
	h.link(model.Link{Name: "vnet0", Kind: "tun", Tap: true})
	h.directory("junk", 0).Current = nil
	want := model.Counts{VMs: 6, Running: 2, CrashLoop: 1, Failed: 1, Orphans: 2, Suspects: 1, Unclear: 1}
	if diff := cmp.Diff(want, model.Count(h.inventory())); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}

func TestHostKind(t *testing.T) {
	bare := func(change func(h *host)) *host {
		return newHost().do(func(h *host) { h.o.Template = nil }).do(change)
	}
	tests := []struct {
		name string
		host *host
		want model.HostKind
	}{
		{"VMs", newHost().declared("db"), model.HostKindPopulated},
		{"a leftover only", newHost().do(func(h *host) { h.main("x", "failed", "failed") }), model.HostKindPopulated},
		{"others' things only", newHost().do(func(h *host) { h.tap("vnet0").Owner = ptr(uint32(0)) }), model.HostKindEmpty},
		{"no VM", newHost(), model.HostKindEmpty},
		{"no module", bare(func(h *host) {}), model.HostKindNoModule},
		{"a guest", bare(func(h *host) { h.o.Host.Guest = []model.Raw{"rootfs on tmpfs"} }), model.HostKindGuest},
		{"a guest that hosts", newHost().do(func(h *host) { h.o.Host.Guest = []model.Raw{"rootfs on tmpfs"} }), model.HostKindEmpty},
		{"systemd did not answer", bare(func(h *host) { h.fault(model.SourceSystemd) }), model.HostKindUnknown},
		{"systemd did not answer, and said nothing", bare(func(h *host) {
			h.o.Faults = []model.Fault{{Source: model.SourceSystemd}}
		}), model.HostKindUnknown},
	}
	for _, test := range tests {
		if got := test.host.inventory().HostKind; got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// Figures that jump leave the rows where they are, until one moved far enough
// to tell.
func TestStandingIsSteady(t *testing.T) {
	vms := []model.VM{{Name: "a"}, {Name: "b"}, {Name: "c"}}
	cpu := func(a, b, c float64) model.Standing {
		rates := map[model.Raw]model.Rate{"a": {CPUPercent: &a}, "b": {CPUPercent: &b}, "c": {CPUPercent: &c}}
		return model.StandingBy(model.SortCPU, vms, rates)
	}
	order := func(by model.Standing) string {
		return names(model.Arrange(vms, by, model.View{Sort: model.SortCPU, Descending: true}))
	}
	by := cpu(0.2, 10, 9.9)
	if got := order(by); got != "b c a" {
		t.Fatalf("at first %q", got)
	}
	for _, now := range []model.Standing{cpu(0, 9.8, 10.3), cpu(1.1, 8.5, 11.8), cpu(0.4, 10, 10.1)} {
		if by = now.After(by, model.SortCPU); order(by) != "b c a" {
			t.Errorf("it jumped to %q", order(by))
		}
	}
	if by = cpu(1.3, 10, 12.4).After(by, model.SortCPU); order(by) != "c b a" {
		t.Errorf("c uses more by far: %q", order(by))
	}
	if by = cpu(40, 10, 12.4).After(by, model.SortCPU); order(by) != "a c b" {
		t.Errorf("a uses most: %q", order(by))
	}
	if got := order(model.Standing{"b": 1}.After(by, model.SortCPU)); got != "b a c" {
		t.Errorf("what is not known any more: %q", got)
	}
}
