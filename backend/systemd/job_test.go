package systemd

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"microtui/lab"
	"microtui/model"
)

// jobUnits are VMs and helpers that end in every way a job can. They wait for
// files in /run/job/, so that a test decides when they go on.
var jobUnits = map[string]string{
	"microvm@lacks.service.d/x.conf":  "[Unit]\nConditionPathExists=/run/nowhere/%i/microvm-run\n",
	"microvm@other.service.d/x.conf":  "[Unit]\nConditionVirtualization=!container\nConditionPathExists=!/\n",
	"microvm@deaf.service.d/x.conf":   "[Service]\nExecStart=\nExecStart=/bin/sh -c 'trap \"\" TERM; while :; do sleep 0.05; done'\nTimeoutStopSec=300ms\n",
	"microvm@rude.service.d/x.conf":   "[Service]\nExecStop=/bin/sh -c 'exit 3'\n",
	"microvm@mute.service.d/x.conf":   "[Service]\nType=notify\nRestart=no\nTimeoutStartSec=300ms\n",
	"microvm@mutes.service.d/x.conf":  "[Service]\nType=notify\nRestartSec=1h\nTimeoutStartSec=300ms\n",
	"microvm@slow.service.d/x.conf":   "[Service]\nType=notify\nExecStart=\nExecStart=/bin/sh -c 'until test -e /run/job/go; do sleep 0.02; done; systemd-notify --ready; exec sleep infinity'\n",
	"microvm@doom.service.d/x.conf":   "[Service]\nType=notify\nRestart=no\nExecStart=\nExecStart=/bin/sh -c 'until test -e /run/job/go; do sleep 0.02; done; exit 4'\n",
	"microvm@long.service.d/x.conf":   "[Service]\nExecStop=/bin/sh -c 'until test -e /run/job/go; do sleep 0.02; done'\n",
	"microvm@ends.service.d/x.conf":   "[Service]\nExecStart=\nExecStart=/bin/sh -c 'sleep 0.2; exit 5'\nRestartSec=1h\n",
	"microvm@again.service.d/x.conf":  "[Unit]\nWants=microvm-virtiofsd@again.service\nAfter=microvm-virtiofsd@again.service\n[Service]\nExecStart=\nExecStart=/bin/sh -c 'exit 1'\n",
	"microvm@late.service.d/x.conf":   "[Unit]\nWants=microvm-virtiofsd@late.service\nAfter=microvm-virtiofsd@late.service\n",
	"microvm@manual.service.d/x.conf": "[Unit]\nRefuseManualStart=yes\n",
	"microvm@down.service.d/x.conf":   "[Service]\nExecStop=/bin/true\n",

	"microvm-tap-interfaces@dep.service.d/x.conf":  "[Service]\nExecStart=\nExecStart=/bin/sh -c 'exit 6'\n",
	"microvm-tap-interfaces@down.service.d/x.conf": "[Service]\nExecStop=/bin/sh -c 'exit 7'\n",
	"microvm-virtiofsd@again.service.d/x.conf":     "[Unit]\nPartOf=microvm@again.service\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=\nExecStart=/bin/true\nExecStop=/bin/sh -c 'until test -e /run/job/stop; do sleep 0.02; done'\n",
	"microvm-virtiofsd@late.service.d/x.conf":      "[Unit]\nPartOf=microvm@late.service\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=\nExecStart=/bin/sh -c 'until test -e /run/job/go; do sleep 0.02; done'\nExecStop=/bin/sh -c 'until test -e /run/job/stop; do sleep 0.02; done'\n",
}

// jobHost is a host with them.
func jobHost(t *testing.T) *Bus {
	t.Helper()
	host(t)
	const folder = "/etc/systemd/system/"
	for name, text := range jobUnits {
		if err := os.MkdirAll(filepath.Dir(folder+name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(folder+name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.RemoveAll(filepath.Dir(folder + name)) })
	}
	if err := os.MkdirAll("/run/job", 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll("/run/job") })
	systemctl(t, "daemon-reload")
	t.Cleanup(func() { systemctl(t, "kill", "--signal=KILL", "microvm@*") })
	return open(t)
}

