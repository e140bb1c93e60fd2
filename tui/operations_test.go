package tui

import (
	"context"
	"strings"
	"testing"

	"microtui/backend/demo"
	"microtui/model"
)

// An operation that somebody else began is in sight, and its end is told.
func TestOperationsOfOthersAreShown(t *testing.T) {
	onDemo(t, 120, 40, Options{}, func(t *testing.T, p *playhouse) {
		p.begins()
		p.press("R")
		p.shows("clean up 1/8")
		p.shows("queued: clean up waits for its turn")
		p.shows("cleaning…: reset the failed state of microvm-set-booted")
		p.press("4")
		p.shows("clean up 8 things")
		p.shows("root")
		p.press("enter")
		p.shows("waiting   remove gcroot link gone")
		p.until("done      remove gcroot link gone")
		p.press("tab")
		p.shows("No program printed anything.")
		p.press("esc", "1")
		p.until("live ●")
		p.hides("clean up 8/8")
		p.press("m")
		p.shows("clean up 8 things: done")
	})
}

func TestCancelAnOperation(t *testing.T) {
	onDemo(t, 120, 40, Options{}, func(t *testing.T, p *playhouse) {
		p.begins()
		p.press("4", "C")
		p.until("failed")
		p.shows("cancelled")
		p.press("C")
		p.shows("Cancel: it is failed")
		if o := p.operations()[0]; o.State != model.OperationFailed {
			t.Errorf("it is %s", o.State)
		}
	})
}

func TestInterruptedOperationsAreSettled(t *testing.T) {
	onDemo(t, 120, 40, Options{}, func(t *testing.T, p *playhouse) {
		p.interrupts()
		p.shows("was interrupted: 4 to settle it")
		p.press("4")
		p.shows("not being carried out: s settles it")
		p.press("s")
		p.shows("Settle clean up 8 things?")
		p.says("some steps cannot be undone, so the remaining ones")
		p.press("enter", "s", "y")
		p.until("Clean up 8 things: done")
		p.hides("was interrupted")
		p.press("esc", "s")
		p.shows("Settle: it is done: there is nothing to settle")
		if p.has("vm-gone") {
			t.Error("it was not finished")
		}
	})
}

// Closed, an operation goes on; start and stop of what it works on wait.
func TestAnOperationGoesOnWithoutItsDialog(t *testing.T) {
	onDemo(t, 120, 40, Options{}, func(t *testing.T, p *playhouse) {
		p.at("removed")
		p.press("D", "y")
		p.shows("It keeps running when this is closed: 4 shows it.")
		p.press("esc")
		p.shows("purging…")
		p.press("S")
		p.shows("Stop: purge of removed is in progress")
		p.press("D")
		p.shows("Purge: purge of removed is in progress")
		p.until("purge removed: done")
	})
}

// Esc peels: the word that is asked for, the dialog, the page about one, the
// page.
func TestEscPeelsOperations(t *testing.T) {
	onDemo(t, 120, 40, Options{}, func(t *testing.T, p *playhouse) {
		p.at("queue")
		p.press("D", "y")
		p.until("done")
		p.press("esc", "5", "enter")
		p.shows("▸overview")
		p.press("D")
		p.shows("Type queue: █")
		p.press("q", "esc")
		p.shows("▸overview")
		p.press("esc")
		p.shows("EXPIRES")
		p.press("esc")
		p.shows("/queue (0)")
		p.hides("EXPIRES")
	})
}

// talkative is a host on which programs say much.
type talkative struct {
	*demo.Live
	text model.Raw
}

func (h talkative) Output(context.Context, string) (model.Raw, error) { return h.text, nil }

func TestOutputIsShownSafely(t *testing.T) {
	onDemo(t, 120, 24, Options{}, func(t *testing.T, p *playhouse) {
		p.App.operator = talkative{p.live, "first\r\n\x1b]0;evil\x07\n" + model.Raw(strings.Repeat("line\n", 40)) + "last"}
		p.begins()
		p.over()
		p.press("4", "enter", "tab")
		p.shows("first")
		p.shows("^[]0;evil^G")
		p.press("G")
		p.shows("last")
		p.shows("43/43")
	})
}
