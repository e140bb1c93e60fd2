package tui

import "testing"

// A look at the whole host is for the tab that shows what it finds, and is done
// once for an inventory.
func TestWaysAreFoundForTheTabThatShowsThem(t *testing.T) {
	s := newStage(t, 100, 40, Options{})
	s.observe(sick())
	s.press("j", "enter")
	if s.connectivity == nil || s.connectivity.Walked || s.connectivity.Looked {
		t.Fatalf("on the overview: %+v", s.connectivity)
	}
	s.press("tab", "tab")
	s.shows("▸interfaces")
	first := s.connectivity
	if !first.Walked || first.Looked {
		t.Error("the interfaces are not found, or more is")
	}
	s.press("tab", "j", "k")
	if s.connectivity != first || !first.Looked {
		t.Error("the shares are not found, or the host was looked at anew")
	}
	s.observe(sick())
	if s.connectivity == first || s.connectivity.Walked || !s.connectivity.Looked {
		t.Error("of a new inventory not the open tab is found, and that alone")
	}
	s.press("esc", "j", "enter")
	if s.connectivity.VM == first.VM {
		t.Errorf("what is found is still of %s", first.VM)
	}
}