// release lets units go on.
func release(t *testing.T, name string) {
	t.Helper()
	if err := os.WriteFile("/run/job/"+name, nil, 0o644); err != nil {
		t.Fatal(err)
	}
}

// do runs an action to its end.
func do(t *testing.T, b *Bus, action model.Action, vm model.Raw) model.Outcome {
	t.Helper()
	end, err := b.Run(t.Context(), Request{Action: action, VM: vm})
	if err != nil {
		t.Fatalf("%s %s: %v", action, vm, err)
	}
	return end.Outcome()
}

// running is an action that goes on.
type running struct {
	vm      model.Raw
	end     chan model.JobEnd
	failed  chan error
	stopped context.CancelFunc
}

func begin(t *testing.T, b *Bus, action model.Action, vm model.Raw) running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r := running{vm, make(chan model.JobEnd, 1), make(chan error, 1), cancel}
	go func() {
		end, err := b.Run(ctx, Request{Action: action, VM: vm})
		if err != nil {
			r.failed <- err
			return
		}
		r.end <- end
	}()
	return r
}

func (r running) outcome(t *testing.T) model.Outcome {
	t.Helper()
	select {
	case end := <-r.end:
		return end.Outcome()
	case err := <-r.failed:
		t.Fatalf("%s: %v", r.vm, err)
	case <-time.After(20 * time.Second):
		t.Fatalf("%s: no end in time", r.vm)
	}
	return model.Outcome{}
}

// hasJob waits until a VM's own unit has a job.
func hasJob(t *testing.T, vm string) {
	t.Helper()
	lab.Await(t, "a job of "+vm, func() bool { return systemctl(t, "show", "--value", "-p", "Job", "microvm@"+vm) != "" })
}

// ignoresTerm reports whether a VM's process ignores SIGTERM, as proc(5) says.
func ignoresTerm(t *testing.T, vm string) bool {
	t.Helper()
	pid := systemctl(t, "show", "--value", "-p", "MainPID", "microvm@"+vm)
	status, err := os.ReadFile("/proc/" + pid + "/status")
	_, rest, found := strings.Cut(string(status), "SigIgn:\t")
	mask, bad := strconv.ParseUint(rest[:min(16, len(rest))], 16, 64)
	return err == nil && found && bad == nil && mask&(1<<(syscall.SIGTERM-1)) != 0
}

func isActive(t *testing.T, vm string) string {
	t.Helper()
	return systemctl(t, "show", "--value", "-p", "ActiveState", "microvm@"+vm)
}

func check(t *testing.T, got model.Outcome, result model.Result, reason string) {
	t.Helper()
	if got.Result != result || !strings.Contains(string(got.Reason), reason) || reason == "" && got.Reason != "" {
		t.Errorf("%s: %q, want %s: %q", got.Result, got.Reason, result, reason)
	}
}

