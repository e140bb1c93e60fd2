package tui

import (
	"strings"
	"testing"

	"microtui/model"
	"microtui/tui/screentest"
)

// Where only ASCII can be shown nothing else is, and two names that differ do
// so on the screen.
func TestASCII(t *testing.T) {
	names, open := allPages()
	for _, size := range append(sizes, struct{ width, height int }{300, 80}) {
		for _, name := range names {
			s := newStage(t, size.width, size.height, Options{Terminal: TerminalCaps{ASCII: true}})
			s.observe(hostile())
			open[name](s)
			for range 3 {
				s.check(size.width, size.height, name)
				if i := strings.IndexFunc(s.screen(), func(r rune) bool { return r > 0x7e }); i >= 0 {
					t.Errorf("%s at %dx%d: %q in\n%s", name, size.width, size.height, s.screen()[i:min(len(s.screen()), i+8)], s.screen())
					break
				}
				s.press("pgdown")
			}
		}
	}
	s := newStage(t, 300, 60, Options{Terminal: TerminalCaps{ASCII: true}})
	s.observe(hostile())
	for _, want := range []string{" <U+00E9> ", "h<U+00F4>te", " <U+65E5><U+672C>", "a<U+202E>b", "^[[31mred", "net: <U+00E9>^G"} {
		s.shows(strings.Replace(want, "net:", "netlink:", 1))
	}
}

// In a log, too, where the guest chooses what is shown.
func TestASCIIOfALog(t *testing.T) {
	for _, cells := range []int{20, 80} {
		th := newTheatre(t, cells, 24, Options{Terminal: TerminalCaps{ASCII: true}})
		th.observe(hostel())
		th.host.script = func(model.LogQuery) *testLog {
			l := &testLog{batches: make(chan model.LogBatch, 1), closed: make(chan struct{})}
			batch := bootLog()
			batch.Entries[3].Message = "größer, \x1b[32m日本語\x1b[m and more of it: ü"
			l.batches <- batch
			return l
		}
		th.press("L")
		th.until("lines", func() bool { return len(th.App.log.View.Window.Lines) > 0 })
		th.check(cells, 24, "log")
		if strings.IndexFunc(th.screen(), func(r rune) bool { return r > 0x7e }) >= 0 {
			t.Errorf("not ASCII:\n%s", th.screen())
		}
		if all := strings.ReplaceAll(th.screen(), "\n", ""); cells == 80 && !strings.Contains(all, "gr<U+00F6><U+00DF>er, <U+65E5>") {
			t.Errorf("what the guest says is not there:\n%s", th.screen())
		}
	}
}

// A terminal that shows no UTF-8 gets none: a byte from 0x80 to 0x9f would be a
// control character to it.
func TestOnlyASCIIReachesATerminalWithoutUTF8(t *testing.T) {
	for _, env := range [][]string{{"LANG=C"}, {"LC_ALL=de_DE.ISO-8859-1"}, {"TERM=linux"}} {
		s := screentest.Start(t, 120, 40, theProgram("hostile", env...))
		screen := s.WaitFor("^[[31mred")
		for _, want := range []string{" <U+00E9> ", "b<U+202E>d", "c<9B>2J"} {
			if !strings.Contains(screen, want) {
				t.Errorf("%q: %q is not on the screen:\n%s", env, want, screen)
			}
		}
		s.Type("/é\r\r]?")
		s.WaitFor("half a page down")
		s.Type("\x03")
		leaves(t, s, exitDone)
		if at := strings.IndexFunc(s.Raw(), func(r rune) bool { return r >= 0x80 }); at >= 0 {
			t.Errorf("%q: the terminal got %q", env, s.Raw()[at:min(len(s.Raw()), at+20)])
		}
	}
}
