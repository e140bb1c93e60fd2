package tui

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"microtui/tui/dialog"
	"microtui/tui/screentest"
)

// bursts are texts with all that a dialog would be confirmed by. On a terminal
// without bracketed paste they come as keys, at once.
var bursts = []string{
	"Syyyy\ryyyy", "x\ryxKy", "*rySy\ry", "Dapi\ryDqueue\rqueue\r", "XyXayyy\ny\n", ":purge\rapi\rby\rpy\r", "5XyDu\ry1",
	"Say yes to X; why? Do it: y\nyes\n",
}

// A burst of keys, pasted or not, confirms nothing, whatever it holds.
func TestBurstsConfirmNothing(t *testing.T) {
	for name, form := range map[string]string{"keys": "%s", "a paste": "\x1b[200~%s\x1b[201~"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := screentest.Start(t, 120, 40, theProgram("demo"))
			before := s.WaitFor("X clean up 10 orphans")
			dialogs := 0
			for _, burst := range bursts {
				s.Type(fmt.Sprintf(form, burst))
				opened := false
				for range 50 { // a dialog takes no key in its first moments
					<-time.After(dialog.Settling + dialog.Settling/4)
					screen := s.Text()
					opened = opened || strings.Contains(screen, "┌")
					if strings.Contains(screen, "X clean up 10 orphans") && !strings.Contains(screen, "┌") {
						break
					}
					s.Type("\x1b")
				}
				if opened {
					dialogs++
				}
			}
			if name == "keys" && dialogs < 5 {
				t.Errorf("%d bursts opened a dialog: the test shows nothing", dialogs)
			}
			s.Type("4")
			s.WaitFor("No operations yet")
			s.Type("5")
			s.WaitFor("The trash is empty")
			s.Type("1")
			s.Wait("the states as they were", func(screen string) bool {
				for _, name := range []string{"api", "db", "git", "queue", "web"} {
					if state := stateOf(screen, name); state == "" || state != stateOf(before, name) {
						return false
					}
				}
				return true
			})
			s.Type("\x03")
			leaves(t, s, exitDone)
		})
	}
}

// stateOf is the state in a VM's row.
func stateOf(screen, name string) string {
	found := regexp.MustCompile(`(?m)^[▸ ].{1,2}` + name + ` +(\S+)`).FindStringSubmatch(screen)
	if found == nil {
		return ""
	}
	return found[1]
}

// A terminal's answer that comes late and in pieces presses nothing, wherever
// it is cut.
func TestLateRepliesPressNothing(t *testing.T) {
	t.Parallel()
	s := screentest.Start(t, 100, 30, theProgram("acting"))
	s.WaitFor("20 VMs")
	for _, reply := range []string{"\x1b[?62;1;6c", "\x1b[24;80R", "\x1b[?2026;2$y", "\x1b]11;rgb:0/0/0\x1b\\", "\x1bP1$r0m\x1b\\"} {
		for cut := 1; cut < 4; cut++ {
			s.Type(reply[:cut])
			<-time.After(70 * time.Millisecond) // longer than the parser waits for the rest
			s.Type(reply[cut:])
		}
	}
	patient(s, "j", onRow("vm-001"))
	if strings.Contains(s.Raw(), "\x1b]52") {
		t.Error("something was copied")
	}
	if screen := s.Text(); strings.Contains(screen, "┌") || !strings.Contains(screen, "Enter detail") {
		t.Errorf("the screen is another:\n%s", screen)
	}
	s.Type("q")
	leaves(t, s, exitDone)
}

// Any number of sizes one after the other leave the screen whole, while a log
// comes at full speed and a dialog is open.
func TestResizeStorm(t *testing.T) {
	t.Parallel()
	s := screentest.Start(t, 120, 40, theProgram("flood"))
	s.WaitFor("20 VMs")
	storm := func() {
		for i := range 300 {
			s.Resize(1+i*7%200, 1+i*3%60)
			if i%20 == 0 {
				s.Type("jk")
			}
		}
	}
	s.Type("l")
	s.WaitFor("took 12 ms")
	storm()
	s.Resize(120, 40)
	s.WaitFor("FRESHNESS")
	s.Type("g") // keys do nothing while the screen is too small: the cursor may be on either row
	s.Wait("the cursor on the first row", onRow("vm-000"))
	s.Wait("the table and its log, whole", func(screen string) bool {
		lines := strings.Split(screen, "\n")
		return len(lines) == 40 && strings.HasPrefix(lines[0], " nixhost") && strings.Contains(lines[1], "FRESHNESS") &&
			strings.Contains(screen, "vm-000 · log ── following") && strings.Contains(lines[39], "? help")
	})
	s.Type("S")
	s.WaitFor("Stop vm-000?")
	storm()
	s.Resize(80, 24)
	s.Wait("the dialog, whole", func(screen string) bool {
		top, bottom := screentest.Line(screen, "┌"), screentest.Line(screen, "└")
		return strings.Contains(top, "Stop vm-000?") && strings.HasSuffix(top, "┐") && strings.Contains(bottom, "┘") && strings.Contains(screen, "y stop")
	})
	s.Type("\x1b")
	patient(s, "\x1b", func(screen string) bool { return !strings.Contains(screen, "Stop vm-000?") })
	s.Type("q")
	leaves(t, s, exitDone)
}
