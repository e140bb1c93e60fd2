package e2e

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"microtui/tui/screentest"
)

// onTerminal runs the program with everything it has on a terminal.
func onTerminal(t *testing.T, program string, args ...string) *screentest.Screen {
	t.Helper()
	cmd := exec.Command("sh", append([]string{"-c", `exec "$0" "$@" 2>&1`, program}, args...)...)
	cmd.Env = append(cmd.Environ(), "TERM=xterm-256color", "LANG=C.UTF-8")
	return screentest.Start(t, 100, 24, cmd)
}

// TestAskingOnATerminal: what is waited for is shown and taken away again,
// questions are answered by typing, and Ctrl-C leaves.
func TestAskingOnATerminal(t *testing.T) {
	program := buildProgram(t)
	const kill = "Power off web hard? The guest loses data it has not written to disk. [y/N]"
	for _, test := range []struct {
		args, until, typed string
		status             int
		end                string
	}{
		{"--demo kill web", kill, "y\r", 0, kill + " y\nweb: powered off"},
		{"--demo kill web", kill, "\r", 3, kill + "\nmicrotui: kill web: not confirmed"},
		{"--demo kill web db", kill, "\x03", 130, kill + " ^C\nmicrotui: interrupted; not started: kill web, kill db"},
		{"--demo stop web", "web: stopping: asking the guest to shut down, 0 s of 150 s", "", 0, "web: stopped"},
	} {
		t.Run(test.args+test.typed, func(t *testing.T) {
			screen := onTerminal(t, program, strings.Fields(test.args)...)
			screen.WaitFor(test.until)
			if test.typed != "" {
				screen.Type(test.typed)
			}
			status, _ := screen.Exit(time.Minute)
			screen.Wait(test.end, func(text string) bool { return trimmed(text) == test.end })
			screen.Sane()
			if status != test.status {
				t.Errorf("exit status %d, want %d", status, test.status)
			}
		})
	}
}

// trimmed is a screen without what is blank.
func trimmed(text string) string {
	var lines []string
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		lines = append(lines, strings.TrimRight(line, " "))
	}
	return strings.Join(lines, "\n")
}