// TestJobOutcomes is the table of what a job's result and the unit say
// together.
func TestJobOutcomes(t *testing.T) {
	b := jobHost(t)
	for _, test := range []struct {
		name   string
		setUp  []string // a systemctl call
		action model.Action
		vm     model.Raw
		result model.Result
		reason string
	}{
		{"start", nil, "start", "run", "done", ""},
		{"start again", []string{"start", "microvm@run"}, "start", "run", "unchanged", "already running"},
		{"restart", []string{"start", "microvm@run"}, "restart", "run", "done", ""},
		{"restart of a stopped VM", []string{"stop", "microvm@run"}, "restart", "run", "done", ""},
		{"stop", []string{"start", "microvm@run"}, "stop", "run", "done", ""},
		{"stop again", []string{"stop", "microvm@run"}, "stop", "run", "unchanged", "was not running"},
		{"stop of what is not loaded", nil, "stop", "never", "unchanged", "was not running"},
		{"condition not met", nil, "start", "lacks", "failed", "/run/nowhere/lacks/microvm-run is missing"},
		{"another condition not met", nil, "start", "other", "failed", "one of its conditions is not met"},
		{"killed on stop", []string{"start", "microvm@deaf"}, "stop", "deaf", "failed", "did not stop within 300ms and was killed"},
		{"killed on restart", []string{"start", "microvm@deaf"}, "restart", "deaf", "done", "did not shut down in time"},
		{"unclean stop", []string{"start", "microvm@rude"}, "stop", "rude", "failed", "did not stop cleanly"},
		{"dependency", nil, "start", "dep", "failed", "needs microvm-tap-interfaces@dep.service, which failed: exit code 6"},
		{"timeout on start", nil, "start", "mute", "failed", "did not start within 300ms"},
		{"timeout on start, then a pause", nil, "start", "mutes", "failed", "did not start within 300ms"},
		{"crash after a moment", nil, "start", "ends", "failed", "exited immediately: exit code 5"},
		{"stop while it waits for its restart", []string{"start", "--no-block", "microvm@held"}, "stop", "held", "done", "it will not be restarted"},
		{"kill", []string{"start", "microvm@deaf"}, "kill", "deaf", "done", ""},
		{"kill of a stopped VM", nil, "kill", "never", "unchanged", "was not running"},
		{"helper fails on stop", []string{"start", "microvm@down"}, "stop", "down", "done", "microvm-tap-interfaces@down.service failed: exit-code and may have left something behind"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.setUp != nil {
				systemctl(t, test.setUp...)
			}
			if test.vm == "held" {
				lab.Await(t, "its restart to be waited for", func() bool {
					return systemctl(t, "show", "--value", "-p", "SubState", "microvm@held") == "auto-restart"
				})
			}
			if test.vm == "deaf" {
				lab.Await(t, "it to ignore SIGTERM", func() bool { return ignoresTerm(t, "deaf") })
			}
			check(t, do(t, b, test.action, test.vm), test.result, test.reason)
		})
	}
}

// Nothing is younger than a hypervisor that was just forked: its start counts
// when it lived for a while, or a guest that says READY said so.
func TestStartWaitsForSurvival(t *testing.T) {
	b := jobHost(t)
	release(t, "go")
	for vm, atLeast := range map[model.Raw]time.Duration{"run": survival, "slow": 0} {
		begun := time.Now()
		check(t, do(t, b, "start", vm), "done", "")
		if took := time.Since(begun); took < atLeast {
			t.Errorf("the start of %s took %s", vm, took)
		}
	}
}

func TestTwoJobsOfOneVM(t *testing.T) {
	b := jobHost(t)
	first := begin(t, b, "start", "slow")
	hasJob(t, "slow")
	second := begin(t, b, "start", "slow")
	release(t, "go")
	check(t, first.outcome(t), "done", "")
	if got := second.outcome(t).Result; got != "done" && got != "unchanged" {
		t.Errorf("a start that was queued already: %s", got)
	}
}

func TestJobIsReplaced(t *testing.T) {
	b := jobHost(t)
	start := begin(t, b, "start", "slow")
	hasJob(t, "slow")
	check(t, do(t, b, "stop", "slow"), "done", "")
	check(t, start.outcome(t), "failed", "its start was cancelled")
}

func TestCancel(t *testing.T) {
	b := jobHost(t)
	start := begin(t, b, "start", "late") // waits for a helper
	hasJob(t, "late")
	if err := b.Cancel(t.Context(), "late"); err != nil {
		t.Fatal(err)
	}
	check(t, start.outcome(t), "failed", "its start was cancelled; it is off")
	if err := b.Cancel(t.Context(), "late"); !errors.Is(err, model.ErrStale) {
		t.Errorf("a second time: %v", err)
	}
	if err := b.CancelJob(t.Context(), 1<<31); !errors.Is(err, model.ErrStale) {
		t.Errorf("a job that never was: %v", err)
	}

	systemctl(t, "start", "microvm@long")
	stop := begin(t, b, "stop", "long")
	lab.Await(t, "it to be stopping", func() bool {
		return systemctl(t, "show", "--value", "-p", "ActiveState", "microvm@long") == "deactivating"
	})
	if err := b.Cancel(t.Context(), "long"); err != nil {
		t.Fatal(err)
	}
	check(t, stop.outcome(t), "failed", "but it is still stopping")
}

