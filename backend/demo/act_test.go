package demo_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"microtui/backend/demo"
	"microtui/model"
)

// onDemo runs a test on the populated host, under a clock of its own.
func onDemo(t *testing.T, test func(t *testing.T, l *demo.Live)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := demo.Open(1)
		defer l.Close()
		test(t, l)
	})
}

// vmNow is a VM as it is shown now.
func vmNow(t *testing.T, l *demo.Live, name model.Raw) model.VM {
	t.Helper()
	o, err := l.Observe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := model.Interpret(o)
	at := slices.IndexFunc(i.VMs, func(vm model.VM) bool { return vm.Name == name })
	if at < 0 {
		t.Fatalf("no VM %s", name)
	}
	return i.VMs[at]
}

// last is the outcome of an order, with all that was told before.
func last(t *testing.T, news <-chan model.Progress) (model.Outcome, []model.Progress) {
	t.Helper()
	var all []model.Progress
	for p := range news {
		all = append(all, p)
	}
	if len(all) == 0 || all[len(all)-1].Outcome == nil {
		t.Fatalf("news without an outcome: %+v", all)
	}
	return *all[len(all)-1].Outcome, all
}

// TestAct: each action on a VM in each state, with the words of a real host.
func TestAct(t *testing.T) {
	for _, test := range []struct {
		action model.Action
		vm     model.Raw
		result model.Result
		reason string
		after  model.State
	}{
		{model.ActionStart, "ci", model.ResultDone, "", model.StateRunning},
		{model.ActionStart, "db", model.ResultUnchanged, "already running", model.StateRunning},
		{model.ActionStop, "db", model.ResultDone, "", model.StateStopped},
		{model.ActionStop, "vault", model.ResultDone, "no microvm-shutdown", model.StateStopped},
		{model.ActionStop, "lab", model.ResultFailed, "did not stop within 2m30s and was killed", model.StateFailed},
		{model.ActionKill, "lab", model.ResultDone, "", model.StateStopped},
		{model.ActionKill, "db", model.ResultDone, "", model.StateStopped},
		{model.ActionStop, "ci", model.ResultUnchanged, "was not running", model.StateStopped},
		{model.ActionRestart, "db", model.ResultDone, "", model.StateRunning},
		{model.ActionRestart, "ci", model.ResultDone, "", model.StateRunning},
		{model.ActionStart, "crash", model.ResultFailed, "exited immediately: exit code 3", model.StateCrashLoop},
		{model.ActionStop, "crash", model.ResultDone, "", model.StateStopped},
		{model.ActionStart, "twin", model.ResultRefused, "db is using interface vm-db", model.StateStopped},
		{model.ActionStart, "scratch", model.ResultRefused, "is running outside its unit", model.StateOutside},
		{model.ActionStop, "nosuch", model.ResultRefused, "unknown VM: nosuch", ""},
	} {
		t.Run(string(test.action)+" "+string(test.vm), func(t *testing.T) {
			onDemo(t, func(t *testing.T, l *demo.Live) {
				got, _ := last(t, l.Act(t.Context(), model.Order{Action: test.action, VM: test.vm}))
				if got.Result != test.result || !strings.Contains(string(got.Reason), test.reason) {
					t.Errorf("%s: %q", got.Result, got.Reason)
				}
				if test.after != "" {
					equal(t, "state", vmNow(t, l, test.vm).State, test.after)
				}
			})
		})
	}
}

// TestActAccepted: what was shown and accepted is done.
func TestActAccepted(t *testing.T) {
	onDemo(t, func(t *testing.T, l *demo.Live) {
		o, _ := l.Observe(t.Context())
		accepted := model.Preflight(model.Interpret(o), "twin")
		got, _ := last(t, l.Act(t.Context(), model.Order{Action: model.ActionStart, VM: "twin", Despite: accepted}))
		equal(t, "result", got.Result, model.ResultDone)
	})
}

// TestActCrashAgain: a VM that crashed in a loop does not come up the next time
// either.
func TestActCrashAgain(t *testing.T) {
	onDemo(t, func(t *testing.T, l *demo.Live) {
		last(t, l.Act(t.Context(), model.Order{Action: model.ActionStop, VM: "crash"}))
		got, _ := last(t, l.Act(t.Context(), model.Order{Action: model.ActionStart, VM: "crash"}))
		equal(t, "result", got.Result, model.ResultFailed)
	})
}

// TestActTakesTime: the VM is on its way in the meantime, and is told about.
func TestActTakesTime(t *testing.T) {
	onDemo(t, func(t *testing.T, l *demo.Live) {
		before := vmNow(t, l, "db")
		at, _ := l.Observe(t.Context())
		news := l.Act(t.Context(), model.OrderFor(model.ActionStop, &before))
		first := <-news
		equal(t, "doing", first.Activity, "stopping: asking the guest to shut down")
		equal(t, "limit", first.Limit.Sub(first.Since), 150*time.Second)
		equal(t, "state", vmNow(t, l, "db").State, model.StateStopping)
		busy, _ := last(t, l.Act(t.Context(), model.Order{Action: model.ActionKill, VM: "db"}))
		if !errors.Is(busy.Kind, model.ErrBusy) {
			t.Errorf("a second order: %+v", busy)
		}
		got, _ := last(t, news)
		equal(t, "result", got.Result, model.ResultDone)
		then, _ := l.Observe(t.Context())
		if took := then.At.Sub(at.At); took < time.Second || took > 3*time.Second {
			t.Errorf("it took %s of simulated time", took)
		}
		stale, _ := last(t, l.Act(t.Context(), model.OrderFor(model.ActionStop, &before)))
		if !errors.Is(stale.Kind, model.ErrStale) {
			t.Errorf("the same order again: %+v", stale)
		}
	})
}

// TestActCancelled: the job's end, not that of the wait.
func TestActCancelled(t *testing.T) {
	onDemo(t, func(t *testing.T, l *demo.Live) {
		start := l.Act(t.Context(), model.Order{Action: model.ActionStart, VM: "ci"})
		<-start
		if err := l.Cancel(t.Context(), "ci"); err != nil {
			t.Fatal(err)
		}
		got, _ := last(t, start)
		equal(t, "reason", got.Reason, "its start was cancelled; it is off")
		equal(t, "state", vmNow(t, l, "ci").State, model.StateStopped)
		if err := l.Cancel(t.Context(), "ci"); !errors.Is(err, model.ErrStale) {
			t.Errorf("no job: %v", err)
		}
	})
}

// TestActLeft: who stops waiting stops nothing.
func TestActLeft(t *testing.T) {
	onDemo(t, func(t *testing.T, l *demo.Live) {
		ctx, cancel := context.WithCancel(t.Context())
		stop := l.Act(ctx, model.Order{Action: model.ActionStop, VM: "db"})
		cancel()
		got, _ := last(t, stop)
		if !errors.Is(got.Kind, context.Canceled) {
			t.Errorf("%+v", got)
		}
		<-time.After(5 * time.Second) // of the bubble's clock
		equal(t, "state", vmNow(t, l, "db").State, model.StateStopped)
	})
}
