package tui

import (
	"fmt"
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"pgregory.net/rapid"

	"microtui/model"
	"microtui/model/text"
	"microtui/tui/draw"
	"microtui/tui/table"
)

func TestCursorFollowsItsVM(t *testing.T) {
	s := newStage(t, 80, 24, Options{})
	s.observe(inventory(vm("b"), vm("d"), vm("f")))
	s.press("j")
	for _, step := range []struct {
		vms  []model.Raw
		want model.Raw
	}{
		{[]model.Raw{"a", "b", "c", "d", "e", "f"}, "d"}, // rows come
		{[]model.Raw{"d", "f"}, "d"},                     // rows go
		{[]model.Raw{"a", "f"}, "f"},                     // it goes: the neighbour below
		{[]model.Raw{"a", "d", "f"}, "f"},                // it comes back: the cursor stays
		{[]model.Raw{"a"}, "a"},                          // the last goes: the neighbour above
		{nil, ""},
		{[]model.Raw{"z"}, "z"},
	} {
		s.observe(named(step.vms...))
		if got := s.selectedName(); got != step.want {
			t.Fatalf("with %v the cursor is on %q, want %q:\n%s", step.vms, got, step.want, s.screen())
		}
	}
}

func named(names ...model.Raw) model.Inventory {
	var vms []model.VM
	for _, name := range names {
		vms = append(vms, vm(name))
	}
	return inventory(vms...)
}

// When a filter goes, the cursor stays on what is selected, wherever it was
// before and however the filter went.
func TestCursorStaysWhenAFilterGoes(t *testing.T) {
	for name, keys := range map[string][]string{
		"cleared while it is typed":   {"G", "/", "b", "e", "t", "esc"},
		"cleared after it was kept":   {"G", "/", "b", "e", "t", "enter", "esc"},
		"typed away":                  {"G", "/", "b", "backspace", "b", "enter", "/", "backspace", "enter"},
		"cleared after all is hidden": {"j", "/", "z", "z", "enter", "esc"},
		"problems":                    {"G", "!", "!"},
		"problems, peeled":            {"g", "!", "esc"},
	} {
		s := newStage(t, 80, 24, Options{})
		host := named("alpha", "beta", "gamma")
		host.VMs[1].State = model.StateFailed
		s.observe(host)
		for _, key := range keys {
			s.press(key)
			s.observe(host) // data changes nothing of it
		}
		if s.selectedName() != "beta" {
			t.Errorf("%s: the cursor is on %q, want beta:\n%s", name, s.selectedName(), s.screen())
		}
	}
}

// While a filter is typed the cursor goes back to what it was on as soon as
// that is in sight again: what is typed next can be a correction.
func TestCursorWaitsWhileAFilterIsTyped(t *testing.T) {
	s := newStage(t, 80, 24, Options{})
	s.observe(named("alpha", "beta", "gamma"))
	s.press("G", "/", "b", "backspace")
	if s.selectedName() != "gamma" {
		t.Errorf("the cursor is on %q, want gamma", s.selectedName())
	}
}

// What comes into sight again does not take the cursor back.
func TestCursorNeverJumpsBack(t *testing.T) {
	s := newStage(t, 80, 24, Options{})
	host := named("alpha", "beta", "gamma")
	s.observe(host)
	s.press("j", "/")
	s.typeText("state:running")
	s.press("enter")
	host.VMs = slices.Clone(host.VMs)
	host.VMs[1].State = model.StateStopped
	s.observe(host)
	if s.selectedName() != "gamma" {
		t.Fatalf("the cursor is on %q, want gamma", s.selectedName())
	}
	host.VMs = slices.Clone(host.VMs)
	host.VMs[1].State = model.StateRunning
	s.observe(host)
	if s.selectedName() != "gamma" {
		t.Errorf("the cursor jumped to %q", s.selectedName())
	}
}

// A key that was on its way when data moved the cursor acts on nothing, and
// says so; so does one that was meant, a moment later.
func TestKeyIsForWhatWasSeen(t *testing.T) {
	th := newTheatre(t, 80, 24, Options{})
	host := hostel()
	host.VMs[4].State, host.VMs[5].Current.Taps = model.StateStopped, nil
	th.observe(host)
	th.press("j", "j", "j", "j")
	host.VMs = slices.Delete(slices.Clone(host.VMs), 4, 5)
	host.At = th.clock
	th.observe(host)
	th.pressAfter(100*time.Millisecond, "s")
	th.shows("Start: stale has just left the list; s again is for strange")
	if len(th.Work.Pending("")) > 0 {
		t.Fatal("another VM was started")
	}
	th.press("s")
	if given := th.ordered(1); given.VM != "strange" {
		t.Errorf("ordered %+v", given)
	}
}

