package tui

import (
	"strings"
	"testing"

	"microtui/tui/screentest"
)

// has is the condition that the screen shows a text.
func has(text string) func(string) bool {
	return func(screen string) bool { return strings.Contains(screen, text) }
}

func TestJourneyPurgeAndRestore(t *testing.T) {
	s := screentest.Start(t, 100, 30, theProgram("demo"))
	s.WaitFor("X clean up 10 orphans")
	s.Type("/queue\r")
	s.WaitFor("▸✗ queue")
	s.Type("D")
	s.WaitFor("Purge queue?")
	s.Type("\x1b[200~y\x1b[201~\x1b[24;80R") // a paste, and an answer of the terminal
	s.WaitFor("y purge")
	patient(s, "y", has("Purge queue: done"))
	patient(s, "\x1b", func(screen string) bool { return !strings.Contains(screen, "Purge queue") })
	s.Type("5")
	s.WaitFor("▸  queue")
	s.Type("u")
	s.WaitFor("Restore queue?")
	patient(s, "y", has("Restore queue: done"))
	patient(s, "\x1b", func(screen string) bool { return !strings.Contains(screen, "Restore queue") })
	s.Type("4")
	s.Wait("both operations", func(screen string) bool {
		return strings.Contains(screen, "restore queue") && strings.Contains(screen, "purge queue")
	})
	s.Type("\x1b")
	s.WaitFor("▸✗ queue")
	s.Type("\x03")
	leaves(t, s, exitDone)
}

func TestJourneyTypedName(t *testing.T) {
	s := screentest.Start(t, 100, 40, theProgram("demo"))
	s.WaitFor("23 VMs")
	s.Type("D")
	s.WaitFor("Type api: █")
	s.Type("\x1b[200~api\x1b[201~")
	patient(s, "a", has("Type api: a█"))
	s.Type("\x1b[200~pi\r\x1b[201~x\r")
	s.WaitFor("Type api: ax█  does not match")
	s.Type("\x7fpi")
	s.WaitFor("Type api: api█   Enter purge")
	s.Type("\r")
	s.WaitFor("Purge api: done")
	s.Type("\x03")
	leaves(t, s, exitDone)
}
