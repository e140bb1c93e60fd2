package cli

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"microtui/backend/demo"
	"microtui/model"
	"microtui/model/text"
	"microtui/wording"
)

var update = flag.Bool("update", false, "write the goldens anew")

func ptr[T any](v T) *T { return &v }

// sample is an inventory with every field set on one VM and none on another.
func sample() answer {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.FixedZone("CET", 3600))
	full := model.VM{
		Name: "db\xff\\", State: model.StateRunning, Origin: model.OriginUndeclared, Freshness: model.FreshnessRebootNeeded,
		Verdict: model.VerdictOrphan, Evidence: []model.Raw{"generation 42 no longer declares it"}, Notes: []model.Raw{"orphan: <x>"},
		Hypervisor: "qemu", HostName: "db", Autostart: true, RemovedIn: ptr(42),
		Interfaces: []model.Interface{
			{Name: "vm-db", Type: "tap", MAC: "02:00:00:00:00:01", Present: ptr(true), Master: "br0"},
			{Name: "mv-db", Type: "macvtap", Link: "eno1", Mode: "bridge"},
		},
		Units: []model.VMUnit{{Role: model.RoleVM, Unit: model.Unit{
			Name: "microvm@db.service", Load: "loaded", Active: "active", Sub: "running", Job: &model.Job{ID: 7, Type: "stop"},
			Properties: &model.UnitProperties{Result: "success", Restarts: 1, MainPID: 99, ActiveEnter: at.Add(-time.Hour), ControlGroup: "/x"},
		}}},
		Shares:    []model.Share{{Tag: "store", Source: "/nix/store", Socket: "store.sock"}},
		Volumes:   []model.Volume{{Path: "var.img", Size: ptr(uint64(8192)), Allocated: ptr(uint64(4096)), Modified: at}, {Path: "new.img"}},
		Directory: &model.Directory{Name: "db", UID: 990, GID: 302, Mode: 0o755, Current: &model.Symlink{Target: "/nix/store/x"}, Bytes: ptr(uint64(12288))},
		Declared:  &model.Declaration{Name: "db", Runner: "/nix/store/x"}, DeclaredBy: []model.Raw{"the live system"},
		Outside: []model.Process{{PID: 5}},
		BootedFrom: &model.Runner{VsockCID: ptr(uint32(7)), PCI: []model.Raw{"0000:01:00.0"}, Bin: []model.Raw{"microvm-register"}, Guest: &model.GuestConfig{
			Memory: ptr(uint64(3 << 30)), VCPUs: ptr(uint32(4)), USB: []model.Raw{"vendorid=0x1d6b,productid=0x0002"},
			NineP:       []model.NineP{{Tag: "store", Source: "/nix/store", ReadOnly: true}, {Tag: "home", Source: "/srv/home"}},
			Forwards:    []model.Forward{{Protocol: "tcp", HostPort: ":2222", GuestPort: ":22"}},
			Credentials: []model.Credential{{Name: "key", File: "/run/secrets/key"}, {Name: "token"}},
		}},
		CPUUsec: ptr(uint64(1500000)), Memory: ptr(uint64(1 << 20)), RxBytes: ptr(uint64(10)), TxBytes: ptr(uint64(0)),
		Since: at.Add(-90 * time.Second), Restarts: ptr(uint32(0)), Findings: []string{"reboot-needed"},
	}
	bare := model.VM{
		Name: "bare", State: model.StateUnknown, Origin: model.OriginUnknown, Freshness: model.FreshnessUnknown, Verdict: model.VerdictUnclear,
		Units: []model.VMUnit{{Role: model.RoleTap, Unit: model.Unit{Name: "microvm-tap-interfaces@bare.service", Active: "failed", Sub: "failed"}}},
	}
	i := model.Inventory{
		Host: model.Host{Name: "nixhost", Privileged: true}, At: at, HostKind: model.HostKindPopulated, StateDir: "/var/lib/microvms",
		Faults: []model.Fault{{Source: model.SourceNetwork, Error: "list links: interrupted"}},
		VMs:    []model.VM{bare, full},
		Leftovers: []model.Leftover{
			{Ref: model.Ref{Kind: model.KindTap, Name: "vm-gone"}, Verdict: model.VerdictOrphan, Evidence: []model.Raw{"claimed by no VM"}},
			{Ref: model.Ref{Kind: model.KindStateDir, Name: "old"}, Verdict: model.VerdictUnclear, Bytes: ptr(uint64(4096))},
		},
	}
	return answer{
		inventory: i, vms: i.VMs, leftovers: i.Leftovers, measured: true,
		rates: map[model.Raw]model.Rate{full.Name: {CPUPercent: ptr(12.5), RxPerSecond: ptr(0.0), TxPerSecond: ptr(3.25)}},
	}
}

