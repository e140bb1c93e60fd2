package tui

import (
	"strings"
	"testing"

	"microtui/tui/screentest"
)

func TestPaletteHasEveryCommand(t *testing.T) {
	s := newStage(t, 100, 100, Options{Keys: map[string][]string{"stop": {"Z"}}})
	s.observe(village())
	s.press(":")
	s.hides("invert marks") // nothing but a prompt
	s.press("enter")
	s.shows("Type what you want to do first.")
	s.press("down")
	for _, c := range s.commands {
		if c.Group != "" && c.Group != "dialog" && c.Name != "palette" && c.Name != "power-off" && c.Name != "pause" && c.Name != "resume" {
			s.shows(c.Help().Desc)
		}
	}
	s.shows("Z ")
	s.shows("stop: this host cannot be changed")
	s.shows("next, previous match: not on this page")
	s.press("esc")
	s.hides("not on this page")
}

// What somebody looks for is found by the word that he has for it.
func TestPaletteKnowsOtherWords(t *testing.T) {
	s := newStage(t, 100, 60, Options{})
	s.observe(village())
	for word, does := range map[string][]string{
		"disk": {"trash", "clean up"}, "undo": {"trash", "roll back", "restore (trash)"}, "error": {"doctor", "problems", "log"},
		"memory": {"by memory", "doctor"}, "reboot": {"restart"}, "delete": {"purge"}, "shell": {"ssh into the guest"},
	} {
		s.press(":")
		s.typeText(word)
		for _, one := range does {
			s.shows(one)
		}
		s.hides("No matching command")
		s.press("esc")
	}
}

func TestPaletteNarrowsAndRuns(t *testing.T) {
	s := newStage(t, 80, 24, Options{})
	s.observe(village())
	for _, key := range strings.Split(": i n v e r t space", " ") {
		s.pressAfter(0, key) // as fast as one types
	}
	s.shows(":invert █")
	s.shows("invert marks")
	s.shows("reverse the order")
	s.hides("VMs: ")
	s.press("down", "enter")
	s.hides("█")
	s.shows("NAME▾")
	s.press(":")
	s.typeText("zzz")
	s.shows("No matching command.")
	s.press("enter")
	s.shows(":zzz█")
	s.press("ctrl+w")
	s.typeText("settle")
	s.press("enter")
	s.shows("Settle (operations): not on this page")
	s.hides("█")
}

func TestPaletteAsksAsTheKeyDoes(t *testing.T) {
	onDemo(t, 80, 24, Options{}, func(t *testing.T, p *playhouse) {
		p.at("build")
		p.press(":")
		p.typeText("stop")
		p.press("enter")
		p.says("Stop build?")
		p.press("enter") // never the deed
		p.hides("Stop build?")
		if len(p.Work.Pending("")) > 0 {
			t.Error("something was ordered")
		}
	})
}

func TestJourneyPalette(t *testing.T) {
	s := screentest.Start(t, 20, 5, theProgram("still"))
	s.WaitFor("vm-000")
	s.Type(":oper")
	s.WaitFor(":oper")
	s.WaitFor("operations")
	s.Type("\r")
	s.WaitGone(":oper")
	s.Type("q")
	s.WaitFor("vm-000")
	s.Type(":quit\r")
	leaves(t, s, exitDone)
}
