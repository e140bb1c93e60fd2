package e2e

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"microtui/lab"
)

// asPlanned does what carries a plan out that was printed, and fails unless what
// has changed then is what was printed: no more, and no less than the operation
// says it has done.
func asPlanned(t *testing.T, plan planned, carryOut func()) {
	t.Helper()
	before, last := standing(t), recordedIDs(t)
	carryOut()
	looks := twoLooks(before, standing(t))
	steps := looks.steps()
	var printed, done []string
	for _, s := range plan.Steps {
		if s.Ticked {
			printed = append(printed, s.Action+" "+s.Name)
		}
	}
	for _, o := range operations(t) {
		if slices.Contains(last, o.ID) {
			continue
		}
		for _, s := range o.Steps {
			if s.State == "done" && s.Action != "build" {
				done = append(done, s.Action+" "+s.Name)
			}
		}
	}
	for _, step := range steps {
		if !slices.Contains(printed, step) {
			t.Errorf("not printed, and done: %s; printed were %q", step, printed)
		}
	}
	for _, step := range done {
		if !slices.Contains(steps, step) && !looks.hides(step) {
			t.Errorf("told as done, and nothing shows it: %s; what has changed are %q", step, steps)
		}
	}
}

// dryRunOf is what a command prints that is only to say what it would do. It
// changes nothing.
func dryRunOf(t *testing.T, args ...string) planned {
	t.Helper()
	before, last := standing(t), recordedIDs(t)
	out, err := exec.Command(lab.ProgramPath, append(args, "--dry-run", "--json")...).Output()
	if err != nil {
		t.Fatalf("%q --dry-run: %v\n%s", args, err, out)
	}
	if steps := twoLooks(before, standing(t)).steps(); len(steps) > 0 || len(recordedIDs(t)) > len(last) {
		t.Errorf("%q --dry-run has done %q", args, steps)
	}
	var p planned
	if err := json.Unmarshal(out, &p); err != nil {
		t.Fatal(err)
	}
	if len(p.Steps) == 0 {
		t.Fatalf("%q --dry-run: there is nothing to do: %s", args, out)
	}
	return p
}

// TestDoesWhatItPrints: what a command is told to do is what it printed when it
// was to do nothing, by what shows on the host.
func TestDoesWhatItPrints(t *testing.T) {
	lab.Require(t)
	b := newBuilt(t)
	does := func(consent []string, args ...string) {
		t.Helper()
		plan := dryRunOf(t, args...)
		all := slices.Concat(args, consent, []string{"--plan", plan.Digest})
		asPlanned(t, plan, func() { shell(t, lab.ProgramPath, all...) })
		leavesNothing(t)
	}
	yes, named := []string{"--yes"}, []string{"--confirm", b.vm}
	b.revise()
	does(yes, "update", b.vm, "--build-only")
	b.updatesAsAsked(t)
	does(yes, "rollback", b.vm)
	does(yes, "rollback", b.vm, "--restart")
	does(named, "purge", b.vm)
	does(nil, "restore", b.vm)
	b.Start(b.vm)
	does(named, "purge", b.vm)
	does(named, "trash", "empty")
	b.UpstreamCreate(b.vm, b.flake, nil)
	b.Start(b.vm)
	does(named, "purge", b.vm, "--now")
}

// updatesAsAsked updates the VM from a terminal, where what is to be switched to
// is known, and shown, only when it is built.
func (b *built) updatesAsAsked(t *testing.T) {
	t.Helper()
	screen := onTerminal(t, lab.ProgramPath, "update", b.vm, "--restart")
	text := screen.WaitFor("[y/N]")
	var plan planned
	for line := range strings.Lines(text) {
		if step, is := strings.CutPrefix(line, "  - "); is {
			words := strings.Fields(step)
			plan.Steps = append(plan.Steps, plannedStep{Action: words[0], Name: words[1], Ticked: true})
		}
	}
	asPlanned(t, plan, func() {
		screen.Type("y\r")
		if status, said := screen.Exit(time.Minute); status != 0 {
			t.Errorf("update: status %d, %s", status, said)
		}
	})
	if now := b.named(t)["current"]; len(plan.Steps) != 2 || !strings.Contains(strings.ReplaceAll(text, "\n", ""), now) {
		t.Errorf("it was updated to %s, and asked about was\n%s", now, text)
	}
}
