package e2e

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"microtui/lab"
	"microtui/lab/fixture"
)

// listing is what list --json prints, as far as the truth is known.
type listing struct {
	Schema int
	VMs    []struct {
		Name, State, Origin, Freshness, Verdict string
		Hypervisor                              *string
		Evidence                                []string
		Autostart                               bool
		RemovedInGeneration                     *int `json:"removed_in_generation"`
		Interfaces                              []struct {
			Name, Type      string
			MAC, Link, Mode *string
			Present         *bool
			Master          *string
		}
		CPUUsec       *uint64 `json:"cpu_usec"`
		MemoryBytes   *uint64 `json:"memory_bytes"`
		RxBytes       *uint64 `json:"rx_bytes"`
		UptimeSeconds *uint64 `json:"uptime_seconds"`
		Restarts      *uint32
	}
	Leftovers []struct {
		Kind, Name, Verdict string
		Evidence            []string
		Bytes               *uint64
	}
	Faults []struct{ Source, Error string }
}

// TestListOnShowcase compares what the program says of a real host, on every
// field, with what the fixture knows to be true.
func TestListOnShowcase(t *testing.T) {
	lab.Require(t)
	host := fixture.NewHost(t, fixture.Options{})
	want := fixture.Showcase(host)
	awaitMature(t, host)
	got := list(t, "--all")
	for _, fault := range got.Faults {
		t.Errorf("fault: %s: %s", fault.Source, fault.Error)
	}
	if diff := cmp.Diff(want.VMs, got.vms(), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("VMs (- true, + told):\n%s", diff)
	}
	if diff := cmp.Diff(want.Leftovers, got.leftovers(want.Spared), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("leftovers (- true, + told):\n%s", diff)
	}
	for _, spared := range want.Spared {
		for _, l := range got.Leftovers {
			if l.Kind == spared.Kind && l.Name == spared.Name && l.Verdict == "orphan" {
				t.Errorf("%s %s is called an orphan: %q", l.Kind, l.Name, l.Evidence)
			}
		}
	}
	got.checkFigures(t)
}

func list(t *testing.T, args ...string) listing {
	t.Helper()
	out, err := exec.Command(lab.ProgramPath, append([]string{"list", "--json"}, args...)...).Output()
	if err != nil {
		t.Fatalf("list: %v", err)
	}
	var got listing
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("list: %v\n%s", err, out)
	}
	return got
}

// awaitMature waits until the crash loop is one: systemd has restarted it a
// few times.
func awaitMature(t *testing.T, host *fixture.Host) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		out, err := exec.Command("systemctl", "show", "--value", "-p", "NRestarts", "microvm@crash").Output()
		if err == nil && len(strings.TrimSpace(string(out))) > 0 && strings.TrimSpace(string(out)) >= "3" {
			return
		}
	}
	t.Fatal("microvm@crash.service does not restart")
}

func (l listing) vms() []fixture.ExpectedVM {
	var vms []fixture.ExpectedVM
	for _, vm := range l.VMs {
		e := fixture.ExpectedVM{
			Name: vm.Name, State: vm.State, Origin: vm.Origin, Freshness: vm.Freshness, Verdict: vm.Verdict,
			Hypervisor: value(vm.Hypervisor), Autostart: vm.Autostart, RemovedIn: value(vm.RemovedInGeneration),
		}
		for _, i := range vm.Interfaces {
			e.Interfaces = append(e.Interfaces, fixture.ExpectedInterface{
				Name: i.Name, Type: i.Type, MAC: value(i.MAC), Link: value(i.Link), Mode: value(i.Mode),
				Present: value(i.Present), Master: value(i.Master),
			})
		}
		vms = append(vms, e)
	}
	return vms
}

func value[T any](p *T) T {
	var zero T
	if p == nil {
		return zero
	}
	return *p
}

// leftovers lists what is said to be left over, but for what is spared or
// foreign. A process has no name that could be known beforehand: it is told
// by what its evidence says it runs.
func (l listing) leftovers(spared []fixture.ExpectedLeftover) []fixture.ExpectedLeftover {
	var found []fixture.ExpectedLeftover
	for _, item := range l.Leftovers {
		e := fixture.ExpectedLeftover{Kind: item.Kind, Name: item.Name, Verdict: item.Verdict}
		if item.Kind == "process" {
			_, command, _ := strings.Cut(item.Evidence[0], "(")
			e.Name, _, _ = strings.Cut(command, ")")
		}
		isSpared := slices.ContainsFunc(spared, func(s fixture.ExpectedLeftover) bool {
			return s.Kind == e.Kind && s.Name == e.Name
		})
		if !isSpared && e.Verdict != "foreign" {
			found = append(found, e)
		}
	}
	slices.SortFunc(found, func(a, b fixture.ExpectedLeftover) int {
		return strings.Compare(a.Kind+"\x00"+a.Name, b.Kind+"\x00"+b.Name)
	})
	return found
}

// checkFigures asserts what must hold of the figures of any host.
func (l listing) checkFigures(t *testing.T) {
	t.Helper()
	if l.Schema != 1 {
		t.Errorf("schema %d", l.Schema)
	}
	for _, item := range l.Leftovers {
		if item.Kind == "state_dir" && item.Name != "hostile" && item.Bytes == nil {
			t.Errorf("%s: the size of a directory is unknown", item.Name)
		}
	}
	for _, vm := range l.VMs {
		if len(vm.Evidence) == 0 {
			t.Errorf("%s: a verdict without evidence", vm.Name)
		}
		if vm.State != "running" {
			continue
		}
		if vm.CPUUsec == nil || vm.MemoryBytes == nil || *vm.MemoryBytes == 0 || vm.UptimeSeconds == nil || vm.Restarts == nil {
			t.Errorf("%s runs, and a figure is unknown: %+v", vm.Name, vm)
		}
	}
}
