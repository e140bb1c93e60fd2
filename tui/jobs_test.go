package tui

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/intent"
	"microtui/tui/work"
)

func TestRowShowsWhatIsWaitedFor(t *testing.T) {
	th := newTheatre(t, 120, 24, Options{})
	th.observe(hostel())
	th.press("S", "y")
	order := th.ordered(1)
	since := now.Add(2 * time.Second)
	order.news <- model.Progress{Order: order.Order, Activity: "asks the guest", Since: since, Limit: since.Add(150 * time.Second)}
	th.until("progress", func() bool { return strings.Contains(th.screen(), "asks the guest") })
	th.send(tickMsg{since.Add(12 * time.Second)})
	th.shows("api       stopping…")
	th.shows("12 s of 150 s: asks the guest")

	order.ends(model.ResultDone, "")
	th.until("the result", func() bool { return strings.Contains(th.screen(), "api stopped") })
	th.shows("api       stopping…") // until a read proves it
	th.until("a refresh", func() bool { return th.host.refreshed.Load() > 0 })
	same := hostel()
	same.At = now.Add(time.Second)
	th.observe(same) // read before it took effect
	th.shows("api       stopping…")
	stopped := hostel()
	stopped.At, stopped.VMs[0].State = now.Add(2*time.Second), model.StateStopped
	th.observe(stopped)
	th.hides("stopping…")
	th.shows("api       stopped")
	if th.tick() != nil {
		t.Error("it ticks on with nothing to wait for")
	}
}

func TestSecondReadCountsAnyway(t *testing.T) {
	th := newTheatre(t, 120, 24, Options{})
	th.observe(hostel())
	th.press("r", "y")
	th.ordered(1).ends(model.ResultDone, "")
	th.until("the result", func() bool { return strings.Contains(th.screen(), "api restarted") })
	for n := range 2 {
		th.shows("restarting…")
		i := hostel()
		i.At = now.Add(time.Duration(n+1) * time.Second)
		th.observe(i)
	}
	th.hides("restarting…")
}

func TestFailureIsToldAndKept(t *testing.T) {
	th := newTheatre(t, 120, 24, Options{})
	th.observe(hostel())
	th.press("S", "y")
	th.ordered(1).ends(model.ResultFailed, "it did not stop within 150 s and was killed\x1b[2J")
	th.until("the result", func() bool {
		return strings.Contains(th.screen(), "stop api: failed: it did not stop within 150 s and was killed^[[2J")
	})
	th.hides("stopping…")
	th.press("j")
	th.hides("stop api: failed")
	th.press("m")
	th.shows("stop api: failed: it did not stop")
}

func TestNoticeGoesAfterAWhile(t *testing.T) {
	s := newStage(t, 80, 24, Options{})
	s.observe(village())
	s.warn("first")
	first := s.notice.number
	s.warn("second")
	s.send(noticeOverMsg{first})
	s.shows("second")
	s.send(noticeOverMsg{s.notice.number})
	s.hides("second")
	news, trouble := intent.Message{Role: styles.Good}, intent.Message{Role: styles.Bad}
	if stays(news) >= stays(trouble) {
		t.Errorf("news stay %v, trouble %v", stays(news), stays(trouble))
	}
}

// The way to all keys stays in sight beside a notice, unless that is too long.
func TestHelpBesideANotice(t *testing.T) {
	s := newStage(t, 80, 24, Options{})
	s.observe(village())
	s.warn("Stop: it is not running")
	s.View()
	s.shows(" Stop: it is not running" + strings.Repeat(" ", 49) + "? help")
	long := text.SafeText(strings.Repeat("long ", 14))
	s.warn(long)
	s.View()
	s.shows(string(long) + "  ? help")
	s.warn(long + "and longer")
	s.View()
	s.shows(string(long) + "and long…")
	s.hides("? help")
}

func TestAnOrderThatTellsNothing(t *testing.T) {
	th := newTheatre(t, 120, 24, Options{})
	th.observe(hostel())
	th.press("S", "y")
	close(th.ordered(1).news)
	th.until("the result", func() bool { return strings.Contains(th.screen(), "stop api: failed: no result was reported") })
}

// twelve is a host with twelve VMs to stop, and others.
func twelve() model.Inventory {
	i := many(20)
	i.Template = &model.Template{}
	return i
}

func TestManyAtOnce(t *testing.T) {
	th := newTheatre(t, 120, 40, Options{})
	th.observe(twelve())
	for range 12 {
		th.press("space")
	}
	th.press("/")
	th.typeText("vm-000")
	th.press("enter", "S")
	th.shows("Stop 12 marked VMs, 2 of them hidden by the filter?")
	th.shows("vm-0011")
	th.press("y")
	th.ordered(work.Together)
	if n := len(th.host.orders()); n != work.Together {
		t.Fatalf("%d orders at a time", n)
	}
	th.shows("queued")
	for n := range 12 {
		order := th.ordered(n + 1)
		busy := 0
		for _, p := range th.Work.Pending("") {
			if p.State != "queued" && p.Notes != "done" {
				busy++
			}
		}
		if busy > work.Together {
			t.Fatalf("%d run at a time", busy)
		}
		if order.VM == "vm-0003" {
			order.ends(model.ResultFailed, "it hangs")
		} else {
			order.ends(model.ResultDone, "")
		}
	}
	th.until("the results", func() bool {
		return strings.Contains(th.screen(), "stop: 11 done, 1 failed: vm-0003: it hangs (m for all)")
	})
	th.press("m")
	th.shows("stop vm-0003: failed: it hangs")
	th.shows("vm-0011 stopped")
	if th.vms.HasMarks() {
		t.Error("the marks stay after the deed")
	}
}

