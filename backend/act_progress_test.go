package backend

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"microtui/lab"
	"microtui/lab/fixture"
	"microtui/model"
)

// Who reads the news sees what is waited for and until when; who stops waiting
// stops nothing; a job can be cancelled.
func TestActProgress(t *testing.T) {
	host, h := actHost(t)
	host.Create("db")
	setting(t, "microvm@db.service", "[Service]\nExecStop=\nExecStop=/bin/sh -c 'until test -e /run/let-go; do sleep 0.02; done'\nTimeoutStopSec=100\n")
	defer os.Remove("/run/let-go")
	host.Start("db")
	ctx, cancel := context.WithCancel(t.Context())
	news := h.Act(ctx, model.Order{Action: model.ActionStop, VM: "db"})
	for p := range news {
		if p.Outcome != nil {
			t.Fatalf("it ended: %+v", p.Outcome)
		}
		if p.Activity == "stopping: asking the guest to shut down" {
			if limit := p.Limit.Sub(p.Since); limit != 100*time.Second {
				t.Errorf("limit: %s", limit)
			}
			break
		}
	}
	if state := vmNow(t, h, "db").State; state != model.StateStopping {
		t.Errorf("it is %s", state)
	}
	cancel()
	got, _ := end(t, news)
	if !errors.Is(got.Kind, context.Canceled) || got.Result != model.ResultFailed {
		t.Errorf("%+v", got)
	}
	if state := vmNow(t, h, "db").State; state != model.StateStopping {
		t.Errorf("the wait ended, and it is %s", state)
	}
	again := h.Act(t.Context(), model.Order{Action: model.ActionStop, VM: "db"})
	for p := range again {
		if p.Activity == "stopping: asking the guest to shut down" {
			break
		}
	}
	if err := h.Cancel(t.Context(), "db"); err != nil {
		t.Error(err)
	}
	got, _ = end(t, again)
	expect(t, got, model.ResultFailed, "its stop was cancelled, but it is still stopping")
	if err := os.WriteFile("/run/let-go", nil, 0o644); err != nil {
		t.Fatal(err)
	}
	lab.Await(t, "the stop", func() bool { return vmNow(t, h, "db").State == model.StateStopped })
}

// The journal knows who asked for what, and what came of it.
func TestActIsRecorded(t *testing.T) {
	host, h := actHost(t)
	t.Setenv("SUDO_USER", "alice\nMICROTUI_VM=forged")
	name := fmt.Sprintf("rec%d", time.Now().UnixNano()) // the journal outlives a test
	host.Create(name)
	expect(t, carry(t, h, model.ActionStart, model.Raw(name)), model.ResultDone, "")
	var lines string
	lab.Await(t, "two entries", func() bool {
		lines = run(t, "journalctl", "-o", "json", "MICROTUI_VM="+name)
		return strings.Contains(lines, `"MICROTUI_RESULT":"done"`)
	})
	for _, want := range []string{`"MICROTUI_ACTION":"start"`, `"SYSLOG_IDENTIFIER":"microtui"`, `"SUDO_USER":"alice\nMICROTUI_VM=forged"`, `"PRIORITY":"5"`} {
		if strings.Count(lines, want) != 2 {
			t.Errorf("%s is not in both of %s", want, lines)
		}
	}
	if out, _ := exec.Command("journalctl", "-q", "-o", "cat", "MICROTUI_VM=forged").CombinedOutput(); len(out) != 0 {
		t.Errorf("a forged field: %s", out)
	}
}

// Closing the host ends a wait and leaves nothing behind but the job.
func TestCloseEndsWaits(t *testing.T) {
	lab.Require(t)
	defer goleak.VerifyNone(t)
	host := fixture.NewHost(t, fixture.Options{})
	h := Open(Options{})
	host.Create("db")
	setting(t, "microvm@db.service", "[Service]\nExecStop=\nExecStop=/bin/sleep 100\n")
	host.Start("db")
	news := h.Act(t.Context(), model.Order{Action: model.ActionStop, VM: "db"})
	for p := range news {
		if p.Activity == "stopping: asking the guest to shut down" {
			break
		}
	}
	h.Close()
	got, _ := end(t, news)
	if !errors.Is(got.Kind, context.Canceled) {
		t.Errorf("%+v", got)
	}
	if state := run(t, "systemctl", "show", "--value", "-p", "ActiveState", "microvm@db"); state != "deactivating" {
		t.Errorf("the job's unit is %s", state)
	}
}
