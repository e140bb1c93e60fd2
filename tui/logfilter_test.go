package tui

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"microtui/model"
	"microtui/styles"
	"microtui/tui/logview"
)

// asked is what the newest log was asked for.
func (th *theatre) asked() model.LogQuery {
	logs := th.host.logs()
	return logs[len(logs)-1].query
}

func TestLogOfOneUnit(t *testing.T) {
	th := newTheatre(t, 100, 24, Options{})
	th.observe(hostel())
	th.journalOf(2500)
	th.loaded()
	th.press("U")
	th.shows("Show lines of which unit?")
	th.shows("vm: microvm@api.service")
	th.shows("virtiofs: microvm-virtiofsd@api.service (no lines so far)")
	th.press("down", "down", "enter")
	th.shows("virtiofs only")
	want := []model.Raw{"microvm-virtiofsd@api.service"}
	if diff := cmp.Diff(want, th.asked().Units); diff != "" || !th.asked().Follow {
		t.Errorf("%+v: %s", th.asked(), diff)
	}
	th.until("lines", func() bool { return len(th.App.log.View.Window.Lines) > 0 })
	th.press("p") // both hold
	th.shows("virtiofs only · info and worse")
	th.until("lines", func() bool { return len(th.App.log.View.Window.Lines) > 0 })
	th.press("g")
	th.until("older lines", func() bool { return len(th.App.log.View.Window.Lines) > logview.FirstLines })
	if q := th.asked(); q.Before == "" || q.Priority != 6 || cmp.Diff(want, q.Units) != "" {
		t.Errorf("older lines are asked for with %+v", q)
	}
	th.press("U")
	th.shows("vm: microvm@api.service   ") // its lines were read, before
	th.press("enter")                      // the list opens at what is shown
	th.shows("virtiofs only")
	th.press("esc")
	th.hides("virtiofs only")
	if n := len(th.asked().Units); n != 7 {
		t.Errorf("%d units are asked for", n)
	}
	th.shows("info and worse") // is no layer
	th.press("esc")
	th.shows("NAME▴")
}

func TestGuestColours(t *testing.T) {
	painted := func(th *theatre) bool {
		green := th.styles.Painted(styles.Paint{Fore: styles.PaletteColour(2)}).Open
		return strings.Contains(strings.Join(th.paper.frame.Lines, "\n"), green+"  OK")
	}
	for _, wanted := range []bool{false, true} {
		th := newTheatre(t, 100, 24, Options{Terminal: TerminalCaps{Theme: styles.Dark}, Log: logview.Options{Colours: wanted}})
		th.observe(hostel())
		th.log("L")
		if painted(th) != wanted {
			t.Errorf("colours wanted: %t, shown: %t", wanted, painted(th))
		}
		th.press("c")
		if painted(th) == wanted {
			t.Errorf("colours wanted: %t, after c shown: %t", wanted, painted(th))
		}
		th.press("c")
		th.shows(map[bool]string{true: "Guest colours: on", false: "Guest colours: off"}[wanted])
	}
	th := newTheatre(t, 100, 24, Options{Log: logview.Options{Colours: true}})
	th.observe(hostel())
	th.log("L")
	if strings.Contains(strings.Join(th.paper.frame.Lines, ""), "\x1b[32m") {
		t.Error("a colour on a screen without colours")
	}
	th.press("c")
	th.shows("Guest colours: this screen has no colours")
}

// Each key of a log says why it does nothing on a host without a journal.
func TestLogKeysSayWhy(t *testing.T) {
	s := newStage(t, 100, 24, Options{})
	s.observe(hostel())
	s.press("L")
	for key, name := range map[string]string{"U": "Unit", "T": "Since, until", "{": "Start", "}": "Start", "e": "Export", "c": "Guest colours"} {
		s.press(key)
		s.shows(name + ": this host has no journal")
	}
}
