package e2e

import (
	"bytes"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"microtui/lab"
	"microtui/lab/fixture"
)

// planned is what purge --dry-run --json prints.
type planned struct {
	Digest  string
	Confirm *string
	Steps   []plannedStep
	Refused []struct{ Kind, Name, Reason string }
}

type plannedStep struct {
	Action, Kind, Name string
	VM                 *string
	Ticked             bool
	Undo               *string
}

// purge runs the program and gives its status and what it said.
func purge(t *testing.T, args ...string) (status int, said string) {
	t.Helper()
	cmd := exec.Command(lab.ProgramPath, append([]string{"purge"}, args...)...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String()
}

// leftBehind lists the VMs, and the rest, that a listing calls orphans.
func (l listing) leftBehind() (vms, leftovers []string) {
	for _, vm := range l.VMs {
		if vm.Verdict == "orphan" {
			vms = append(vms, vm.Name)
		}
	}
	for _, left := range l.Leftovers {
		if left.Verdict == "orphan" {
			leftovers = append(leftovers, left.Kind+" "+left.Name)
		}
	}
	return vms, leftovers
}

// others are the VMs and leftovers that are no orphans.
func (l listing) others() []string {
	var names []string
	for _, vm := range l.VMs {
		if vm.Verdict != "orphan" {
			names = append(names, "vm "+vm.Name+" "+vm.State)
		}
	}
	for _, left := range l.Leftovers {
		if left.Verdict != "orphan" && left.Kind != "process" {
			names = append(names, left.Kind+" "+left.Name)
		}
	}
	slices.Sort(names)
	return names
}

// Clean-up on a host with everything on it: first what holds no data and does
// not run, then the rest. What is no proven leftover stays as it was, and the
// directories come back.
func TestCleanUp(t *testing.T) {
	lab.Require(t)
	host := fixture.NewHost(t, fixture.Options{})
	fixture.Showcase(host)
	awaitMature(t, host)
	before := list(t, "--all")
	vms, leftovers := before.leftBehind()
	if len(vms) == 0 || len(leftovers) == 0 {
		t.Fatalf("no orphans: %q, %q", vms, leftovers)
	}

	plan := dryRunOf(t, "purge", "--orphans")
	for _, step := range plan.Steps {
		if step.Ticked && (step.Action == "quarantine" || step.Action == "stop") && step.VM != nil && !slices.Contains(vms, *step.VM) {
			t.Errorf("ticked: %+v", step)
		}
	}
	if status, said := purge(t, "--orphans", "--plan", "0000000000000000", "--yes"); status != 3 || !strings.Contains(said, "--dry-run") {
		t.Errorf("another plan: status %d, %s", status, said)
	}
	asPlanned(t, plan, func() {
		if status, said := purge(t, "--orphans", "--plan", plan.Digest, "--yes"); status != 0 {
			t.Fatalf("status %d\n%s", status, said)
		}
	})
	leavesNothing(t)
	for _, left := range list(t, "--all").orphans() {
		if kind, _, _ := strings.Cut(left, " "); kind != "vm" && kind != "process" {
			t.Errorf("left: %s", left)
		}
	}

	everything := []string{"--orphans", "--include-data", "--include-running"}
	plan = dryRunOf(t, slices.Concat([]string{"purge"}, everything)...)
	if plan.Confirm == nil {
		t.Fatal("a y is enough to lose what a ghost holds")
	}
	said := ""
	asPlanned(t, plan, func() {
		status := 0
		if status, said = purge(t, append(everything, "--yes", "--confirm", *plan.Confirm)...); status != 0 {
			t.Fatalf("status %d\n%s", status, said)
		}
	})
	after := list(t, "--all")
	if left := after.orphans(); len(left) != 0 {
		t.Errorf("left: %q\n%s", left, said)
	}
	if was, is := before.others(), after.others(); !slices.Equal(was, is) {
		t.Errorf("what was to stay changed:\n%q\n%q", was, is)
	}

	for _, name := range vms {
		if name == "ghost" { // its directory was gone before
			continue
		}
		out, err := exec.Command(lab.ProgramPath, "restore", name).CombinedOutput()
		if err != nil {
			t.Errorf("restore %s: %v\n%s", name, err, out)
		}
	}
	for _, vm := range vms {
		if vm != "ghost" && !slices.Contains(list(t, "--all").names(), vm) {
			t.Errorf("%s did not come back", vm)
		}
	}
	leavesNothing(t)
}

func (l listing) names() []string {
	var names []string
	for _, vm := range l.VMs {
		names = append(names, vm.Name)
	}
	return names
}
