package tui

import (
	"testing"
	"time"

	"microtui/backend/demo"
	"microtui/model"
)

// updates builds an update of a VM until the difference is shown.
func (p *playhouse) updates(name string) {
	p.t.Helper()
	p.at(name)
	p.press("u")
	p.shows("Update " + name)
	p.shows("Leaving cancels the build.")
	p.until("linux: 6.12.41 → 6.12.58, +2.2M")
}

func TestUpdateShowsTheDifferenceFirst(t *testing.T) {
	onDemo(t, 100, 40, Options{}, func(t *testing.T, p *playhouse) {
		before := p.current("api")
		p.updates("api")
		p.shows("r restart: no")
		p.shows("it keeps running what it booted until it is restarted")
		p.press("esc")
		p.hides("Update api")
		if p.current("api") != before || len(p.operations()) != 1 {
			t.Error("something changed")
		}
		p.updates("api")
		p.press("r")
		p.shows("r restart: yes")
		p.shows("- restart api")
		p.press("y")
		p.until("Update api: done")
		p.shows("done      restart api")
		after := p.current("api")
		if after == before {
			t.Fatal("nothing changed")
		}
		p.press("esc", "b")
		p.shows("Roll back api?")
		p.press("y")
		p.until("Roll back api: done")
		if p.current("api") != before {
			t.Error("it is not what it was")
		}
	})
}

func TestUpdateSeveral(t *testing.T) {
	onDemo(t, 100, 60, Options{}, func(t *testing.T, p *playhouse) {
		p.at("api")
		p.press("space")
		p.at("build")
		p.press("space")
		p.at("lab")
		p.press("space", "u")
		p.shows("Update api, build, lab")
		p.until("Update 3 marked VMs, 2 of them hidden by the filter?")
		p.shows("api: /nix/store/")
		p.says("build: /nix/store/")
		p.shows("lab: already current")
		p.press("y")
		p.until("Update 2 things: done")
		if p.vms.HasMarks() {
			t.Error("the marks stay after the deed")
		}
	})
}

func TestLeavingCancelsTheBuild(t *testing.T) {
	onDemo(t, 100, 40, Options{}, func(t *testing.T, p *playhouse) {
		before := p.current("api")
		p.at("api")
		p.press("u")
		p.shows("running   build api")
		p.press("esc")
		p.hides("Update api")
		p.until("not done: cancelled")
		if o := p.operations()[0]; o.State != model.OperationUndone || p.current("api") != before {
			t.Errorf("the build is %s", o.State)
		}
	})
}

func TestNothingNewIsSaid(t *testing.T) {
	onDemo(t, 100, 40, Options{}, func(t *testing.T, p *playhouse) {
		p.at("lab")
		p.press("u")
		p.until("lab: no differences")
		p.shows("n Esc")
		p.press("y")
		if n := len(p.operations()); n != 1 {
			t.Errorf("%d operations", n)
		}
	})
}

// A build that only its dialog wants ends with the program.
func TestQuittingGivesTheBuildUp(t *testing.T) {
	onDemo(t, 100, 40, Options{}, func(t *testing.T, p *playhouse) {
		p.at("api")
		p.press("u")
		p.giveUpBuild()
		p.over()
		if o := p.operations()[0]; o.State != model.OperationUndone {
			t.Errorf("the build is %s", o.State)
		}
	})
}

// What nix says of a build that fails is shown, made safe; nothing is proposed.
func TestABuildThatFails(t *testing.T) {
	onDemo(t, 100, 40, Options{}, func(t *testing.T, p *playhouse) {
		p.at("api")
		p.press("u")
		id := p.dialog.Shows()
		o := *p.Work.Operation(id)
		o.State = model.OperationFailed
		o.Steps = [][]model.StepReport{{{State: model.StepFailed, Reason: "error: \x1b[31mflake has no attribute\nhere"}}}
		p.send(operationMsg{id: id, from: make(chan model.Operation), now: o, open: true})
		p.shows("Nothing was built, and nothing changed.")
		p.shows("failed    build api: error: ^[[31mflake has no attribute^Jhere")
		p.press("y")
		p.shows("Nothing was built")
		p.press("esc")
		p.hides("Nothing was built")
	})
}

// TestAnotherFlakeReference: what somebody wrote into `flake` since the last
// update is built from only when that is agreed to, in full sight of it.
func TestAnotherFlakeReference(t *testing.T) {
	onDemo(t, 100, 40, Options{}, func(t *testing.T, p *playhouse) {
		p.at("api")
		p.press("u")
		p.says("api: this flake reference is used for the first time")
		p.until("linux: 6.12.41 → 6.12.58, +2.2M")
		p.press("y")
		p.until("Update api: done")
		p.press("esc")
		before := len(p.operations())
		const other = "github:somebody/else?ref=a%20b"
		p.live.Do(func(h *demo.Host) { h.Retarget("api", other) })
		p.pass(3 * time.Second)
		p.at("api")
		p.press("u")
		p.shows("Build api?")
		p.says("its flake reference has changed since its last update")
		p.shows("now: " + other)
		p.press("y")
		p.shows("Type api")
		if len(p.operations()) != before {
			t.Fatal("a y built from it")
		}
		p.press("backspace")
		p.typeText("api")
		p.press("enter")
		p.until("api: already current") // so what it was built from counts as used
		p.press("esc")
		p.at("api")
		p.press("u")
		p.shows("Update api")
		p.hides("flake reference")
	})
}
