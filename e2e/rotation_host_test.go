package e2e

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"microtui/lab"
	"microtui/lab/fixture"
	"microtui/tui/screentest"
)

// TestRotationOnTheScreen: while the journal is rotated and vacuumed in a loop,
// the log on the screen goes on, in order and with no line twice; and none is
// missing where no file was vacuumed before it was read.
func TestRotationOnTheScreen(t *testing.T) {
	lab.Require(t)
	for name, vacuum := range map[string]string{"files that were read": "--vacuum-files=20", "all files": "--vacuum-files=1"} {
		t.Run(name, func(t *testing.T) {
			journald(t, "RateLimitIntervalSec=0")
			h := fixture.NewHost(t, fixture.Options{})
			talks(t, h, "web", 0, 500)
			h.Start("web")
			s := screentest.Start(t, 100, 60, program())
			s.WaitFor("1 VM")
			s.Type("L")
			letTalk(t)
			s.WaitFor("of some ordinary length")
			turns := turnJournalOver(t, vacuum)
			screens, last := watchLog(t, s, vacuum == "--vacuum-files=1")
			n := turns()
			s.Wait("lines after the last rotation", func(screen string) bool {
				now := numbersOn(screen)
				return len(now) > 0 && now[len(now)-1] > last+500
			})
			pages := pageBack(t, s, 10)
			t.Logf("%d rotations, %d screens with new lines, up to line %d, and %d pages back", n, screens, last, pages)
			if n < 5 || screens < 20 {
				t.Errorf("too little happened: %d rotations, %d screens", n, screens)
			}
			leaveLog(t, s)
		})
	}
}

// turnJournalOver rotates and vacuums the journal until what it gives is
// called, which says how often.
func turnJournalOver(t *testing.T, vacuum string) (stop func() int) {
	over, turns := make(chan struct{}), make(chan int, 1)
	go func() {
		for n := 0; ; n++ {
			select {
			case <-over:
				turns <- n
				return
			default:
			}
			for _, what := range []string{"--rotate", vacuum} {
				if out, err := exec.Command("journalctl", "--quiet", what).CombinedOutput(); err != nil {
					t.Errorf("journalctl %s: %v: %s", what, err, out)
				}
			}
		}
	}()
	return func() int { close(over); return <-turns }
}

// watchLog looks at every screen with a new line for some time, and gives the
// number of the last line.
func watchLog(t *testing.T, s *screentest.Screen, lossy bool) (screens, last int) {
	t.Helper()
	duration := 2 * time.Second
	if long() {
		duration = time.Minute
	}
	last = -1
	for began := time.Now(); time.Since(began) < duration; screens++ {
		screen := s.Wait("a new line", func(screen string) bool {
			now := numbersOn(screen)
			return len(now) > 0 && now[len(now)-1] != last
		})
		now := numbersOn(screen)
		inOrder(t, now, lossy, screen)
		if newest := now[len(now)-1]; newest < last {
			t.Fatalf("line %d came after line %d:\n%s", newest, last, screen)
		}
		last = now[len(now)-1]
	}
	return screens, last
}

// inOrder fails a test where lines are out of order, twice, or missing without
// a word.
func inOrder(t *testing.T, numbers []int, lossy bool, screen string) {
	t.Helper()
	for i := 1; i < len(numbers); i++ {
		before, n := numbers[i-1], numbers[i]
		if n != -1 && before != -1 && (n <= before || n > before+1 && !lossy) {
			t.Fatalf("line %d comes after line %d:\n%s", n, before, screen)
		}
	}
}

// pageBack looks at pages before the newest: each is in order, and older than
// the one after it.
func pageBack(t *testing.T, s *screentest.Screen, pages int) (seen int) {
	t.Helper()
	s.Type("f")
	s.WaitFor("paused")
	firstOn := func(screen string) int {
		numbers := slices.DeleteFunc(numbersOn(screen), func(n int) bool { return n == -1 })
		return append(numbers, -1)[0]
	}
	first := firstOn(s.Text())
	for ; seen < pages; seen++ {
		s.Type("\x1b[5~")
		screen := s.Wait("the page before", func(screen string) bool {
			return firstOn(screen) != first && firstOn(screen) != -1 && strings.Contains(screen, "paused")
		})
		inOrder(t, numbersOn(screen), true, screen)
		if before := firstOn(screen); before > first {
			t.Fatalf("a page back begins with line %d, the one after it with %d", before, first)
		}
		first = firstOn(screen)
	}
	return seen
}
