package tui

import (
	"encoding/base64"
	"strings"
	"testing"

	"microtui/model"
	"microtui/tui/screentest"
)

func (s *stage) copied(want ...string) {
	s.t.Helper()
	if got := strings.Join(s.paper.copied, "\n"); got != strings.Join(want, "\n") {
		s.t.Errorf("copied %q, want %q", s.paper.copied, want)
	}
}

func TestCopyOfARowIsItsName(t *testing.T) {
	s := newStage(t, 100, 24, Options{})
	s.observe(sick())
	s.press("j", "c")
	s.copied("db")
	s.shows("Copied 2 bytes to the terminal's clipboard: db")
	s.press("3", "c")
	s.copied("db", "mail")
	s.press("enter", "tab", "esc", "esc")
	s.copied("db", "mail") // on the key alone
}

func TestCopyOfAPageIsChosen(t *testing.T) {
	s := newStage(t, 100, 24, Options{})
	s.observe(sick())
	s.press("j", "enter", "c", "x")
	s.copied()
	s.press("c", "j", "enter")
	s.copied("/var/lib/microvms/db")
	s.shows("Copied 20 bytes")
	s.press("tab", "tab", "tab", "tab", "c") // volumes: there is one
	s.copied("/var/lib/microvms/db", "/var/lib/microvms/db/db.img")
	s.press("c", "C") // no dialog is open, and keys of the other menu do nothing here
	s.press("esc", "esc", "k", "enter", "c", "S", "r", "C")
	if !s.dialog.IsOpen() {
		t.Error("a key of another menu closed this one")
	}
}

func TestCopyIsOfSafeText(t *testing.T) {
	s := newStage(t, 120, 24, Options{})
	evil := model.Raw("t\x1b]0;evil\x07")
	s.observe(inventory(vm(evil)))
	s.press("c")
	s.copied("t^[]0;evil^G")
	s.shows("as shown: some characters cannot be copied")
}

func TestCopyReachesTheTerminal(t *testing.T) {
	s := screentest.Start(t, 100, 24, theProgram("still"))
	s.WaitFor("20 VMs")
	if strings.Contains(s.Raw(), "\x1b]52") {
		t.Error("something was copied without a key")
	}
	s.Type("jjc")
	s.WaitFor("Copied 6 bytes")
	want := "\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte("vm-002")) + "\x07"
	if n := strings.Count(s.Raw(), want); n != 1 || strings.Count(s.Raw(), "\x1b]52") != 1 {
		t.Errorf("the terminal was handed it %d times: %q", n, s.Raw())
	}
	s.Type("q")
	leaves(t, s, exitDone)
}
