package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"microtui/lab"
	"microtui/lab/fixture"
)

// What is where in the lab, see [lab.Options].
const (
	programName = "bench"
	besideName  = "beside"
	besidePath  = lab.Folder + "/" + besideName
)

// roleMeasure is this program on the host that it measures.
const roleMeasure = "measure"

func init() { lab.Role(roleMeasure, measure) }

// result is what was measured on one host.
type result struct {
	VMs      int
	Machine  string
	Load     string        // before the first measurement
	Took     time.Duration // to make the host
	Nothing  cost          // a second of it
	Changes  cost          // a second in which VMs change and nobody looks
	Answers  []answer
	Screens  []screen
	Watching time.Duration
}

func measure() error {
	var p plan
	if err := json.Unmarshal([]byte(os.Args[1]), &p); err != nil {
		return err
	}
	r := result{VMs: p.VMs, Watching: p.For}
	start := time.Now()
	populate(p.VMs)
	r.Took = time.Since(start)
	tell("%d VMs run after %.1f s", p.VMs, r.Took.Seconds())
	m, err := openMeter()
	if err != nil {
		return err
	}
	if err := m.awaitCalm(); err != nil {
		return err
	}
	r.Machine, r.Load = machine(), load()
	wanted := regexp.MustCompile(p.Only)
	r.measureAnswers(m, p, wanted)
	if err := r.measureScreens(m, p, wanted); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(r)
}

// measureAnswers measures each answer that is wanted and that comes whole.
func (r *result) measureAnswers(m *meter, p plan, wanted *regexp.Regexp) {
	for _, q := range questions(p) {
		if !wanted.MatchString(q.name) {
			continue
		}
		tell("%d VMs: %s", p.VMs, q.name)
		if a, ok := m.ask(q, p); ok {
			r.Answers = append(r.Answers, a)
		}
	}
}

// measureScreens measures each screen that is wanted and there, and before the
// first what the host costs when nobody looks.
func (r *result) measureScreens(m *meter, p plan, wanted *regexp.Regexp) error {
	all := slices.DeleteFunc(screens(), func(v viewer) bool { return !wanted.MatchString(v.name) || !v.isThere(p) })
	if len(all) == 0 {
		return nil
	}
	if err := r.measureNothing(m, p); err != nil {
		return err
	}
	for _, v := range all {
		s, err := m.watch(v, p)
		switch {
		case err == nil:
			r.Screens = append(r.Screens, s)
		case !v.peer:
			return err
		default: // k9s without a cluster
			tell("%v", err)
			if err := m.end(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *result) measureNothing(m *meter, p plan) error {
	tell("%d VMs: nothing", p.VMs)
	idle, err := m.during(func() error { time.Sleep(p.For); return nil })
	if err != nil {
		return err
	}
	r.Nothing = idle.each(p.For.Seconds())
	if p.VMs >= changing {
		r.Changes, err = m.whileChanging(p.For)
	}
	return err
}

// vmName is the name of a VM by its number.
func vmName(n int) string { return fmt.Sprintf("vm-%04d", n) }

func tapName(n int) string { return fmt.Sprintf("tap-%04d", n) }

// populate makes running VMs, declared as NixOS lays them out, each with a TAP
// on the host's bridge.
func populate(vms int) {
	h := fixture.NewHost(fixture.Alone{}, fixture.Options{})
	for n := range vms {
		h.Declare(vmName(n), fixture.Tap(tapName(n)))
	}
	h.Switch()
	joins := "link add br0 type bridge\nlink set br0 up\n"
	for n := range vms {
		joins += "link set " + tapName(n) + " master br0\n"
	}
	batch := exec.Command("ip", "-batch", "-")
	batch.Stdin = strings.NewReader(joins)
	if out, err := batch.CombinedOutput(); err != nil {
		h.Fatalf("make bridge: %v: %s", err, out)
	}
	h.Await("all VMs to run", func() bool {
		out, err := h.Try("systemctl", "list-units", "--no-legend", "--state=running", "microvm@*")
		return err == nil && strings.Count(out, "\n") == vms
	})
}

// tell says how far it is.
func tell(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "bench: "+format+"\n", args...)
}

// machine is what the figures depend on besides the program.
func machine() string {
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	text := fmt.Sprintf("%d cores, Linux %s", runtime.NumCPU(), strings.TrimSpace(string(kernel)))
	if out, err := exec.Command("systemctl", "--version").Output(); err == nil {
		first, _, _ := strings.Cut(string(out), " (")
		text += ", " + strings.TrimSpace(first)
	}
	return text
}

func load() string {
	text, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(text), " ")
	return first
}
