package journal

import (
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"microtui/backend/wait"
	"microtui/model"
)

// long reports whether the long versions of tests are wanted.
func long() bool { return os.Getenv("MICROTUI_LONG") != "" }

// A followed log outlives rotation and vacuuming: lines stay in order, none
// comes twice, and new ones keep coming.
func TestRotateAndVacuum(t *testing.T) {
	for _, test := range []struct {
		name, vacuum string
		// deadly vacuuming takes away what was not read yet, so lines are
		// missing, and journalctl dies of it now and then.
		deadly bool
	}{
		{"files that were read", "--vacuum-files=20", false},
		{"all files", "--vacuum-files=1", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			journald(t, unlimited...)
			service(t, web, writes(t, 4000)...)
			service(t, share, writes(t, 4000)...)
			l := open(t, follow(web, share))
			read := new(atomic.Int64)
			if test.deadly {
				read = nil
			}
			stop, turns := make(chan struct{}), make(chan int, 1)
			go func() { turns <- turnOver(t, test.vacuum, read, stop) }()
			n := newNumbers()
			counters := underLoad(t, l, n, read, test.deadly)
			close(stop)
			rotated := <-turns
			t.Logf("%d rotations, %d lines, %d missing untold, %+v", rotated, n.lines, n.missing, counters)
			if rotated < 5 || n.lines < 1000 {
				t.Errorf("too little happened: %d rotations, %d lines", rotated, n.lines)
			}
			if !test.deadly && n.missing > 0 {
				t.Errorf("%d lines are missing", n.missing)
			}
			if test.deadly && counters.Restarts == 0 {
				t.Error("journalctl never died")
			}
			isAlive(t, l, n)
		})
	}
}

// underLoad reads lines while units write them, for some time and, when deaths
// are wanted, until there was one. It tells when the last one was received that
// was read, in nanoseconds.
func underLoad(t *testing.T, l *Log, n *numbers, read *atomic.Int64, deaths bool) model.LogCounters {
	t.Helper()
	duration := 5 * time.Second
	if long() {
		duration = time.Minute
	}
	var counters model.LogCounters
	for start := time.Now(); time.Since(start) < duration || deaths && counters.Restarts == 0 && time.Since(start) < duration+longest; {
		command(t, "systemctl", "start", "--no-block", string(web), string(share))
		for range 5 {
			b, came := nextWithin(t, l, time.Second)
			if !came {
				break
			}
			n.check(t, b)
			counters = b.Counters
			if read != nil && len(b.Entries) > 0 {
				read.Store(b.Entries[len(b.Entries)-1].At.UnixNano())
			}
		}
	}
	return counters
}

// unread is how many files, at most, are written before the first of them was
// read: fewer than a vacuuming of files that were read leaves.
const unread = 5

// turnOver rotates and vacuums the journal until told to stop; where lines are to
// be read before, no faster than the reader comes after it.
func turnOver(t *testing.T, vacuum string, read *atomic.Int64, stop chan struct{}) int {
	var turned []time.Time
	for {
		select {
		case <-stop:
			return len(turned)
		default:
			if read != nil && len(turned) >= unread && read.Load() < turned[len(turned)-unread].UnixNano() {
				wait.Pause(t.Context(), time.Millisecond)
				continue
			}
			for _, what := range []string{"--rotate", vacuum} {
				if err := exec.Command("journalctl", "--quiet", what).Run(); err != nil {
					t.Errorf("journalctl %s: %v", what, err)
				}
			}
			turned = append(turned, time.Now())
		}
	}
}

// isAlive runs a unit until one of its lines comes.
func isAlive(t *testing.T, l *Log, n *numbers) {
	t.Helper()
	for {
		b, came := nextWithin(t, l, time.Second)
		if !came {
			break
		}
		n.check(t, b)
	}
	runUnit(t, web)
	before := n.lines
	for deadline := time.Now().Add(longest); n.lines == before; {
		if time.Now().After(deadline) {
			t.Fatal("the log is dead")
		}
		n.check(t, next(t, l))
	}
}

