package tui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/model/text"
	"microtui/tui/draw"
)

// at is the cell where the screen shows a text.
func (s *stage) at(label string) (x, y int) {
	s.t.Helper()
	for y, line := range strings.Split(s.screen(), "\n") {
		if before, _, found := strings.Cut(line, label); found {
			return draw.Width(text.Safe(before)), y
		}
	}
	s.t.Fatalf("%q is not on the screen:\n%s", label, s.screen())
	return 0, 0
}

func (s *stage) click(on string) tea.Cmd {
	s.t.Helper()
	x, y := s.at(on)
	cmd := s.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
	s.send(tea.MouseReleaseMsg{X: x, Y: y, Button: tea.MouseLeft})
	return cmd
}

func (s *stage) wheel(on string, down bool) {
	s.t.Helper()
	x, y := s.at(on)
	s.send(tea.MouseWheelMsg{X: x, Y: y, Button: map[bool]tea.MouseButton{false: tea.MouseWheelUp, true: tea.MouseWheelDown}[down]})
}

func TestMouseIsOffAtFirst(t *testing.T) {
	s := newStage(t, 100, 24, Options{})
	s.observe(village())
	before := s.screen()
	s.click("stale")
	s.wheel("stale", true)
	s.click("MEM")
	if s.paper.mouse || s.screen() != before {
		t.Errorf("the mouse did something:\n%s", s.screen())
	}
	if s.press("alt+m"); !s.paper.mouse {
		t.Error("the mouse was not taken")
	}
	s.shows("Mouse on: in most terminals, hold Shift to select text.")
	s.click("stale")
	if s.selectedName() != "stale" {
		t.Errorf("the click selected %q", s.selectedName())
	}
	if s.press("alt+m"); s.paper.mouse {
		t.Error("the mouse was not given back")
	}
	s.click("crash ")
	if s.selectedName() != "stale" {
		t.Error("a report that came late did something")
	}
	mine := newStage(t, 100, 24, Options{Mouse: true})
	if mine.Init(); !mine.paper.mouse {
		t.Error("what the configuration wants was not done")
	}
}

func TestClicksSelectOpenAndNeverAct(t *testing.T) {
	th := newTheatre(t, 100, 24, Options{Mouse: true})
	th.observe(hostel())
	th.press("z")
	th.click("removed")
	if th.selectedName() != "removed" || th.page != pageTable {
		t.Fatalf("on %q:\n%s", th.selectedName(), th.screen())
	}
	th.click("─ declared")
	th.click("nixhost")
	th.click("? help")
	th.click("vm-gone")
	if th.selectedName() != "vm-gone" || th.page != pageTable {
		t.Fatalf("on %q:\n%s", th.selectedName(), th.screen())
	}
	th.press("k")
	th.click("vm-gone") // it was clicked on before, but is not selected
	if th.page != pageTable {
		t.Error("a first click opened it")
	}
	th.click("vm-gone")
	th.shows("▸overview")
	th.press("esc")
	th.click("removed")
	x, y := th.at("removed")
	for _, b := range []tea.MouseButton{tea.MouseRight, tea.MouseMiddle, tea.MouseBackward} {
		th.send(tea.MouseClickMsg{X: x, Y: y, Button: b})
	}
	th.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft, Mod: tea.ModCtrl})
	th.send(tea.MouseMotionMsg{X: x, Y: y, Button: tea.MouseLeft})
	if th.page != pageTable {
		t.Error("another button opened it")
	}
	if len(th.Work.Pending("")) > 0 {
		t.Error("something was ordered")
	}
}

func TestClicksOnTitlesSort(t *testing.T) {
	s := newStage(t, 120, 24, Options{Mouse: true})
	s.observe(village())
	s.click("MEM")
	s.shows("MEM▾")
	s.order("  db  ", "! crash  ")
	s.click("MEM▾")
	s.shows("MEM▴")
	s.click("NOTES") // is not sorted by
	s.shows("MEM▴")
	s.click("STATE")
	s.shows("STATE▴")
	s.press("2")
	s.click("NAME")
	s.shows("NAME▴")
	s.observe(sick())
	s.press("3")
	s.click("SEVERITY")
	s.click("ABOUT")
	s.press("1")
	s.shows("NAME▴")
}

