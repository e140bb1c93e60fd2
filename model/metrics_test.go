package model_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"microtui/model"
)

// series are the samples of metrics, by name and labels.
func series(t *testing.T, all []model.Metric) map[string]float64 {
	t.Helper()
	got := make(map[string]float64)
	for _, m := range all {
		for _, sample := range m.Samples {
			key := m.Name
			for _, label := range sample.Labels {
				key += fmt.Sprintf(" %s=%s", label.Name, label.Value)
			}
			if _, twice := got[key]; twice {
				t.Errorf("%s is there twice: a collector keeps one of them", key)
			}
			got[key] = sample.Value
		}
	}
	return got
}

func TestMetricNames(t *testing.T) {
	base, names := regexp.MustCompile(`^micro(vm|tui)_[a-z_]+$`), make(map[string]bool)
	for _, m := range model.Metrics(model.Inventory{}, model.MetricFacts{}) {
		switch {
		case !base.MatchString(m.Name), names[m.Name]:
			t.Errorf("%s: no name, or one of two", m.Name)
		case (m.Type == model.MetricCounter) != strings.HasSuffix(m.Name, "_total"):
			t.Errorf("%s is a %s", m.Name, m.Type)
		case !strings.HasSuffix(m.Help, "."):
			t.Errorf("%s: %q is no sentence", m.Name, m.Help)
		}
		names[m.Name] = true
	}
}

func TestMetrics(t *testing.T) {
	h := newHost().declared("db").undeclared("old").imperative("api").running("db").running("api")
	h.tap("vm-gone")
	h.o.Host.Privileged = true
	user, system, read := uint64(2_500_000), uint64(500_000), uint64(77)
	h.o.Usage = []model.Usage{
		{Unit: "microvm@db.service", CPUUserUsec: &user, CPUSystemUsec: &system, DiskRead: &read},
		{Unit: "microvm@api.service"},
	}
	h.dir("api").Booted.Target = "/nix/store/older-microvm-qemu-api"
	i := h.inventory()
	i.Findings = []model.Finding{}
	got := series(t, model.Metrics(i, model.MetricFacts{Version: "v1", Operations: []model.Operation{{State: model.OperationDone}}}))
	for key, want := range map[string]float64{
		"microvm_info vm=db origin=declared hypervisor=qemu":        1,
		"microvm_state vm=db name=microvm@db.service state=running": 1,
		"microvm_state vm=db name=microvm@db.service state=failed":  0,
		"microvm_cpu_seconds_total vm=db mode=user":                 2.5,
		"microvm_cpu_seconds_total vm=db mode=system":               0.5,
		"microvm_disk_read_bytes_total vm=db":                       77,
		"microvm_restart_needed vm=db":                              0,
		"microvm_restart_needed vm=api":                             1,
		"microvm_leftovers kind=vm verdict=orphan":                  1,
		"microvm_leftovers kind=tap verdict=unclear":                1,
		"microvm_leftovers kind=tap verdict=orphan":                 0,
		"microvm_leftovers kind=gcroot verdict=orphan":              0,
		"microvm_doctor_findings severity=error":                    0,
		"microtui_source_up source=network":                         1,
		"microtui_trash_entries":                                    0,
		"microtui_operations state=done":                            1,
		"microtui_operations state=failed":                          0,
		"microtui_build_info version=v1 revision= goversion=":       1,
	} {
		if value, there := got[key]; !there || value != want {
			t.Errorf("%s: %v (there: %v), want %v", key, value, there, want)
		}
	}
}

// What is unknown is no sample: a 0 would be a claim.
func TestMetricsOfTheUnknown(t *testing.T) {
	known := func() *host {
		h := newHost().declared("db").undeclared("old").running("db")
		h.o.Host.Privileged = true
		usec, bytes := uint64(1), uint64(10)
		h.o.Usage = []model.Usage{{Unit: "microvm@db.service", CPUUserUsec: &usec, CPUSystemUsec: &usec}}
		h.dir("db").Bytes, h.dir("old").Bytes = &bytes, &bytes
		return h
	}
	for name, test := range map[string]struct {
		lose func(*host)
		gone string // what begins so is there before, and not afterwards
	}{
		"systemd":     {func(h *host) { h.fault(model.SourceSystemd).o.Units = nil }, "microvm_state "},
		"usage":       {func(h *host) { h.fault(model.SourceUsage).o.Usage = nil }, "microvm_cpu_seconds_total"},
		"half of it":  {func(h *host) { h.o.Usage[0].CPUSystemUsec = nil }, "microvm_cpu_seconds_total"},
		"network":     {func(h *host) { h.fault(model.SourceNetwork) }, "microvm_leftovers kind=tap"},
		"gcroots":     {func(h *host) { h.fault(model.SourceGCRoots) }, "microvm_leftovers kind=gcroot"},
		"a size":      {func(h *host) { h.dir("old").Bytes = nil }, "microvm_leftover_bytes verdict=orphan"},
		"own size":    {func(h *host) { h.dir("db").Bytes = nil }, "microvm_directory_bytes vm=db"},
		"trash":       {func(h *host) { h.fault(model.SourceTrash) }, "microtui_trash_bytes"},
		"rights":      {func(h *host) { h.o.Host.Privileged = false }, "microtui_trash_entries"},
		"another one": {func(h *host) { h.dir("db").Booted = nil }, "microvm_restart_needed vm=db"},
	} {
		begins := func(h *host) bool {
			for key := range series(t, model.Metrics(h.inventory(), model.MetricFacts{})) {
				if strings.HasPrefix(key, test.gone) {
					return true
				}
			}
			return false
		}
		if !begins(known()) {
			t.Fatalf("%s: no %s even where all is known", name, test.gone)
		}
		if lost := known().do(test.lose); begins(lost) {
			t.Errorf("without %s there still is %s", name, test.gone)
		}
	}
}
