package tui

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/backend/demo"
	"microtui/model"
)

func TestPurgeAnOrphanAndRestoreIt(t *testing.T) {
	onDemo(t, 100, 40, Options{}, func(t *testing.T, p *playhouse) {
		before := p.now()
		p.at("queue")
		p.press("D")
		for _, want := range []string{
			"Purge queue?", "vm queue (orphan)", "gone since generation 36 of 29 September 2026", "holds data",
			"519M on disk", "last written to 2026-08-27", "undo: microtui restore queue", "Frees 519M once the trash is emptied",
		} {
			p.says(want)
		}
		p.press("enter")
		p.hides("Purge queue?")
		p.press("D", "y")
		p.until("Purge queue: done")
		p.shows("to undo        microtui restore queue")
		p.shows("to verify      ls /var/lib/microvms")
		if p.has("queue") {
			t.Fatal("it is still there")
		}
		p.press("esc", "5")
		p.says("queue undeclared 519M")
		p.shows("never")
		p.press("u", "y")
		p.until("Restore queue: done")
		p.press("esc", "1")
		p.until("✗ queue")
		equalVM(t, "queue", before, p.now())
	})
}

// equalVM checks that a VM is what it was.
func equalVM(t *testing.T, name model.Raw, before, now model.Inventory) {
	t.Helper()
	find := func(i model.Inventory) model.VM {
		for _, vm := range i.VMs {
			if vm.Name == name {
				return vm
			}
		}
		t.Fatalf("no %s", name)
		return model.VM{}
	}
	was, is := find(before), find(now)
	if was.Directory.ID != is.Directory.ID || was.Directory.Current.Target != is.Directory.Current.Target || was.Verdict != is.Verdict || was.State != is.State {
		t.Errorf("%s was %+v, is %+v", name, was, is)
	}
}

func TestCleanUpLeavesDataAndWhatRunsAlone(t *testing.T) {
	onDemo(t, 100, 40, Options{}, func(t *testing.T, p *playhouse) {
		p.shows("X clean up 10 orphans")
		p.press("X")
		p.shows("Clean up 8 of 10?")
		p.shows("[x] tap       vm-gone")
		p.shows("[ ] vm        queue  519M, holds data")
		p.shows("[ ] vm        removed  8.0K, runs")
		p.press("y")
		p.until("Clean up 8 things: done")
		for name, want := range map[model.Raw]bool{"queue": true, "removed": true, "vm-gone": false, "mv-gone": false, "gone": false, "microvm@gone.service": false} {
			if p.has(name) != want {
				t.Errorf("%s is there: %v", name, !want)
			}
		}
		p.press("esc")
		p.until("X clean up 2 orphans")
	})
}

func TestCleanUpTicks(t *testing.T) {
	onDemo(t, 100, 40, Options{}, func(t *testing.T, p *playhouse) {
		p.press("X", "space")
		p.shows("Clean up 7 of 10?")
		p.press("G", "space")
		p.shows("Clean up 8 of 10?")
		p.shows("stop removed; undo: microtui start removed") // all about what is under the cursor
		p.press("a")
		p.shows("Clean up 10 of 10?")
		p.shows("Frees 519M once the trash is emptied.")
		p.press("a")
		p.shows("Clean up 8 of 10?") // as it was from the start
		p.press("a", "y")
		p.shows("Type 10: █")
		p.shows("queue: 519M, holds data") // why a y is not enough
		p.press("y", "enter")
		p.shows("does not match")
		p.press("esc")
		p.shows("y clean up 10") // one layer
		p.press("y")
		p.typeText("10")
		p.press("enter")
		p.until("Clean up 10 things: done")
		if p.has("queue") || p.has("removed") {
			t.Error("what was ticked is still there")
		}
	})
}

// The tick of the thing under the cursor stays in sight while its evidence is
// scrolled.
func TestTickStaysInSight(t *testing.T) {
	onDemo(t, 80, 12, Options{}, func(t *testing.T, p *playhouse) {
		p.press("X", "G", "k")
		first := p.screen()
		p.shows("[ ] vm        queue")
		for range 3 {
			p.press("pgdown")
			p.shows("[ ] vm        queue")
		}
		if p.screen() == first {
			t.Errorf("nothing was scrolled:\n%s", first)
		}
		p.press("space")
		p.shows("[x] vm        queue")
		for range 5 {
			p.press("pgup")
			p.shows("[x] vm        queue")
		}
	})
}

// What comes while the list is open is on it, and not ticked.
func TestCleanUpTicksNothingNew(t *testing.T) {
	onDemo(t, 100, 40, Options{}, func(t *testing.T, p *playhouse) {
		p.press("X")
		p.live.Do(func(h *demo.Host) {
			h.Create("late")
			h.Start("late")
			h.Remove("late")
			h.Stop("late")
		})
		p.pass(3 * time.Second)
		p.shows("Clean up 8 of ")
		p.hides("Clean up 8 of 10?")
		p.hides("Please confirm again")
		p.press("y")
		p.until("Clean up 8 things: done")
		if !p.has("microvm@late.service") {
			t.Error("what nobody had seen is gone")
		}
	})
}

