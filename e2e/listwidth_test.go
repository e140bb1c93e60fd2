package e2e

import (
	"os/exec"
	"strings"
	"testing"

	"microtui/tui/screentest"
)

// TestListFitsTheTerminal: on a terminal no line of a table is longer than the
// terminal is wide, and a cut one shows it.
func TestListFitsTheTerminal(t *testing.T) {
	listed := exec.Command(buildProgram(t), "list", "--demo")
	listed.Env = program().Env
	s := screentest.Start(t, 80, 60, listed)
	screen := s.WaitFor("nixhost: 23 VMs, ")
	rows := strings.Split(screen[:strings.Index(screen, "nixhost: ")], "\n")
	if got, want := len(rows), 1+23+1+1+9+1+1; got != want {
		t.Errorf("%d lines, want %d: some go on in the next\n%s", got, want, screen)
	}
	if row := screentest.Line(screen, " removed "); !strings.HasSuffix(row, "…") {
		t.Errorf("nothing shows that it is cut: %q", row)
	}
}
