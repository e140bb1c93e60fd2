package tui

import (
	"testing"

	"microtui/model"
)

// TestCreate: the name and the flake are typed, what would be built is shown
// before it is, and the VM is there once that is agreed to as well.
func TestCreate(t *testing.T) {
	onDemo(t, 80, 24, Options{}, func(t *testing.T, p *playhouse) {
		p.press("+")
		p.shows("Create a VM: its name")
		p.press("enter")
		p.shows("Type a name.")
		p.typeText("web")
		p.press("enter")
		p.shows("web is already declared")
		p.press("ctrl+u")
		p.typeText("wiki")
		p.press("enter")
		p.shows("Create wiki from which flake?")
		p.shows("git+https://git.example.org/vms")
		p.typeText("#x")
		p.press("enter")
		p.shows("It names an attribute (#), not just a flake.")
		p.press("backspace", "backspace", "esc")
		p.shows("Create a VM: its name")
		p.press("enter", "enter")
		p.until("9 derivations would be built")
		p.shows("Build wiki?")
		p.press("y")
		p.until("Create wiki?")
		p.shows("gcroot links wiki and booted-wiki")
		if p.current("wiki") != "" {
			t.Error("it is there before it was agreed to")
		}
		p.press("y")
		p.until("Create wiki: done")
		p.press("esc")
		p.at("wiki")
		if vm := p.Shot.Inventory.VM("wiki"); vm == nil || vm.Origin != model.OriginImperative || vm.Verdict != model.VerdictKept {
			t.Errorf("it is %+v", vm)
		}
	})
}

// TestCreateWhatNoFlakeHas: nothing is built, and the names that there are can be
// read.
func TestCreateWhatNoFlakeHas(t *testing.T) {
	onDemo(t, 80, 24, Options{}, func(t *testing.T, p *playhouse) {
		p.press(":")
		p.typeText("create")
		p.press("enter")
		p.typeText("wkii")
		p.press("enter", "enter")
		p.until("nixosConfigurations.wkii; it has api")
		p.press("y")
		p.shows("There is nothing to do.")
		p.press("esc")
		if n := len(p.operations()); n != 0 {
			t.Errorf("%d operations", n)
		}
	})
}

func TestCreateOnAReadOnlyScreen(t *testing.T) {
	onDemo(t, 100, 40, Options{ReadOnly: true}, func(t *testing.T, p *playhouse) {
		p.press("+")
		p.shows("Create: read-only")
	})
}
