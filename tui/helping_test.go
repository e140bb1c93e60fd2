package tui

import (
	"strings"
	"testing"
)

// TestHelpExplains: the keys of the page come first, and no line about signs and
// words is cut.
func TestHelpExplains(t *testing.T) {
	s := newStage(t, 40, 200, Options{})
	s.observe(village())
	before := func(a, b string) {
		t.Helper()
		s.press("?")
		text := s.screen()
		if x, y := strings.Index(text, "\n "+a), strings.Index(text, "\n "+b); x < 0 || y < 0 || x > y {
			t.Errorf("%q at %d, %q at %d:\n%s", a, x, b, y, text)
		}
		s.press("?")
	}
	before("operate", "log")
	s.press("3")
	before("doctor", "operate")
	for _, block := range []int{len(s.signs().Lines), len(words().Lines)} {
		if block < 5 {
			t.Errorf("only %d lines", block)
		}
	}
	s.press("?")
	s.shows("✗        a proven leftover (orphan)")
	s.shows("drifted: runs something not declared")
	for _, line := range strings.Split(s.screen(), "\n") {
		if strings.HasSuffix(strings.TrimSpace(line), "…") {
			t.Errorf("cut: %q", line)
		}
	}
}