func TestCancelling(t *testing.T) {
	th := newTheatre(t, 120, 40, Options{})
	th.observe(twelve())
	th.press("C")
	th.shows("Cancel: no pending jobs")
	for range 6 {
		th.press("space")
	}
	th.press("S", "y")
	th.ordered(work.Together)
	th.press("g", "C")
	th.until("the request", func() bool { return len(th.host.cancellations()) == 1 })
	if got := th.host.cancellations(); got[0] != "vm-0000" {
		t.Errorf("cancelled %v", got)
	}
	th.press("j", "j", "j", "j", "j", "C") // vm-0005 has not begun
	th.shows("vm-0005")
	if action, open := th.Work.Ordered("vm-0005"); open {
		t.Errorf("vm-0005 still waits for its %s", action)
	}
	if len(th.host.orders()) != work.Together {
		t.Error("a cancelled order began")
	}
}

func TestHarderActionsAreNotKeptWaiting(t *testing.T) {
	th := newTheatre(t, 120, 24, Options{})
	th.observe(hostel())
	th.press("S", "y")
	th.ordered(1)
	th.press("S")
	th.shows("Stop: stop of api is in progress")
	th.press("s")
	th.shows("Start: stop of api is in progress")
	th.press("x", "K")
	th.shows("Power off api?")
	th.press("y")
	if order := th.ordered(2); order.Action != model.ActionKill {
		t.Errorf("ordered %+v", order.Order)
	}
}

func TestEscPeelsMarksBeforeTheFilter(t *testing.T) {
	th := newTheatre(t, 80, 24, Options{})
	th.observe(hostel())
	th.press("/")
	th.typeText("a")
	th.press("enter", "space", "S", "esc")
	th.shows("1 marked")
	th.press("esc")
	th.hides("marked")
	th.shows("/a (")
	th.press("esc")
	th.hides("/a (")
}

// Marks belong to VMs: they survive whatever rows do, and hidden ones count.
func TestMarksHoldThroughAnything(t *testing.T) {
	keys := []string{"j", "k", "g", "G", "<", ">", "I", "!", "1", "2", "space", "*"}
	rapid.Check(t, func(r *rapid.T) {
		th := newTheatre(t, 100, 24, Options{})
		present := drawNames(r)
		th.observe(named(present...))
		want := map[model.Ref]bool{}
		for range rapid.IntRange(1, 30).Draw(r, "steps") {
			switch rapid.IntRange(0, 3).Draw(r, "what") {
			case 0:
				present = drawNames(r)
				th.observe(named(present...))
				maps.DeleteFunc(want, func(ref model.Ref, _ bool) bool { return !slices.Contains(present, ref.Name) })
			case 1:
				th.press("/")
				th.typeText(rapid.SampledFrom([]string{"1", "2", "vm", "zzz"}).Draw(r, "filter"))
				th.press("enter")
			default:
				key := rapid.SampledFrom(keys).Draw(r, "key")
				switch ref, ok := th.vms.Selected(); {
				case key == "space" && ok:
					flip(want, ref)
				case key == "*":
					for _, row := range th.vms.Rows {
						flip(want, row.Ref)
					}
				}
				th.press(key)
			}
			if !maps.Equal(th.vms.Marked(), want) {
				r.Fatalf("marked %v, want %v", th.vms.Marked(), want)
			}
			checkMarks(r, th, want)
		}
	})
}

func flip(marks map[model.Ref]bool, ref model.Ref) {
	if marks[ref] {
		delete(marks, ref)
	} else {
		marks[ref] = true
	}
}

func checkMarks(r *rapid.T, th *theatre, want map[model.Ref]bool) {
	shown := 0
	for _, row := range th.vms.Rows {
		if row.Marked != want[row.Ref] {
			r.Fatalf("%s is shown marked: %v", row.Ref.Name, row.Marked)
		}
		if row.Marked {
			shown++
		}
	}
	if len(want) == 0 {
		return
	}
	line := fmt.Sprintf("%d marked", len(want))
	if hidden := len(want) - shown; hidden > 0 {
		line += fmt.Sprintf(" (%d hidden)", hidden)
	}
	if !strings.Contains(th.screen(), line) {
		r.Fatalf("%q is not shown:\n%s", line, th.screen())
	}
}

func TestRange(t *testing.T) {
	th := newTheatre(t, 80, 24, Options{})
	th.observe(hostel())
	th.press("j", "v", "j", "j")
	th.shows("3 marked")
	th.press("k", "v")
	th.shows("2 marked")
	th.press("j", "j")
	th.shows("2 marked")
	th.press("S")
	th.shows("Stop 2 marked VMs?")
	th.press("esc", "esc")
	th.hides("marked")
}