func TestClicksOnTabsTurn(t *testing.T) {
	for _, cells := range []int{20, 40, 100} {
		s := newStage(t, cells, 24, Options{Mouse: true})
		s.observe(village())
		s.press("enter", "[", "[", "[") // so that on a narrow screen the first ones are out of sight
		s.shows("▸evidence")
		if cells == 100 {
			s.click("interfaces")
			s.shows("▸interfaces")
			s.click("log")
			s.shows("▸log")
			s.click("overview")
			s.shows("▸overview")
			continue
		}
		before := s.screen()
		s.click("evidence")
		if s.screen() != before {
			t.Errorf("a click on the open tab did something:\n%s", s.screen())
		}
		first := s.detail.FirstTab(cells)
		s.send(tea.MouseClickMsg{X: 1, Y: 1, Button: tea.MouseLeft})
		if s.hides("▸evidence"); first == 0 || s.detail.Tab != first {
			t.Errorf("at %d cells the tab is %d, want %d", cells, s.detail.Tab, first)
		}
	}
}

func TestWheelScrollsWhatIsUnderIt(t *testing.T) {
	s := newStage(t, 80, 12, Options{Mouse: true})
	s.observe(many(50))
	s.wheel("vm-0004", true)
	s.hides("vm-0002")
	s.shows("▸  vm-0003") // the nearest in sight
	s.press("j", "j", "j")
	s.wheel("vm-0006", true)
	s.shows("▸  vm-0006") // it stays while it is in sight
	for range 30 {
		s.wheel("vm-00", true)
	}
	s.shows("vm-0049")
	for range 30 {
		s.wheel("vm-00", false)
	}
	s.shows("vm-0000")
	s.press("?")
	s.wheel("move", true)
	s.hides("j Down")
	s.wheel(" up", false)
	s.shows("j Down")
	s.click("j Down")
	s.press("esc", "enter")
	s.wheel("state", true)
	if s.detail.Scroll.Top == 0 {
		t.Error("the page did not scroll")
	}
}

func TestWheelAndClickInTheLogBelow(t *testing.T) {
	th := newTheatre(t, 80, 24, Options{Mouse: true})
	th.observe(hostel())
	th.press("j", "j")
	th.log("l")
	before := th.selectedName()
	th.wheel("error on data socket", false)
	th.shows("paused")
	if th.selectedName() != before || th.logFocus {
		t.Error("the wheel did something in the table")
	}
	if th.click("db · log"); !th.logFocus {
		t.Error("a click into the log did not turn to it")
	}
	if th.click("stale"); th.logFocus || th.selectedName() != "stale" {
		t.Error("a click into the table did not turn to it")
	}
}

// A dialog takes no click, wherever it is.
func TestDialogsTakeNoClick(t *testing.T) {
	for name, open := range map[string][]string{"confirm": {"j", "j", "S"}, "menu": {"x"}, "results": {"m"}, "palette": {":"}} {
		th := newTheatre(t, 80, 24, Options{Mouse: true})
		th.observe(hostel())
		th.press(open...)
		th.clock = th.clock.Add(time.Second)
		before := th.screen()
		for y := range 24 {
			for x := 0; x < 80; x += 4 { // no button is narrower
				for range 2 {
					th.play(th.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}))
				}
			}
		}
		if th.screen() != before || len(th.Work.Pending("")) > 0 {
			t.Errorf("%s: a click did something:\n%s", name, th.screen())
		}
	}
}

func TestClickWhileAFilterIsTyped(t *testing.T) {
	s := newStage(t, 80, 24, Options{Mouse: true})
	s.observe(village())
	s.press("/")
	s.typeText("e")
	s.click("stale")
	s.hides("█")
	if s.selectedName() != "stale" {
		t.Errorf("on %q", s.selectedName())
	}
	s.press("/")
	s.typeText(" x:y")
	s.click("removed")
	s.shows("█") // what is not understood is not kept
	s.press("q")
	s.shows("x:yq█")
}