// The end of a wait is not the end of a job.
func TestWaitEnds(t *testing.T) {
	b := jobHost(t)
	start := begin(t, b, "start", "slow")
	hasJob(t, "slow")
	start.stopped()
	if err := <-start.failed; !errors.Is(err, context.Canceled) {
		t.Errorf("the wait ended with %v", err)
	}
	release(t, "go")
	lab.Await(t, "the VM that nobody waits for", func() bool { return isActive(t, "slow") == "active" })
}

// A stop has ended when what stops after the VM has.
func TestStopWaitsForHelpers(t *testing.T) {
	b := jobHost(t)
	release(t, "go")
	systemctl(t, "start", "microvm@late")
	stop := begin(t, b, "stop", "late")
	lab.Await(t, "the VM to stop", func() bool { return isActive(t, "late") == "inactive" })
	select {
	case end := <-stop.end:
		t.Errorf("it has ended: %+v", end.Outcome())
	default:
	}
	release(t, "stop")
	check(t, stop.outcome(t), "done", "")
}

// A VM that was killed stays off, Restart=always or not, and is not failed:
// it was wanted so.
func TestKillStaysOff(t *testing.T) {
	b := jobHost(t)
	systemctl(t, "start", "microvm@run", "microvm@long")
	check(t, do(t, b, "kill", "run"), "done", "")
	check(t, do(t, b, "kill", "long"), "done", "") // its ExecStop waits forever
	// The pace of restarts is 50 ms: another VM makes five of them.
	systemctl(t, "start", "--no-block", "microvm@crash")
	lab.Await(t, "five restarts", func() bool {
		return systemctl(t, "show", "--value", "-p", "NRestarts", "microvm@crash") >= "5"
	})
	for _, vm := range []string{"run", "long"} {
		if got := isActive(t, vm); got != "inactive" {
			t.Errorf("%s is %s", vm, got)
		}
	}
}

func TestCheckKeepsJobFromBeing(t *testing.T) {
	b := jobHost(t)
	systemctl(t, "start", "microvm@run")
	refused := errors.New("not now")
	_, err := b.Run(t.Context(), Request{Action: "stop", VM: "run", Check: func(before *model.Unit) error {
		if before == nil || before.Active != "active" || before.Properties.Invocation == "" {
			t.Errorf("before: %+v", before)
		}
		return refused
	}})
	if !errors.Is(err, refused) || isActive(t, "run") != "active" {
		t.Errorf("%v, and it is %s", err, isActive(t, "run"))
	}
}

// Between two lives of a crash loop a VM is off, with a job that will start it
// once what it needs has been made anew. To stop it then is to do something.
func TestStopBetweenTwoLives(t *testing.T) {
	for _, action := range []model.Action{model.ActionStop, model.ActionKill} {
		t.Run(string(action), func(t *testing.T) {
			b := jobHost(t)
			systemctl(t, "start", "--no-block", "microvm@again")
			lab.Await(t, "the moment", func() bool {
				now := systemctl(t, "show", "-p", "ActiveState", "-p", "Job", "-p", "NRestarts", "microvm@again")
				return strings.Contains(now, "ActiveState=inactive") && strings.Contains(now, "Job=") && !strings.Contains(now, "NRestarts=0")
			})
			end, err := b.Run(t.Context(), Request{Action: action, VM: "again", Check: func(before *model.Unit) error {
				if before.Active != "inactive" || before.Job == nil || before.Properties.Restarts == 0 {
					t.Errorf("the moment is over: %+v", before)
				}
				release(t, "stop")
				return nil
			}})
			if err != nil {
				t.Fatal(err)
			}
			// What it needs may have been cut off in the middle of its start, and
			// that is told first.
			want := "it will not be restarted"
			if cut := "it is off, but microvm-tap-interfaces@again.service failed"; strings.Contains(string(end.Outcome().Reason), cut) {
				want = cut
			}
			check(t, end.Outcome(), "done", want)
			if got := isActive(t, "again"); got != "inactive" {
				t.Errorf("it is %s", got)
			}
		})
	}
}
