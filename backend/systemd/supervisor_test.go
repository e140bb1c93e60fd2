package systemd

import (
	"errors"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// recovery is the longest time without units after the bus is back.
const recovery = 5 * time.Second

func TestRestartOfBus(t *testing.T) {
	recovers(t, func() { systemctl(t, "restart", "dbus.service") })
}

func TestReexecOfSystemd(t *testing.T) {
	recovers(t, func() { systemctl(t, "daemon-reexec") })
}

// recovers disturbs the connection ten times: units come back in time, as they
// are, hints work, and nothing grows.
func recovers(t *testing.T, disturb func()) {
	host(t)
	systemctl(t, "start", "microvm@run.service")
	b := open(t)
	same := find(read(t, b), "microvm@run.service").Properties.Invocation
	routines, files := runtime.NumGoroutine(), descriptors(t)
	var longest time.Duration
	for range 10 {
		disturb()
		start := time.Now()
		await(t, b, "units after the disturbance", func(r Reading, err error) bool {
			if err != nil {
				return false
			}
			u := find(r, "microvm@run.service")
			if u.Active != "active" || u.Properties == nil || u.Properties.Invocation != same {
				t.Errorf("a false state: %+v", u)
			}
			return true
		})
		longest = max(longest, time.Since(start))
		hintsWork(t, b)
	}
	t.Logf("units were back after %s at most", longest)
	if longest > recovery {
		t.Errorf("recovery took %s", longest)
	}
	settlesAt(t, "goroutines", routines, runtime.NumGoroutine)
	settlesAt(t, "descriptors", files, func() int { return descriptors(t) })
}

// untilQuiet waits until no hint is under way any more.
func untilQuiet(b *Bus) {
	for {
		select {
		case <-b.Hints():
		case <-time.After(4 * settle):
			return
		}
	}
}

// hintsWork restarts a unit and waits for a hint.
func hintsWork(t *testing.T, b *Bus) {
	t.Helper()
	untilQuiet(b)
	systemctl(t, "restart", "microvm-tap-interfaces@hint.service")
	select {
	case <-b.Hints():
	case <-time.After(recovery):
		t.Error("no hint after a unit was restarted")
	}
}

// A bus that is there but silent costs each reading its limit and no more, and
// is forgiven.
func TestSilentBus(t *testing.T) {
	host(t)
	systemctl(t, "start", "microvm@run.service")
	b := open(t)
	read(t, b)
	routines, files := runtime.NumGoroutine(), descriptors(t)
	pid := busPID(t)
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	awake := func() { syscall.Kill(pid, syscall.SIGCONT) }
	t.Cleanup(awake)
	var err error
	for range maxSilent + 1 {
		start := time.Now()
		_, err = b.Units(t.Context())
		if took := time.Since(start); took > callTimeout+time.Minute {
			t.Errorf("a reading took %s", took)
		}
		if !errors.Is(err, ErrNoAnswer) && !errors.Is(err, ErrNoBus) {
			t.Errorf("a silent bus gives %v", err)
		}
	}
	if !errors.Is(err, ErrNoBus) {
		t.Errorf("the connection is not given up: %v", err)
	}
	awake()
	await(t, b, "units", func(_ Reading, err error) bool { return err == nil })
	settlesAt(t, "goroutines", routines, runtime.NumGoroutine)
	settlesAt(t, "descriptors", files, func() int { return descriptors(t) })
}

// Without a bus at the start, units come once it is there.
func TestNoBusAtFirst(t *testing.T) {
	host(t)
	const socket = "/run/dbus/system_bus_socket"
	if err := os.Rename(socket, socket+".away"); err != nil {
		t.Fatal(err)
	}
	back := func() error { return os.Rename(socket+".away", socket) }
	t.Cleanup(func() { back() })
	b := open(t)
	if _, err := b.Units(t.Context()); !errors.Is(err, ErrNoBus) {
		t.Errorf("without a bus: %v", err)
	}
	if err := back(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-b.Hints():
	case <-time.After(recovery):
		t.Error("no hint when the bus came")
	}
	await(t, b, "units", func(_ Reading, err error) bool { return err == nil })
}

func busPID(t *testing.T) int {
	t.Helper()
	pid, err := strconv.Atoi(systemctl(t, "show", "--value", "-p", "MainPID", "dbus.service"))
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func descriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

// settlesAt waits until a count is back where it was.
func settlesAt(t *testing.T, what string, want int, count func() int) {
	t.Helper()
	deadline := time.After(recovery)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for count() > want {
		select {
		case <-tick.C:
		case <-deadline:
			t.Errorf("%d %s, at first %d", count(), what, want)
			return
		}
	}
}
