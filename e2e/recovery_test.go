package e2e

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"microtui/lab"
	"microtui/lab/fixture"
	"microtui/tui/screentest"
)

// restarts is how often the bus and systemd go away under the screen.
const restarts = 10

// TestScreenOutlivesBusAndSystemd: while the screen runs, the bus restarts and
// systemd re-executes itself, again and again. Each time the screen shows what
// happens next within five seconds, and no frame ever says anything false.
func TestScreenOutlivesBusAndSystemd(t *testing.T) {
	lab.Require(t)
	h := fixture.NewHost(t, fixture.Options{})
	h.Create("web", fixture.Tap("vm-web"))
	h.Create("idle")
	h.Create("flip")
	h.Declare("db")
	h.Declare("removed")
	h.Switch()
	h.Undeclare("removed")
	h.Switch()
	h.Start("web")
	manyRestarts(t)

	s := screentest.Start(t, 120, 30, program())
	s.WaitFor("orphan: declared until generation")
	frames := watchFrames(t, s, map[string][]string{
		"web": {"running imperative"}, "idle": {"stopped imperative"}, "db": {"running declared"},
		"removed": {"running undeclared"},
		"flip":    {"stopped imperative", "starting imperative", "running imperative", "stopping imperative"},
	})
	var before [2]int
	state := map[string]string{"stop": "stopped", "start": "running"}
	for i := range 2 * restarts {
		what := [][]string{{"restart", "dbus.service"}, {"daemon-reexec"}}[i%2]
		verb := []string{"start", "stop"}[i%2]
		shell(t, "systemctl", what...)
		shell(t, "systemctl", verb, "--no-block", "microvm@flip")
		s.Wait(fmt.Sprintf("flip to be %s after %v", state[verb], what), func(screen string) bool {
			return rowOf(screen, "flip") == state[verb]+" imperative" && strings.Contains(screen, "live ●")
		})
		if i == 1 {
			before = resources(t, s.Process().Pid) // it has gone through both once
		}
	}
	stopBus(t)
	s.WaitFor("! systemd: ") // the rows stay
	startBus(t)
	s.WaitGone("! systemd: ")
	seen := frames.end()
	if seen < 2*restarts {
		t.Errorf("only %d frames were looked at", seen)
	}
	var after [2]int
	s.Wait("what it held before, and no more", func(string) bool {
		s.Type("R")
		after = resources(t, s.Process().Pid)
		return after[0] <= before[0] && after[1] <= before[1]+2 // Go keeps some for later
	})
	t.Logf("%d frames; descriptors and threads %v, then %v", seen, before, after)
	want := []string{"db running declared current kept", "flip stopped imperative current kept", "idle stopped imperative current kept",
		"removed running undeclared current orphan", "web running imperative current kept"}
	if got := list(t).lines(); !slices.Equal(got, want) {
		t.Errorf("at last: %q", got)
	}
	s.Type("q")
	if code, stderr := s.Exit(time.Minute); code != 0 || stderr != "" {
		t.Errorf("it ended with %d, %q", code, stderr)
	}
	s.Sane()
}

// manyRestarts lets the bus and a VM be started more often than systemd likes.
func manyRestarts(t *testing.T) {
	t.Helper()
	for _, unit := range []string{"dbus.service", "microvm@flip.service"} {
		dir := "/run/systemd/system/" + unit + ".d"
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(dir+"/often.conf", []byte("[Unit]\nStartLimitIntervalSec=0\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	shell(t, "systemctl", "daemon-reload")
}

// rowOf is the state and origin in a VM's row; empty where it has none.
func rowOf(screen, vm string) string {
	for line := range strings.Lines(screen) {
		fields := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" ▸✗?\n", r) })
		if len(fields) > 2 && fields[0] == vm {
			return fields[1] + " " + fields[2]
		}
	}
	return ""
}

// frameWatch looks at a screen all the time.
type frameWatch struct {
	done, ended chan struct{}
	frames      int
	wrong       []string
	t           *testing.T
	once        sync.Once
}

// watchFrames checks on every frame that the rows of VMs say what they may,
// and that no second orphan appears.
func watchFrames(t *testing.T, s *screentest.Screen, rows map[string][]string) *frameWatch {
	w := &frameWatch{done: make(chan struct{}), ended: make(chan struct{}), t: t}
	go func() {
		defer close(w.ended)
		look := time.NewTicker(3 * time.Millisecond)
		defer look.Stop()
		last := ""
		for {
			select {
			case <-w.done:
				return
			case <-look.C:
			}
			screen := s.Text()
			if screen == last {
				continue
			}
			last = screen
			w.frames++
			if strings.Count(screen, "orphan: ") > 1 {
				w.wrong = append(w.wrong, "more than one orphan in\n"+screen)
			}
			for vm, may := range rows {
				if got := rowOf(screen, vm); !slices.Contains(may, got) {
					w.wrong = append(w.wrong, fmt.Sprintf("%s: %q in\n%s", vm, got, screen))
				}
			}
		}
	}()
	t.Cleanup(func() { w.end() })
	return w
}

// end stops looking, reports what was wrong and gives the number of frames.
func (w *frameWatch) end() int {
	w.once.Do(func() {
		close(w.done)
		<-w.ended
		for i, wrong := range w.wrong {
			if i < 3 {
				w.t.Errorf("a frame was false (%d were): %s", len(w.wrong), wrong)
			}
		}
	})
	return w.frames
}

// resources counts a process's descriptors and threads.
func resources(t *testing.T, pid int) [2]int {
	t.Helper()
	var counts [2]int
	for i, folder := range []string{"fd", "task"} {
		entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/%s", pid, folder))
		if err != nil {
			t.Fatal(err)
		}
		counts[i] = len(entries)
	}
	return counts
}