// journalctl killed again and again costs no line.
func TestKilledReader(t *testing.T) {
	journald(t, unlimited...)
	service(t, web, writes(t, 1000)...)
	l := open(t, follow(web))
	n := newNumbers()
	const runs, each = 3, 1003
	for run := range runs {
		command(t, "systemctl", "start", "--no-block", string(web))
		for n.lines < (run+1)*each {
			n.check(t, next(t, l))
			for _, pid := range children(t) {
				must(t, syscall.Kill(pid, syscall.SIGKILL))
			}
		}
	}
	if n.missing > 0 || n.lines != runs*each {
		t.Errorf("%d lines, %d missing", n.lines, n.missing)
	}
	runUnit(t, web)
	b := next(t, l)
	for n.check(t, b); n.lines < (runs+1)*each; n.check(t, b) {
		b = next(t, l)
	}
	if b.Counters.Restarts == 0 || b.Counters.Gaps != 0 || b.Counters.Read != uint64(n.lines) || b.Fault != "" {
		t.Errorf("%+v", b)
	}
}

// Where the entry to go on from is gone, there may be a gap, and it is told.
func TestVacuumedCursor(t *testing.T) {
	journald(t, unlimited...)
	service(t, web, writes(t, 10)...)
	runUnit(t, web)
	l := open(t, follow(web))
	n := newNumbers()
	for n.lines < 13 {
		n.check(t, next(t, l))
	}
	for _, pid := range children(t) {
		must(t, syscall.Kill(pid, syscall.SIGSTOP))
		defer syscall.Kill(pid, syscall.SIGCONT)
	}
	command(t, "journalctl", "--rotate")
	runUnit(t, web)
	command(t, "journalctl", "--vacuum-files=1")
	for _, pid := range children(t) {
		must(t, syscall.Kill(pid, syscall.SIGKILL))
	}
	b := next(t, l)
	if !b.Gap || b.Counters.Gaps != 1 || b.Counters.Restarts != 1 {
		t.Errorf("%+v", b)
	}
	for n.check(t, b); n.lines < 26; n.check(t, b) {
		b = next(t, l)
	}
}

// A flood that nobody reads costs bounded memory, and every line is either
// given or counted as dropped.
func TestFlood(t *testing.T) {
	journald(t, append(unlimited, "SystemMaxUse=4G")...)
	lines := 150_000
	if long() {
		lines = 1_500_000
	}
	service(t, web, writes(t, lines)...)
	service(t, share, writes(t, lines)...)
	l := open(t, follow(web, share))
	debug.FreeOSMemory()
	before := resident(t)
	start := time.Now()
	command(t, "systemctl", "start", "--no-block", string(web), string(share))
	n := newNumbers()
	n.cursors = nil
	given, most := 0, 0
	var b model.LogBatch
	for want := uint64(2*lines + 6); b.Counters.Read < want; {
		b = next(t, l)
		n.check(t, b)
		given += len(b.Entries)
		if b.Counters.Read != uint64(given)+b.Counters.Dropped {
			t.Fatalf("read %d is not given %d plus dropped %d", b.Counters.Read, given, b.Counters.Dropped)
		}
		most = max(most, resident(t)-before)
		if !wait.Pause(t.Context(), 700*time.Millisecond) { // a slow reader
			t.Fatal("interrupted")
		}
	}
	took := time.Since(start)
	if late, came := nextWithin(t, l, time.Second); came {
		b, given = late, given+len(late.Entries) // entries that journald wrote twice
	}
	command(t, "journalctl", "--sync")
	stored := command(t, "journalctl", "--quiet", "--output=json", "--output-fields=_PID", "--unit="+string(web), "--unit="+string(share))
	if want := strings.Count(stored, "\n") + 1; b.Counters.Read != uint64(want) || b.Counters.Gaps > 0 {
		t.Errorf("the journal has %d lines: %+v", want, b.Counters)
	}
	t.Logf("%.0f lines a second; given %d, dropped %d; %d MiB more at most; %+v", float64(b.Counters.Read)/took.Seconds(), given, b.Counters.Dropped, most>>20, b.Counters)
	if b.Counters.Dropped == 0 {
		t.Error("nothing was dropped: the reader was not slow")
	}
	if n.missing > 0 {
		t.Errorf("%d lines are missing without a gap", n.missing)
	}
	if most >= 64<<20 {
		t.Errorf("%d bytes more in use", most)
	}
}

// resident is the memory of this process, in bytes.
func resident(t testing.TB) int {
	t.Helper()
	var pages, size int
	text, err := os.ReadFile("/proc/self/statm")
	must(t, err)
	must(t, scan(string(text), &size, &pages))
	return pages * os.Getpagesize()
}