// The first Esc takes a message away, and nothing with it.
func TestEscDismissesAMessageFirst(t *testing.T) {
	s := newStage(t, 80, 24, Options{})
	s.observe(named("alpha", "beta", "gamma"))
	s.press("/")
	s.typeText("beta")
	s.press("enter", "D")
	s.shows("Purge: ")
	s.press("esc")
	s.hides("Purge: ")
	s.shows("/beta (1)")
	s.press("esc")
	s.hides("/beta")
}

// Whatever happens, the cursor is on a row in sight, and on the same VM as
// long as that is there and shown.
func TestSelectionHoldsThroughAnything(t *testing.T) {
	keys := []string{"j", "k", "g", "G", "pgdown", "pgup", "!", "<", ">", "I", "z", "1", "2", "esc"}
	rapid.Check(t, func(r *rapid.T) {
		s := newStage(t, 80, 24, Options{Mouse: true})
		for range rapid.IntRange(1, 30).Draw(r, "steps") {
			before := s.vms.Wanted
			switch rapid.IntRange(0, 5).Draw(r, "what") {
			case 0:
				s.observe(named(drawNames(r)...))
				if s.Shot.Has(before) && s.vms.IndexOf(before) >= 0 && s.vms.Rows[s.vms.Cursor].Ref != before {
					r.Fatalf("the cursor left %v for %v", before, s.vms.Rows[s.vms.Cursor].Ref)
				}
			case 1:
				s.resizeTo(rapid.IntRange(20, 140).Draw(r, "width"), rapid.IntRange(5, 40).Draw(r, "height"))
			case 2:
				s.press(rapid.SampledFrom(keys).Draw(r, "key"))
			case 3:
				s.press("/")
				s.typeText(rapid.SampledFrom([]string{"1", "2", "vm", "zzz"}).Draw(r, "filter"))
				s.press("enter")
			case 4:
				button := rapid.SampledFrom([]tea.MouseButton{tea.MouseWheelUp, tea.MouseWheelDown}).Draw(r, "wheel")
				s.send(tea.MouseWheelMsg{X: 1, Y: rapid.IntRange(0, 40).Draw(r, "y"), Button: button})
			case 5:
				x, y := rapid.IntRange(0, 140).Draw(r, "x"), rapid.IntRange(0, 40).Draw(r, "y")
				s.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
			}
			checkTable(r, s)
		}
	})
}

func drawNames(r *rapid.T) []model.Raw {
	var names []model.Raw
	for i := range 40 {
		if rapid.Bool().Draw(r, "present") {
			names = append(names, model.Raw(fmt.Sprintf("vm-%02d", i)))
		}
	}
	return names
}

func checkTable(r *rapid.T, s *stage) {
	things := slices.ContainsFunc(s.vms.Rows, func(row table.Row) bool { return row.Selectable() })
	switch c := s.vms.Cursor; {
	case !things && c != -1:
		r.Fatalf("a cursor at %d on nothing", c)
	case !things:
	case c < 0 || c >= len(s.vms.Rows) || !s.vms.Rows[c].Selectable():
		r.Fatalf("the cursor %d is on no thing", c)
	case c < s.vms.Top || c >= s.vms.Top+s.vms.Height:
		r.Fatalf("the cursor %d is out of sight (%d rows from %d)", c, s.vms.Height, s.vms.Top)
	}
	if s.vms.Top < 0 || s.vms.Top > 0 && s.vms.Top+s.vms.Height > len(s.vms.Rows) {
		r.Fatalf("room below the last row: top %d, height %d, %d rows", s.vms.Top, s.vms.Height, len(s.vms.Rows))
	}
}

func TestWrapLosesNothing(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		words := text.Safe(rapid.StringMatching(`([a-z日é🚀]{0,20} ){0,12}[a-z/]{0,60}`).Draw(r, "text"))
		cells := rapid.IntRange(2, 40).Draw(r, "cells")
		var together []byte
		for _, line := range draw.Wrap(words, cells) {
			if draw.Width(line) > cells {
				r.Fatalf("%q is wider than %d", line, cells)
			}
			together = append(together, withoutBlanks(line)...)
		}
		if got, want := string(together), withoutBlanks(words); got != want {
			r.Fatalf("%q became %q", want, got)
		}
	})
}

func withoutBlanks(s text.SafeText) string {
	return string(slices.DeleteFunc([]byte(s), func(b byte) bool { return b == ' ' }))
}
