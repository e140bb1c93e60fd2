package tui

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"microtui/tui/keys"
	"microtui/tui/logview"
	"microtui/tui/table"
)

func TestEveryDocumentedKeyHasAName(t *testing.T) {
	names := map[string]bool{}
	for _, c := range allCommands() {
		if c.Group != "" && c.Name == "" {
			t.Errorf("%q, %s, has no name", c.Help().Key, c.Help().Desc)
		}
		if c.Name != "" && names[c.Name] {
			t.Errorf("%s is there twice", c.Name)
		}
		names[c.Name] = true
	}
	for _, c := range allCommands() {
		for _, other := range []string{c.As, c.With} {
			if other != "" && !names[other] {
				t.Errorf("%s is no command", other)
			}
		}
	}
	for _, name := range slices.Concat(inMenu, nowhereElse) {
		if !names[name] {
			t.Errorf("%s is no command", name)
		}
	}
}

func TestWhatCannotBeBoundAnew(t *testing.T) {
	fixed := map[string]bool{}
	for _, c := range Commands() {
		if fixed[c.Name] = c.Fixed; c.Fixed && c.Name != "quit-at-once" && c.Places&^uint64(onConfirm|onChecks|onTyped) != 0 && c.Places != 0 {
			t.Errorf("%s is fixed outside of dialogs", c.Name)
		}
	}
	if !fixed["confirm"] || !fixed["quit-at-once"] || fixed["stop"] {
		t.Error(fixed)
	}
	for _, c := range keys.Bound(allCommands(), map[string][]string{"confirm": {"S"}, "quit-at-once": {}, "": {"Q"}}) {
		if slices.Contains(c.Keys(), "Q") || c.Name == "confirm" && c.Keys()[0] != "y" || c.Name == "quit-at-once" && c.Keys()[0] != "ctrl+c" {
			t.Errorf("%s has %q", c.Name, c.Keys())
		}
	}
}

func TestOtherKeys(t *testing.T) {
	s := newStage(t, 100, 60, Options{Keys: map[string][]string{
		"stop": {"ctrl+s", "Z"}, "start": {}, "help": {"f2"}, "previous-match": {"B"}, "menu": {"pgup"}, "page-up": {}, "down": {"down", "j"},
	}})
	s.observe(village())
	s.shows("Ctrl-s Z stop")
	s.hides("s start")
	s.shows("F2 help")
	s.press("?")
	s.hides("half a page")
	s.press("f2")
	s.shows("Ctrl-s Z stop")
	s.shows("n B      next, previous match")
	s.shows("j Down   down") // as it was
	s.hides("PgUp     page up")
	s.press("f2")
	s.hides("half a page")
	s.press("S")
	s.hides("Stop: ")
	s.press("Z")
	s.shows("Stop: this host cannot be changed")
	s.press("pgup")
	s.shows("Ctrl-s stop: this host cannot be changed")
	s.press("Z")
	s.hides("Ctrl-s stop: ")
	s.shows("Stop: this host cannot be changed")
}

func TestOtherColumns(t *testing.T) {
	if diff := cmp.Diff([]string{"name", "state", "origin", "freshness", "cpu", "memory", "disk", "net", "uptime", "notes"}, table.Columns()); diff != "" {
		t.Error(diff)
	}
	for want, columns := range map[string][]string{
		"NAME MEM STATE":    {"name", "memory", "state"},
		"UP NAME":           {"uptime", "name"},
		"NAME NOTES ORIGIN": {"notes", "origin"},
	} {
		s := newStage(t, 80, 24, Options{Columns: columns})
		s.observe(inventory(vm("api")))
		heading := strings.Fields(strings.NewReplacer("▴", "").Replace(strings.Split(s.screen(), "\n")[1]))
		if got := strings.Join(heading, " "); got != want {
			t.Errorf("%q: the table has %s", columns, got)
		}
	}
}

func TestLogLooksAsWanted(t *testing.T) {
	s := newStage(t, 80, 24, Options{Log: logview.Options{Timestamps: "none", Cut: true}})
	if look := s.log.View.Layout; look.Wrap || look.Stamp != logview.StampNone {
		t.Errorf("%+v", look)
	}
	if look := newStage(t, 80, 24, Options{}).log.View.Layout; !look.Wrap || look.Stamp != logview.StampTime {
		t.Errorf("%+v", look)
	}
}
