package backend

import (
	"context"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"microtui/lab"
	"microtui/model"
)

// A bus that is silent takes the units away from who is connected to it, and
// nothing else, and holds an observation up for no longer than its limit. A
// single look does without.
func TestSilentBus(t *testing.T) {
	vmHost(t)
	h := openHost(t, Options{})
	h.bus.Hints()
	observe(t, h)
	pid, err := strconv.Atoi(run(t, "systemctl", "show", "--value", "-p", "MainPID", "dbus.service"))
	if err != nil {
		t.Fatal(err)
	}
	syscall.Kill(pid, syscall.SIGSTOP)
	defer syscall.Kill(pid, syscall.SIGCONT)
	if o := observe(t, openHost(t, Options{})); faultOf(o, model.SourceSystemd) != "" || !hasUnit(o, vmUnit, "active") {
		t.Errorf("without the bus: units %v, faults %v", o.Units, o.Faults)
	}
	start := time.Now()
	o := observe(t, h)
	if took := time.Since(start); took > patience+time.Minute {
		t.Errorf("it took %s", took)
	}
	if faultOf(o, model.SourceSystemd) == "" || len(o.Units) != 0 {
		t.Errorf("units of a silent systemd: %v, faults %v", o.Units, o.Faults)
	}
	if !hasLink(o, "lo") || o.StateDir.Path != "/srv/vms" || faultOf(o, model.SourceNetwork) != "" {
		t.Errorf("the others: %d links, %q, faults %v", len(o.Links), o.StateDir.Path, o.Faults)
	}
}

// While a screen would run, the bus restarts and systemd re-executes itself:
// each time the truth is back in time, nothing false was said in between, and
// nothing grows.
func TestWatchRecovers(t *testing.T) {
	vmHost(t)
	h := openHost(t, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	watched := h.Watch(ctx, 0)
	next := func(what string, holds func(model.Observation) bool) {
		t.Helper()
		deadline := time.After(5 * time.Second)
		for {
			select {
			case o := <-watched:
				if faultOf(o, model.SourceSystemd) == "" && !hasUnit(o, vmUnit, "active") {
					t.Errorf("a running VM is missing without a fault: %+v", o.Units)
				}
				if holds(o) {
					return
				}
			case <-deadline:
				t.Fatalf("%s: not in five seconds", what)
			}
		}
	}
	healthy := func(o model.Observation) bool { return faultOf(o, model.SourceSystemd) == "" }
	next("first observation", healthy)
	routines, files := runtime.NumGoroutine(), openFiles(t)
	for range 10 {
		run(t, "systemctl", "restart", "dbus.service")
		since := time.Now()
		next("after a restart of the bus", func(o model.Observation) bool { return healthy(o) && o.At.After(since) })
		run(t, "systemctl", "daemon-reexec")
		since = time.Now()
		next("after a daemon-reexec", func(o model.Observation) bool { return healthy(o) && o.At.After(since) })
	}
	lab.Await(t, "goroutines and descriptors", func() bool {
		h.Refresh()
		return runtime.NumGoroutine() <= routines && openFiles(t) <= files
	})
}

// With an interval of an hour, what changes shows at once all the same.
func TestWatchIsWoken(t *testing.T) {
	vmHost(t)
	h := openHost(t, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	watched := h.Watch(ctx, time.Hour)
	until := func(what string, holds func(model.Observation) bool) {
		t.Helper()
		deadline := time.After(5 * time.Second)
		for {
			select {
			case o := <-watched:
				if holds(o) {
					return
				}
			case <-deadline:
				t.Fatalf("%s: not seen", what)
			}
		}
	}
	until("the start", func(o model.Observation) bool { return hasUnit(o, vmUnit, "active") })
	run(t, "systemctl", "stop", vmUnit)
	until("the stop", func(o model.Observation) bool { return !hasUnit(o, vmUnit, "active") })
	run(t, "ip", "link", "add", "t-br", "type", "bridge")
	until("the new link", func(o model.Observation) bool { return hasLink(o, "t-br") })
	run(t, "ip", "link", "delete", "t-br")
	until("its end", func(o model.Observation) bool { return !hasLink(o, "t-br") })
	asked := time.Now()
	h.Refresh()
	until("what was asked for", func(o model.Observation) bool { return o.At.After(asked) })
}
