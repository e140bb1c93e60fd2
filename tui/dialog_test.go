package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"pgregory.net/rapid"

	"microtui/model"
	"microtui/tui/dialog"
)

// A dialog acts on y alone, and on no key within 300 ms of its opening or of a
// key that came too early.
func TestDialogNeverActsEarly(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		th := newTheatre(t, 80, 24, Options{})
		th.observe(hostel())
		th.press("S")
		early := 300 * time.Millisecond // until when keys are ignored, from now
		open, want := true, 0
		for range rapid.IntRange(1, 8).Draw(r, "keys") {
			key := rapid.SampledFrom([]string{"y", "y", "y", "S", "enter", "j", "G", "Y", "space", "n", "esc", "x", "r"}).Draw(r, "key")
			pause := time.Duration(rapid.IntRange(0, 600).Draw(r, "ms")) * time.Millisecond
			early -= pause
			th.play(th.pressAfter(pause, key))
			switch {
			case !open:
			case early > 0:
				early = 300 * time.Millisecond
			case key == "y":
				open, want = false, 1
			case key == "n" || key == "esc" || key == "enter":
				open = false
			}
			if !open {
				break
			}
		}
		if got := len(th.Work.Pending("")); got != want {
			r.Fatalf("%d orders, want %d", got, want)
		}
		if (th.dialog.IsOpen()) != open {
			r.Fatalf("the dialog is open: %v, want %v", !open, open)
		}
	})
}

// A key that comes too early is not swallowed silently, and the answers are
// dim until keys are taken.
func TestDialogSaysThatItDoesNotListen(t *testing.T) {
	for _, size := range sizes {
		th := newTheatre(t, size.width, size.height, Options{})
		th.observe(hostel())
		th.press("S")
		if !th.dialog.Deaf {
			t.Error("it does not show that it ignores keys")
		}
		th.play(th.pressAfter(dialog.Settling/2, "y"))
		th.shows("Too early")
		th.press("j")
		th.hides("Too early")
		th.send(listenMsg{})
		if th.dialog.Deaf {
			t.Error("it shows that it ignores keys, and takes them")
		}
		th.press("y")
		if got := th.ordered(1); got.VM != "api" || got.Action != model.ActionStop {
			t.Errorf("%dx%d: ordered %+v", size.width, size.height, got)
		}
	}
}

// Enter does nothing where something is asked, and says so; so does a y where
// there is nothing to confirm, and Enter on an empty word.
func TestDialogSaysWhyAKeyDidNothing(t *testing.T) {
	th := newTheatre(t, 80, 24, Options{})
	th.observe(hostel())
	th.press("S", "enter")
	th.shows("Cancelled; nothing was done: y is what confirms")
	th.press("j", "S", "n")
	th.hides("nothing was done")

	host := hostel()
	host.VMs[0].Losses = []model.Loss{{Process: 4242, Program: "qemu-system-x86", FD: 9, Path: "/var/lib/microvms/api/data.img"}}
	th.observe(host)
	th.press("g", "S", "enter")
	th.shows("First type api.")
	th.shows("Type api:")
	th.press("esc")

	th.press("S")
	host = hostel()
	host.VMs, host.At = host.VMs[1:], th.clock
	th.observe(host)
	th.press("y")
	th.shows("There is nothing to confirm.")
}

func TestPasteAndLateRepliesNeverAct(t *testing.T) {
	th := newTheatre(t, 80, 24, Options{})
	th.observe(hostel())
	th.press("S")
	th.send(tea.PasteMsg{Content: "y"})
	for range 20 {
		th.play(th.pressAfter(5*time.Millisecond, "y")) // a reply that was cut so that only letters are left
	}
	if len(th.Work.Pending("")) > 0 {
		t.Error("something was ordered")
	}
	th.shows("Stop api?")
}

// An order is bound to what the dialog showed when it was confirmed.
func TestOrderIsBoundToState(t *testing.T) {
	states := []model.State{model.StateRunning, model.StateStarting, model.StateStopping, model.StateFailed}
	rapid.Check(t, func(r *rapid.T) {
		th := newTheatre(t, 80, 24, Options{})
		th.observe(hostel())
		th.press("S")
		now := hostel()
		for n := range rapid.IntRange(0, 4).Draw(r, "reads") {
			now = hostel()
			now.At = now.At.Add(time.Duration(n+1) * time.Minute)
			now.VMs[0].State = rapid.SampledFrom(states).Draw(r, "state")
			now.VMs[0].Units[0].Unit.Properties.Invocation = rapid.SampledFrom([]string{"a", "b"}).Draw(r, "invocation")
			before := th.dialog.Dialog.(*dialog.Confirmation).Orders()[0]
			th.observe(now)
			anew := now.VMs[0].State == model.StateRunning && before.Invocation != now.VMs[0].MainUnit().Invocation()
			changed := before.Seen != now.VMs[0].State || anew
			if changed && !strings.Contains(th.screen(), "Please confirm again") {
				r.Fatalf("%+v became %s and nothing is said:\n%s", before, now.VMs[0].State, th.screen())
			}
			th.clock = now.At
			th.play(th.pressAfter(299*time.Millisecond, "y"))
			if !changed {
				break
			}
			if len(th.Work.Pending("")) > 0 {
				r.Fatal("an order was given just after its VM had changed")
			}
		}
		th.press("y")
		if n := len(th.Work.Pending("")); n != 1 {
			r.Fatalf("%d orders", n)
		}
		got := th.ordered(1).Order
		want := model.Order{Action: model.ActionStop, VM: "api", Seen: now.VMs[0].State, Invocation: now.VMs[0].MainUnit().Invocation()}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			r.Fatalf("ordered %+v, want %+v", got, want)
		}
	})
}

