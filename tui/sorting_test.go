package tui

import (
	"strings"
	"testing"
	"time"

	"microtui/model"
)

// A key that sorts shows who comes first, of however many. The cursor stays on
// its thing as long as that is in sight then.
func TestSortingShowsTheFirst(t *testing.T) {
	i := many(300)
	for at := range i.VMs {
		i.VMs[at].Memory = ptr(uint64(at) << 20)
	}
	s := newStage(t, 80, 24, Options{})
	s.observe(i)
	s.press("M")
	s.order("MEM▾", "▸  vm-0299", "vm-0298")
	s.press("j", "j", "M", "M")
	if got := s.selectedName(); got != "vm-0299" {
		t.Errorf("the cursor went out of sight and is on %q", got)
	}
	s.press("j", "j", "A", "M")
	s.order("MEM▾", "▸  vm-0299")
}

// What comes right behind a key that moved the cursor acts on nothing.
func TestAKeyBehindSortingActsOnNothing(t *testing.T) {
	s := newTheatre(t, 80, 24, Options{})
	i := many(60)
	for at := range i.VMs {
		i.VMs[at].Memory, i.VMs[at].State = ptr(uint64(at)<<20), model.StateRunning
	}
	s.observe(i)
	s.press("M")
	s.pressAfter(100*time.Millisecond, "S")
	s.shows("Stop: the cursor has just moved; S again does it")
	s.hides("Stop vm-0059?")
}

// Figures that jump move no row; one that is another one does.
func TestOrderIsSteadyWhileFiguresJump(t *testing.T) {
	s := newStage(t, 80, 24, Options{})
	at := time.Unix(1_700_000_000, 0)
	used := map[model.Raw]uint64{}
	look := func(percent map[model.Raw]uint64) {
		i := named("a", "b", "c")
		at = at.Add(2 * time.Second)
		i.At = at
		for n := range i.VMs {
			vm := &i.VMs[n]
			used[vm.Name] += percent[vm.Name] * 20_000
			vm.CPUUsec = ptr(used[vm.Name])
		}
		s.observe(i)
	}
	look(nil)
	look(map[model.Raw]uint64{"a": 1, "b": 20, "c": 19})
	s.press("P")
	s.order("CPU▾", "   b ", "   c ", "▸  a ")
	look(map[model.Raw]uint64{"a": 1, "b": 18, "c": 22})
	s.order("CPU▾", "   b ", "18.0 %", "   c ", "22.0 %", "▸  a ")
	look(map[model.Raw]uint64{"a": 90, "b": 18, "c": 22})
	s.order("CPU▾", "▸  a ", "   b ", "   c ")
	s.press("P", "P") // asked anew, it is as the figures are
	s.order("CPU▾", "▸  a ", "   b ", "   c ")
	s.press("A", "P")
	s.order("CPU▾", "▸  a ", "   c ", "   b ")
}

// A column that is not wanted is there while the VMs are sorted by it.
func TestTheSortedColumnIsInSight(t *testing.T) {
	s := newStage(t, 80, 24, Options{Columns: []string{"state", "notes"}, Sort: model.SortUptime})
	s.observe(village())
	s.shows(" UP▾ ")
	s.press("P")
	s.shows(" CPU▾ ")
	s.hides(" UP")
	s.press("A")
	s.hides("CPU")
	if heading := strings.Split(s.screen(), "\n")[1]; !strings.HasPrefix(heading, "   NAME▴") {
		t.Errorf("the columns are %q", heading)
	}
}
