package e2e

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"microtui/lab"
	"microtui/lab/fixture"
	"microtui/tui/screentest"
)

// flooded is a host with two VMs whose guests print as fast as they can, and a
// journal that keeps every line.
func flooded(t *testing.T, lines int, vms ...string) *fixture.Host {
	t.Helper()
	lab.Require(t)
	journald(t, "RateLimitIntervalSec=0", "SystemMaxUse=4G", "SystemKeepFree=1M")
	h := fixture.NewHost(t, fixture.Options{})
	for _, vm := range vms {
		talks(t, h, vm, lines, 0)
	}
	return h
}

// TestTwoGuestsFlood: two guests print as fast as journald takes it, and the
// log of one of them, then of the other, is on the screen: keys are answered,
// and memory does not grow.
func TestTwoGuestsFlood(t *testing.T) {
	h := flooded(t, 0, "loud", "noisy")
	s := screentest.Start(t, 120, 40, program())
	s.WaitFor("2 VMs")
	s.Type("l")
	s.WaitFor("loud · log ── following")
	before := resident(t, s)
	h.Start("loud", "noisy")
	letTalk(t)
	s.WaitFor("of some ordinary length")
	duration, percentile := 3*time.Second, 95 // of so few keys
	if long() {
		duration, percentile = 30*time.Second, 99
	}
	var times []time.Duration
	most, switches, shown := 0, 0, "loud"
	began, pace := time.Now(), time.NewTicker(20*time.Millisecond) // the drawing is not to slow the flood
	defer pace.Stop()
	for n := 0; time.Since(began) < duration || n < 100; n++ {
		<-pace.C
		key, row := "j", "noisy"
		if n%2 == 1 {
			key, row = "k", "loud"
		}
		pressed := time.Now()
		s.Type(key)
		s.Wait("the cursor on "+row, func(screen string) bool { return strings.Contains(screen, "▸  "+row) })
		times = append(times, time.Since(pressed))
		most = max(most, resident(t, s)-before)
		if row != shown && time.Since(began) > duration*time.Duration(switches)/4 {
			switches, shown = switches+1, row
			s.Type("l")
			s.WaitFor(row + " · log ── following")
		}
	}
	took := time.Since(began)
	screen := s.Text()
	slices.Sort(times)
	slow := times[len(times)*percentile/100]
	stored := lastNumber(t, "loud") + lastNumber(t, "noisy")
	t.Logf("%d lines a second stored; %d keys: p50 %v, p%d %v, worst %v; %d MiB more at most (%d before); the log of the other %d times\n%s",
		int(float64(stored)/took.Seconds()), len(times), times[len(times)/2], percentile, slow, times[len(times)-1], most>>20, before>>20, switches, screen)
	if most > 64<<20 {
		t.Errorf("resident memory grew by %d MiB", most>>20)
	}
	if switches < 3 {
		t.Errorf("only %d times the log of the other", switches)
	}
	s.Type("q")
	s.Exit(time.Minute)
}

// TestFloodIsCounted: of every line that the journal has, the screen says that
// it came or that it was dropped, however slowly its terminal takes what it
// writes.
func TestFloodIsCounted(t *testing.T) {
	lines := 100_000
	if long() {
		lines = 300_000
	}
	// Names of its own: journald may still be at what others said.
	h := flooded(t, lines, "brook", "creek")
	h.Start("brook", "creek")
	s := screentest.Start(t, 120, 40, program())
	s.WaitFor("2 VMs")
	s.Type("L")
	s.WaitFor("Started")
	s.Type("f")
	s.WaitFor("paused")
	before := storedLines(t, "brook")
	letTalk(t)
	s.WaitFor("newer")
	s.Stall(true)
	h.Await("the end of the flood", func() bool {
		_, err := os.Stat(talkedBy("microvm@brook"))
		return err == nil
	})
	s.Stall(false)
	want := storedLines(t, "brook") - before
	var newer, dropped int
	s.Wait(fmt.Sprintf("all of %d lines", want), func(screen string) bool {
		newer, dropped = figure(screen, "paused, ", "newer"), figure(screen, "", "dropped")
		return newer+dropped >= want
	})
	t.Logf("%d lines in the journal; %d came, %d were dropped", want, newer, dropped)
	if newer+dropped != want || want < lines {
		t.Errorf("%d and %d lines, want %d", newer, dropped, want)
	}
	leaveLog(t, s)
}

// storedLines is how many lines the journal has of a VM.
func storedLines(t *testing.T, vm string) int {
	t.Helper()
	shell(t, "journalctl", "--sync")
	text := shell(t, "journalctl", "--quiet", "--output=json", "--output-fields=_PID", "--unit=microvm@"+vm)
	return strings.Count(text, "\n") + 1
}

// lastNumber is the number of the last line that the journal has of a VM.
func lastNumber(t *testing.T, vm string) (n int) {
	t.Helper()
	last := shell(t, "journalctl", "--quiet", "--output=cat", "--lines=1", "--unit=microvm@"+vm)
	if _, err := fmt.Sscanf(last, "line %d of", &n); err != nil {
		t.Errorf("%s said last: %q", vm, last)
	}
	return n
}

// leaveLog leaves a screen that shows a log and nothing else.
func leaveLog(t *testing.T, s *screentest.Screen) {
	t.Helper()
	s.Type("q")
	s.WaitFor("FRESHNESS")
	leave(t, s)
}
