package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"time"

	"microtui/lab"
)

// question is a command that answers once.
type question struct {
	name  string
	argv  []string
	check func(out []byte, vms int) error // that it told what it was asked for
}

// Names that ratios are made of.
const (
	answerList    = "microtui list --json"
	answerBeside  = "the other build's list --json"
	answerMetrics = "microtui metrics"
	answerShell   = "the shell's way"
)

func questions(p plan) []question {
	all := []question{
		{answerList, []string{lab.ProgramPath, "list", "--json"}, checkList},
		{answerMetrics, []string{lab.ProgramPath, "metrics"}, checkMetrics},
		{answerShell, []string{"bash", "-c", shellsWay}, checkShell},
	}
	if p.Beside {
		all = slices.Insert(all, 1, question{answerBeside, []string{besidePath, "list", "--json"}, checkList})
	}
	return all
}

// shellsWay gathers the facts of a list as people do.
const shellsWay = `
systemctl list-units --all -o json
systemctl show -p Id,ActiveState,MainPID,NRestarts,Result 'microvm@*'
ip -s -d -j link
for dir in /var/lib/microvms/*; do
	readlink "$dir/current" "$dir/booted"
	cat "$dir/toplevel/nixos-version"
done
cat /sys/fs/cgroup/system.slice/system-microvm.slice/*/cpu.stat
ls -lR /nix/var/nix/gcroots
`

func checkList(out []byte, vms int) error {
	var told struct {
		VMs    []struct{ State string }         `json:"vms"`
		Faults []struct{ Source, Error string } `json:"faults"`
	}
	if err := json.Unmarshal(out, &told); err != nil {
		return err
	}
	if len(told.Faults) > 0 {
		return fmt.Errorf("it is incomplete: %v", told.Faults)
	}
	running := 0
	for _, vm := range told.VMs {
		if vm.State == "running" {
			running++
		}
	}
	if running != vms {
		return fmt.Errorf("%d of %d VMs are told to run", running, vms)
	}
	return nil
}

func checkShell(out []byte, vms int) error {
	for what, each := range map[string]int{
		`"unit":"microvm@`: 1, "NRestarts=": 1, `"ifname":"tap-`: 1, "-microvm-qemu-": 2, "usage_usec": 1,
	} {
		if n := bytes.Count(out, []byte(what)); n < vms*each {
			return fmt.Errorf("%s is there %d times for %d VMs", what, n, vms)
		}
	}
	return nil
}

// answer is what one answer costs: the median of some, by the whole machine.
type answer struct {
	Name string
	Cost cost
	Wall time.Duration // from exec to exit
}

// settles is how long systemd and the bus may be busy with a program that has
// ended.
const settles = 250 * time.Millisecond

// patience is how many answers in turn may be incomplete: on a machine that is
// busy microtui says that systemd does not answer.
const patience = 5

// ask asks several times, after once for what is read from disk only then;
// false: no whole answer came.
func (m *meter) ask(q question, p plan) (answer, bool) {
	var all []answer
	for failed := 0; len(all) <= p.Runs; {
		a, err := m.once(q, p.VMs)
		if err == nil {
			all, failed = append(all, a), 0
			continue
		}
		tell("%s: %v", q.name, err)
		if failed++; failed > patience {
			return a, false
		}
	}
	return median(all[1:], func(a answer) time.Duration { return a.Cost.Whole }), true
}

// once asks once.
func (m *meter) once(q question, vms int) (a answer, err error) {
	a.Name = q.name
	cmd := exec.Command(q.argv[0], q.argv[1:]...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	a.Cost, err = m.during(func() error {
		start := time.Now()
		if err := m.start(cmd); err != nil {
			return err
		}
		err := cmd.Wait()
		a.Wall = time.Since(start)
		time.Sleep(settles)
		return err
	})
	if err == nil {
		err = q.check(out.Bytes(), vms)
	}
	if said := strings.TrimSpace(errs.String()); err != nil && said != "" {
		err = fmt.Errorf("%w: %s", err, said)
	}
	return a, err
}

// median is the one in the middle.
func median[T any, K cmp.Ordered](all []T, by func(T) K) T {
	sorted := slices.SortedFunc(slices.Values(all), func(a, b T) int { return cmp.Compare(by(a), by(b)) })
	return sorted[(len(sorted)-1)/2]
}

func checkMetrics(out []byte, vms int) error {
	if running := bytes.Count(out, []byte(`state="running"} 1`)); running != vms {
		return fmt.Errorf("%d of %d VMs are told to run", running, vms)
	}
	return nil
}