func TestChangeIsToldAndAskedAgain(t *testing.T) {
	th := newTheatre(t, 80, 24, Options{})
	th.observe(hostel())
	th.press("S")
	later := hostel()
	later.At = now.Add(time.Minute)
	later.VMs[0].State = model.StateFailed
	th.observe(later)
	th.shows("! api is failed now; it was running")
	th.shows("Please confirm again.")
	th.clock = later.At
	th.play(th.pressAfter(200*time.Millisecond, "y"))
	if len(th.Work.Pending("")) > 0 {
		t.Fatal("it acts at once after a change")
	}
	gone := hostel()
	gone.At = now.Add(2 * time.Minute)
	gone.VMs = gone.VMs[1:]
	th.observe(gone)
	th.shows("no longer on this host")
	th.clock = gone.At
	th.press("y")
	if len(th.Work.Pending("")) > 0 {
		t.Error("a VM that is gone was acted on")
	}
	th.press("esc")
	th.hides("Stop api?")
}

func TestStartWithoutConflictsAsksNothing(t *testing.T) {
	th := newTheatre(t, 80, 24, Options{})
	i := hostel()
	i.VMs[5].Current.Taps = nil
	th.observe(i)
	th.press("G", "k", "k", "s")
	order := th.ordered(1)
	if order.Action != model.ActionStart || order.VM != "strange" || order.Seen != model.StateStopped || len(order.Despite) > 0 {
		t.Errorf("ordered %+v", order.Order)
	}
}

func TestStartWithConflictsNamesThem(t *testing.T) {
	th := newTheatre(t, 80, 24, Options{})
	th.observe(hostel())
	th.press("G", "k", "k", "s")
	th.shows("db is using interface vm-db: starting would tear it down")
	th.press("enter")
	if len(th.Work.Pending("")) > 0 {
		t.Fatal("Enter acts")
	}
	th.press("s")
	more := hostel()
	more.At = now.Add(time.Second)
	more.VMs[5].Current.MACs, more.VMs[2].Current.MACs = []model.Raw{"02:00:00:00:00:07"}, []model.Raw{"02:00:00:00:00:07"}
	th.observe(more)
	th.shows("strange now has other conflicts")
	th.press("y")
	if got := th.ordered(1).Despite; len(got) != 2 {
		t.Errorf("accepted %v", got)
	}
}

// Marked VMs that cannot run together are asked about, though none of them runs
// yet; what is accepted is what was shown.
func TestStartOfTwoThatCannotRunTogether(t *testing.T) {
	th := newTheatre(t, 80, 40, Options{})
	i := hostel()
	i.VMs[2].State, i.VMs[2].Units[0].Unit.Active = model.StateStopped, "inactive"
	th.observe(i)
	th.press("j", "j", "space", "j", "j", "space", "s") // db and strange
	th.shows("Start 2 marked VMs?")
	th.shows("strange is to be started too, and has the same interface vm-db")
	th.shows("db is to be started too, and has the same interface vm-db")
	th.shows("start 2 VMs anyway")
	later := i
	later.At = now.Add(time.Minute)
	th.observe(later)
	th.hides("Please confirm again")
	th.clock = later.At
	th.press("y")
	th.ordered(2)
	accepted := map[model.Raw][]model.Conflict{}
	for _, order := range th.host.orders() {
		accepted[order.VM] = order.Despite
	}
	want := map[model.Raw][]model.Conflict{
		"db":      {{Kind: model.ConflictInterface, What: "vm-db", Other: "strange"}},
		"strange": {{Kind: model.ConflictInterface, What: "vm-db", Other: "db"}},
	}
	if fmt.Sprint(accepted) != fmt.Sprint(want) {
		t.Errorf("accepted %v, want %v", accepted, want)
	}
}

func TestForbiddenStartCannotBeConfirmed(t *testing.T) {
	th := newTheatre(t, 80, 24, Options{})
	i := hostel()
	i.VMs[5].Outside = []model.Process{{PID: 816}}
	th.observe(i)
	th.press("G", "k", "k", "s")
	th.shows("is running outside its unit: end process 816 first")
	th.press("y")
	if len(th.Work.Pending("")) > 0 {
		t.Error("it was ordered")
	}
}

func TestWhyNothingCanBeDone(t *testing.T) {
	for want, options := range map[string]Options{
		"Stop: this is a recorded observation":      {Recorded: true},
		"Stop: read-only: started with --read-only": {ReadOnly: true},
	} {
		th := newTheatre(t, 100, 24, options)
		th.observe(hostel())
		th.press("S")
		th.shows(want)
		th.press("x")
		th.shows("K  power off: ")
		th.press("K")
		th.shows("Power off: ")
	}
	s := newStage(t, 100, 24, Options{})
	s.observe(hostel())
	s.press("S")
	s.shows("Stop: this host cannot be changed")
	th := newTheatre(t, 100, 24, Options{})
	th.observe(hostel())
	th.press("u")
	th.shows("Update: operations are not supported on this host")
	th.press("j")
	th.hides("Update: this host")
	th.press("G", "S")
	th.shows("Stop: no VM is selected")
}

func TestMenuReachesEverything(t *testing.T) {
	th := newTheatre(t, 80, 24, Options{})
	th.observe(hostel())
	th.press("x", "K")
	th.shows("Power off api?")
	th.shows("killed at once")
	th.press("y")
	if order := th.ordered(1); order.Action != model.ActionKill || order.VM != "api" {
		t.Errorf("ordered %+v", order.Order)
	}
	th.press("j", "x", "enter") // the first line: start
	th.shows("Start crash?")
	th.press("esc", "x", "j", "j", "enter")
	th.shows("Restart crash?")
}
