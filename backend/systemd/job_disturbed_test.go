package systemd

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"microtui/lab"
)

// The bus is restarted, and systemd re-executed, with three jobs in flight,
// five times each: every one of them ends as it really did, and nothing grows.
func TestDisturbedJobs(t *testing.T) {
	for name, disturb := range map[string]func(*testing.T){
		"dbus restarted": func(t *testing.T) {
			systemctl(t, "restart", "dbus.service")
			release(t, "go")
		},
		"systemd re-executed": func(t *testing.T) {
			systemctl(t, "daemon-reexec")
			release(t, "go")
		},
		"jobs end while there is no bus": func(t *testing.T) {
			systemctl(t, "stop", "dbus.socket", "dbus.service")
			release(t, "go")
			lab.Await(t, "the jobs to end", func() bool { return !strings.Contains(systemctl(t, "list-jobs"), "microvm@") })
			systemctl(t, "start", "dbus.socket", "dbus.service")
		},
		"jobs end while systemd re-executes itself": func(t *testing.T) {
			release(t, "go")
			systemctl(t, "daemon-reexec")
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := jobHost(t)
			read(t, b)
			routines, files := runtime.NumGoroutine(), descriptors(t)
			for range 5 {
				disturbJobs(t, b, disturb)
			}
			settlesAt(t, "goroutines", routines, runtime.NumGoroutine)
			settlesAt(t, "descriptors", files, func() int { return descriptors(t) })
			if n := len(b.watches); n != 0 {
				t.Errorf("%d watches are left", n)
			}
		})
	}
}

func disturbJobs(t *testing.T, b *Bus, disturb func(*testing.T)) {
	t.Helper()
	os.Remove("/run/job/go")
	systemctl(t, "start", "microvm@long")
	up := begin(t, b, "start", "slow")
	fails := begin(t, b, "start", "doom")
	down := begin(t, b, "stop", "long")
	for _, vm := range []string{"slow", "doom", "long"} {
		hasJob(t, vm)
	}
	disturb(t)
	check(t, up.outcome(t), "done", "")
	check(t, fails.outcome(t), "failed", "microvm@doom.service failed: exit code 4")
	check(t, down.outcome(t), "done", "")
	systemctl(t, "stop", "microvm@slow")
	systemctl(t, "reset-failed")
}

// A job is asked for while there is no systemd on the bus: it is asked for
// again.
func TestJobAskedForDuringDisturbance(t *testing.T) {
	b := jobHost(t)
	for range 5 {
		reexec := exec.Command("systemctl", "daemon-reexec")
		if err := reexec.Start(); err != nil {
			t.Fatal(err)
		}
		first := begin(t, b, "restart", "run")
		second := begin(t, b, "stop", "never")
		if err := reexec.Wait(); err != nil {
			t.Fatal(err)
		}
		select {
		case end := <-first.end:
			check(t, end.Outcome(), "done", "")
		case err := <-first.failed:
			if !errors.Is(err, ErrNoJob) {
				t.Error(err)
			}
		}
		select {
		case end := <-second.end:
			check(t, end.Outcome(), "unchanged", "it was not running")
		case err := <-second.failed:
			if !errors.Is(err, ErrNoJob) {
				t.Error(err)
			}
		}
	}
}