func TestAKeptVMNeedsItsName(t *testing.T) {
	onDemo(t, 100, 40, Options{}, func(t *testing.T, p *playhouse) {
		p.at("api")
		p.press("D")
		p.shows("Type api: █")
		p.press("y")
		p.shows("Type api: y█")
		p.press("enter")
		p.shows("does not match")
		p.press("backspace")
		p.send(tea.PasteMsg{Content: "api"})
		p.shows("Type api: █")
		p.press("a", "p")
		p.press("enter")
		p.shows("does not match")
		if n := len(p.operations()); n > 0 {
			t.Fatalf("%d operations", n)
		}
		p.press("i")
		p.shows("Enter purge")
		p.press("enter")
		p.until("Purge api: done")
		if p.has("api") {
			t.Error("it is still there")
		}
	})
}

func TestEnterWithoutAWordDoesNothing(t *testing.T) {
	onDemo(t, 100, 40, Options{}, func(t *testing.T, p *playhouse) {
		p.at("api")
		p.press("D", "enter")
		p.shows("First type api.")
		p.press("esc")
		p.hides("Purge api?")
		if n := len(p.operations()); n > 0 {
			t.Errorf("%d operations", n)
		}
	})
}

func TestPurgeForGoodNeedsTheName(t *testing.T) {
	onDemo(t, 100, 40, Options{}, func(t *testing.T, p *playhouse) {
		p.at("queue")
		p.press("D")
		p.shows("y purge   Tab for good: no")
		p.press("tab")
		p.shows("cannot be undone")
		p.shows("Frees 519M.")
		p.shows("Type queue: █")
		p.typeText("queue")
		p.press("enter")
		p.until("Purge queue: done")
		p.shows("freed          519M")
		if n := len(p.now().Trash); n > 0 {
			t.Errorf("%d entries in the trash", n)
		}
	})
}

func TestTheWholeTrashNeedsItsCount(t *testing.T) {
	onDemo(t, 100, 40, Options{}, func(t *testing.T, p *playhouse) {
		p.press("X", "a", "y", "1", "0", "enter")
		p.until("Clean up 10 things: done")
		p.press("esc", "5", "X")
		p.shows("Type 2: █")
		p.press("3", "enter")
		p.shows("does not match")
		p.press("backspace", "2", "enter")
		p.until("Delete 2 things for good: done")
		p.press("esc")
		p.until("The trash is empty.")
	})
}

func TestPurgeALeftover(t *testing.T) {
	onDemo(t, 100, 40, Options{}, func(t *testing.T, p *playhouse) {
		p.at("vm-gone")
		p.press("D")
		p.shows("Clean up vm-gone?")
		p.press("y")
		p.until("Clean up vm-gone: done")
		if p.has("vm-gone") || !p.has("mv-gone") {
			t.Error("another one than vm-gone is gone")
		}
		p.press("esc")
		p.at("import-2025")
		p.press("D")
		p.shows("Type import-2025: █")
	})
}

func TestKeep(t *testing.T) {
	onDemo(t, 100, 40, Options{}, func(t *testing.T, p *playhouse) {
		p.at("queue")
		p.press("p")
		p.shows("clean-up nor purge will take it")
		p.press("enter")
		if _, kept := p.now().Keeps("queue"); kept {
			t.Fatal("Enter acts")
		}
		p.press("p", "y")
		p.shows("queue: on the keep list")
		p.press("D")
		p.shows("Purge: on the keep list")
		p.press("p")
		p.shows("No longer keep queue?")
		p.press("y")
		if _, kept := p.now().Keeps("queue"); kept {
			t.Error("it is still kept")
		}
	})
}

// The menu lists everything, and says why something cannot be done.
func TestTheMenuListsOperations(t *testing.T) {
	onDemo(t, 120, 40, Options{}, func(t *testing.T, p *playhouse) {
		p.at("db")
		p.press("x")
		p.shows("u  update: build, compare, switch: declared in the host's NixOS")
		p.shows("D  purge: move it to the trash: declared in ")
		p.press("X")
		p.shows("Clean up 8 of 10?")
		p.press("esc")
		p.at("api")
		p.press("x", "u")
		p.shows("Update api")
	})
}

func TestWhyNoOperationCanBeBegun(t *testing.T) {
	for want, options := range map[string]Options{"read-only: started with --read-only": {ReadOnly: true}, "this is a recorded observation": {Recorded: true}} {
		onDemo(t, 120, 40, options, func(t *testing.T, p *playhouse) {
			p.at("queue")
			for key, what := range map[string]string{"D": "Purge", "u": "Update", "b": "Roll back", "X": "Clean up", "p": "Keep"} {
				p.press(key)
				p.shows(what + ": " + want)
			}
		})
	}
	s := newStage(t, 120, 40, Options{})
	s.observe(village())
	s.press("D")
	s.shows("Purge: operations are not supported on this host")
	s.press("4")
	s.shows("Operations are not supported on this host")
}
