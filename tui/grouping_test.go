package tui

import (
	"strings"
	"testing"

	"microtui/model"
	"microtui/tui/screentest"
)

func TestGroupsGoRound(t *testing.T) {
	s := newStage(t, 120, 40, Options{})
	s.observe(village())
	before := s.screen()
	s.press("z")
	s.order("by origin", "─ declared · 3 VMs · 2 running ─", "! crash  ", "  db  ", "  stale  ", "─ imperative · 1 VM · 1 running ─", "  api  ",
		"─ manual · 1 VM · 0 running ─", " strange  ", "─ undeclared · 1 VM · 1 running ─", " removed  ", "─ leftovers of no VM ─", " vm-gone ")
	s.press("z")
	s.order("by verdict", "─ orphan · 1 VM · 1 running ─", " removed  ", "─ suspect · 1 VM ", " strange  ", "─ kept · 4 VMs · 3 running ─", "  api  ", "! crash  ")
	s.press("z")
	s.order("by state", "─ crash loop · 1 VM ─", "! crash  ", "─ running · 4 VMs ─", "  api  ", "  stale  ", "─ stopped · 1 VM ─", " strange  ")
	s.press("z")
	if s.screen() != before {
		t.Errorf("in the end it is not as it was:\n%s", s.screen())
	}
	s.press("2", "z")
	s.shows("Group: leftovers are always grouped by kind")
	s.press("1")
	s.hides("by origin")
}

// The cursor stays on its VM, and never on a heading.
func TestGroupsKeepTheCursor(t *testing.T) {
	s := newStage(t, 120, 40, Options{Group: model.GroupOrigin})
	s.observe(village())
	s.press("G", "k", "k", "k") // from the last leftover to the last VMs
	if got := s.selectedName(); got != "strange" {
		t.Fatalf("the cursor is on %q:\n%s", got, s.screen())
	}
	for range 5 {
		s.press("z")
		if got := s.selectedName(); got != "strange" {
			t.Fatalf("the cursor went to %q:\n%s", got, s.screen())
		}
	}
	s.press("g")
	s.shows("▸") // and is in sight
	seen := map[model.Raw]bool{s.selectedName(): true}
	for range 20 {
		s.press("j")
		seen[s.selectedName()] = true
	}
	if len(seen) != 8 || seen[""] {
		t.Errorf("the cursor was on %v", seen)
	}
}

// At the top, and above the cursor, the heading is in sight.
func TestHeadingAboveTheCursorIsInSight(t *testing.T) {
	s := newStage(t, 80, 8, Options{Group: model.GroupState})
	i := many(30)
	for at := range 10 {
		i.VMs[at*3].State = model.StateFailed
	}
	s.observe(i)
	s.shows("─ failed · 10 VMs ─")
	s.press("G", "g")
	s.shows("─ failed · 10 VMs ─")
	s.press("G")
	s.hides("─ running")
	for range 19 {
		s.press("k")
	}
	s.order("─ running · 20 VMs ─", "▸  vm-0001")
}

func TestSortFilterAndMarksWorkAcrossGroups(t *testing.T) {
	s := newStage(t, 120, 40, Options{Group: model.GroupOrigin, Sort: model.SortMemory})
	s.observe(village())
	s.order("MEM▾", "─ declared", "  db  ", "  stale  ", "! crash  ", "─ imperative") // crash takes no memory
	s.press("I")
	s.order("MEM▴", "─ declared", "! crash  ", "  stale  ", "  db  ", "─ imperative")
	s.press("g", "v", "j", "j", "j", "v") // over the heading to api
	s.shows("4 marked")
	if line := screentest.Line(s.screen(), "─ imperative"); strings.Contains(line, "◆") {
		t.Errorf("a heading is marked: %q", line)
	}
	s.press("/")
	s.typeText("api")
	s.shows("4 marked (3 hidden)")
	s.shows("─ imperative · 1 VM · 1 running ─")
	s.hides("─ declared")
	s.press("enter", "esc", "esc", "!")
	s.hides("─ imperative") // api is no problem
	s.shows("─ declared")
}

// Who looks at the beginning of the table sees its beginning in another order,
// too, as long as the cursor stays in sight.
func TestBeginningStaysInSight(t *testing.T) {
	i := many(15)
	for at := range i.VMs {
		i.VMs[at].Memory = ptr(uint64(at) << 30)
	}
	i.VMs[0].State = model.StateStopped
	s := newStage(t, 100, 30, Options{})
	s.observe(i)
	s.press("M")
	s.order("MEM▾", "   vm-0014", "▸  vm-0000")
	s.press("I", "z", "z", "z")
	s.order("MEM▴", "─ running", "   vm-0001", "─ stopped", "▸  vm-0000")
	s.resizeTo(100, 10)
	s.press("I")
	s.shows("▸  vm-0000")
	s.hides("─ running")
}

// Groups that hold nothing any more go, and their VMs move with the data.
func TestGroupsFollowTheData(t *testing.T) {
	s := newStage(t, 120, 40, Options{Group: model.GroupState})
	s.observe(named("a", "b"))
	s.shows("─ running · 2 VMs ─")
	s.press("j")
	i := named("a", "b")
	i.VMs[1].State = model.StateFailed
	s.observe(i)
	s.order("─ failed · 1 VM ─", "▸! b ", "─ running · 1 VM ─", " a ")
	s.observe(named("a", "b"))
	s.hides("failed")
	if got := s.selectedName(); got != "b" {
		t.Errorf("the cursor is on %q", got)
	}
}