func TestJSONIsTheContract(t *testing.T) {
	for name, value := range map[string]any{
		"list.json":  newDocument(sample(), false),
		"show.json":  newDocument(sample(), true),
		"empty.json": newDocument(answer{}, false),
	} {
		t.Run(name, func(t *testing.T) {
			s := &session{}
			if err := s.answerJSON(value); err != nil {
				t.Fatal(err)
			}
			checkGolden(t, name, s.answer.Bytes())
		})
	}
}

func checkGolden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got); -update writes it anew:\n%s", path, diff)
	}
}

// What a guest is given is told as text, too.
func TestShowTellsWhatAGuestIsGiven(t *testing.T) {
	s, a := &session{}, sample()
	told := map[text.SafeText]bool{}
	for _, f := range s.vmFacts(a.vms[1], a.inventory) {
		for _, value := range f.lines {
			told[f.label+": "+value] = true
		}
	}
	for _, trait := range wording.GuestTraits(a.vms[1].BootedFrom) {
		for _, value := range trait.Values {
			if !told[trait.Name+": "+value] {
				t.Errorf("%s: %s is not told", trait.Name, value)
			}
		}
	}
}

// Every key is there at every value, and no list is null.
func TestJSONHidesNothing(t *testing.T) {
	var full, empty map[string]any
	for _, document := range []struct {
		of   answer
		into *map[string]any
	}{{sample(), &full}, {answer{vms: make([]model.VM, 2), leftovers: make([]model.Leftover, 2)}, &empty}} {
		text, err := json.Marshal(newDocument(document.of, true))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, document.into); err != nil {
			t.Fatal(err)
		}
		for key, value := range full {
			if reflect.TypeOf(value) == reflect.TypeFor[[]any]() && (*document.into)[key] == nil {
				t.Errorf("%s is null and not []: %s", key, text)
			}
		}
	}
	for _, list := range []string{"vms", "leftovers"} {
		for i := range 2 {
			a, b := full[list].([]any)[i].(map[string]any), empty[list].([]any)[i].(map[string]any)
			for key, value := range a {
				other, ok := b[key]
				if !ok {
					t.Errorf("%s: %s is absent where it is unknown", list, key)
				}
				if reflect.TypeOf(value) == reflect.TypeFor[[]any]() && other == nil {
					t.Errorf("%s: %s is null and not []", list, key)
				}
			}
		}
	}
}

func TestMaskedAndWholeObservationsReplay(t *testing.T) {
	seen := demo.New(1).Observe()
	hidden, err := masked(seen)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []model.Observation{withoutNulls(seen), withoutNulls(hidden)} {
		s := &session{}
		if err := s.answerJSON(o); err != nil {
			t.Fatal(err)
		}
		if text := s.answer.String(); strings.Contains(text, `": null,`+"\n  \"") {
			t.Error("a list of the observation is null")
		}
		var again model.Observation
		if err := json.Unmarshal(s.answer.Bytes(), &again); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(model.Interpret(o), model.Interpret(again), cmpopts.IgnoreUnexported(model.Inventory{})); diff != "" {
			t.Errorf("replayed differently:\n%s", diff)
		}
	}
}
