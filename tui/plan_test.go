package tui

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"pgregory.net/rapid"

	"microtui/backend/demo"
	_ "microtui/lab/seeds" // fixes the seed of rapid
	"microtui/model"
	"microtui/tui/dialog"
)

// A plan that changes while it is asked about is asked about anew.
func TestAPlanThatChangesIsAskedAgain(t *testing.T) {
	onDemo(t, 100, 40, Options{}, func(t *testing.T, p *playhouse) {
		p.at("queue")
		p.press("D")
		before := p.dialog.Dialog.(*dialog.Plan).Chosen().Digest()
		p.live.Do(func(h *demo.Host) { h.Start("queue") })
		p.live.Refresh()
		p.settle()
		p.shows("state_dir queue: state was stopped, is now running")
		p.shows("Please confirm again.")
		p.shows("- stop queue")
		p.pressAfter(dialog.Settling-beat, "y")
		if n := len(p.operations()); n > 0 {
			t.Fatal("it acts at once after a change")
		}
		after := p.dialog.Dialog.(*dialog.Plan).Chosen().Digest()
		if after == before {
			t.Fatal("the plan is the same")
		}
		p.press("y")
		p.until("Purge queue: done")
		if o := p.operations()[0]; o.Digest != after {
			t.Errorf("done was %s, asked about %s", o.Digest, after)
		}
	})
}

func TestAPlanThatBecomesRefusedCannotBeConfirmed(t *testing.T) {
	onDemo(t, 100, 40, Options{}, func(t *testing.T, p *playhouse) {
		p.at("queue")
		p.press("D")
		if err := p.live.Keep(context.Background(), model.KeepEntry{Kind: model.KindVM, Name: "queue", Note: "mine\x1b[2J"}); err != nil {
			t.Fatal(err)
		}
		p.pass(3 * time.Second)
		p.shows("Please confirm again.")
		p.shows("on the keep list: mine^[[2J")
		p.press("y")
		if n := len(p.operations()); n > 0 {
			t.Error("it was begun")
		}
		p.press("esc")
		p.hides("Purge queue")
	})
}

// What the look at the disk finds is left out, with its reason.
func TestWhatTheDiskSpeaksAgainstIsLeftOut(t *testing.T) {
	onDemo(t, 100, 40, Options{}, func(t *testing.T, p *playhouse) {
		p.at("queue")
		p.live.Do(func(h *demo.Host) { h.RunOutside("queue", 0) }) // nobody has seen it yet
		p.pressAfter(0, "D")
		p.settle()
		p.shows("Left out")
		p.says("works in /var/lib/microvms/queue")
		p.press("y")
		if n := len(p.operations()); n > 0 {
			t.Error("it was begun")
		}
	})
}

// What cannot be begun is told, and can be asked for again.
func TestAnOperationThatIsRefused(t *testing.T) {
	onDemo(t, 100, 40, Options{}, func(t *testing.T, p *playhouse) {
		p.at("queue")
		p.press("D")
		p.App.operator = busy{p.live}
		p.press("y")
		p.shows("It was not started: another operation is at it")
		p.App.operator = p.live
		p.press("y")
		p.until("Purge queue: done")
	})
}

// busy is a host on which nothing can be begun.
type busy struct{ *demo.Live }

func (busy) Begin(context.Context, model.Request) (string, error) { return "", errBusy }

var errBusy = busyError{}

type busyError struct{}

func (busyError) Error() string { return "another operation is at it" }

// A proposal acts on y alone, and on no key within 300 ms of its opening or of
// a key that came too early; what has to be typed is asked for by none of them.
func TestProposalsNeverActEarly(t *testing.T) {
	keys := []string{"y", "y", "y", "D", "enter", "j", "G", "Y", "space", "n", "esc", "x", "u", "X"}
	acted := 0
	rapid.Check(t, func(r *rapid.T) {
		script, pauses := make([]string, rapid.IntRange(1, 8).Draw(r, "keys")), []time.Duration(nil)
		for at := range script {
			script[at] = rapid.SampledFrom(keys).Draw(r, "key")
			pauses = append(pauses, time.Duration(rapid.IntRange(0, 600).Draw(r, "ms"))*time.Millisecond)
		}
		paste := rapid.Bool().Draw(r, "paste")
		synctest.Test(t, func(t *testing.T) {
			live := demo.Open(1)
			ctx, end := context.WithCancel(context.Background())
			defer live.Close()
			defer end()
			p := newPlayhouse(ctx, t, live, 100, 40, Options{})
			p.at("queue")
			p.press("D")
			quiet, open, want := dialog.Settling, true, 0
			for at, key := range script {
				if paste {
					p.send(tea.PasteMsg{Content: "y"})
				}
				p.pressAfter(pauses[at], key)
				early := pauses[at] < quiet
				if quiet = 0; early {
					quiet = dialog.Settling
				}
				switch {
				case early:
				case key == "y":
					open, want = false, 1
				case key == "n" || key == "esc" || key == "enter":
					open = false
				}
				if !open {
					break
				}
			}
			acted += want
			if got := len(p.operations()); got != want {
				t.Fatalf("%d operations after %v with pauses %v, want %d", got, script, pauses, want)
			}
		})
	})
	if acted == 0 {
		t.Error("no script acted: the test shows nothing")
	}
}
