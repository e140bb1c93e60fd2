package e2e

import (
	"bytes"
	"errors"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"microtui/lab"
)

// program is the built program, as a user in a UTF-8 terminal calls it.
func program(args ...string) *exec.Cmd {
	cmd := exec.Command(lab.ProgramPath, args...)
	cmd.Env = []string{"TERM=xterm-256color", "LANG=C.UTF-8", "TZ=UTC"}
	return cmd
}

// asNobody is a command run by a user without rights.
func asNobody(cmd *exec.Cmd) *exec.Cmd {
	drop := exec.Command("setpriv", append([]string{"--reuid=65534", "--regid=65534", "--clear-groups", cmd.Path}, cmd.Args[1:]...)...)
	drop.Env = cmd.Env
	return drop
}

// said is what a run of the program said.
type said struct {
	out, err string
	status   int
}

func answer(t testing.TB, cmd *exec.Cmd) said {
	t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return said{out.String(), errs.String(), cmd.ProcessState.ExitCode()}
}

// shell runs a command of the host that must work.
func shell(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v: %s", name, strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// lines sums a listing up, one thing a line: "NAME STATE ORIGIN FRESHNESS
// VERDICT" of a VM, "KIND NAME VERDICT" of a leftover.
func (l listing) lines() []string {
	var lines []string
	for _, vm := range l.VMs {
		lines = append(lines, strings.Join([]string{vm.Name, vm.State, vm.Origin, vm.Freshness, vm.Verdict}, " "))
	}
	for _, left := range l.Leftovers {
		lines = append(lines, strings.Join([]string{left.Kind, left.Name, left.Verdict}, " "))
	}
	return lines
}

// orphans sums up what is called an orphan: "KIND NAME", in order.
func (l listing) orphans() []string {
	var orphans []string
	for _, vm := range l.VMs {
		if vm.Verdict == "orphan" {
			orphans = append(orphans, "vm "+vm.Name)
		}
	}
	for _, left := range l.Leftovers {
		if left.Verdict == "orphan" {
			orphans = append(orphans, left.Kind+" "+left.Name)
		}
	}
	slices.Sort(orphans)
	return orphans
}
