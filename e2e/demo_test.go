package e2e

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"microtui/tui/dialog"
	"microtui/tui/screentest"
)

// onDemo is the program's screen on its simulated host, on a terminal of the
// size that everything has to fit.
func onDemo(t *testing.T) *screentest.Screen {
	t.Helper()
	shown := exec.Command(buildProgram(t), "--demo")
	shown.Env = append(program().Env, "HOME="+t.TempDir(), "PATH="+os.Getenv("PATH"))
	s := screentest.Start(t, 80, 24, shown)
	s.WaitFor("23 VMs")
	return s
}

// leaveDemo quits, whatever is open.
func leaveDemo(t *testing.T, s *screentest.Screen) {
	t.Helper()
	s.Type("\x03")
	if code, stderr := s.Exit(time.Minute); code != 0 || stderr != "" {
		t.Errorf("the screen ended with %d, %q", code, stderr)
	}
	s.Sane()
}

// lastLine is the last line of a screen: messages, prompts and hints.
func lastLine(screen string) string { return screen[strings.LastIndexByte(screen, '\n')+1:] }

// underCursor reports whether the cursor is on the row of a name.
func underCursor(name string) func(screen string) bool {
	return func(screen string) bool { return strings.HasPrefix(screentest.Line(screen, " "+name+" "), "▸") }
}

// untilHeard types a key now and then until something holds: a dialog takes
// none in its first moments, and after one that came too early.
func untilHeard(s *screentest.Screen, key string, holds func(screen string) bool) {
	again := time.NewTicker(dialog.Settling + dialog.Settling/4)
	defer again.Stop()
	for tries := 0; tries < 100 && !holds(s.Text()); tries++ {
		<-again.C
		if !holds(s.Text()) {
			s.Type(key)
		}
	}
	s.Wait("what is to come of "+key, holds)
}
