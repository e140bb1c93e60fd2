package model

import "slices"

// verifies are the standard commands that show what a step did.
var verifies = map[StepAction]func(p Plan) Raw{
	StepStop:        func(Plan) Raw { return "systemctl list-units 'microvm*'" },
	StepRestart:     func(Plan) Raw { return "systemctl list-units 'microvm*'" },
	StepResetFailed: func(Plan) Raw { return "systemctl list-units --failed" },
	StepDeleteLink:  func(Plan) Raw { return "ip -br link" },
	StepRemoveRoot:  func(Plan) Raw { return "ls -l /nix/var/nix/gcroots/microvm" },
	StepQuarantine:  func(p Plan) Raw { return "ls " + p.StateDir },
	StepRestore:     func(p Plan) Raw { return "ls " + p.StateDir },
	StepDelete:      func(Plan) Raw { return "microtui trash" },
	StepSwitch:      func(p Plan) Raw { return rawf("ls -l %s/*/current", p.StateDir) },
}

// Verify lists the standard commands that show what an operation did.
func (o Operation) Verify() []Raw {
	var commands []Raw
	show := func(action StepAction) {
		command := verifies[action]
		if command == nil {
			return
		}
		if text := command(o.Plan); !slices.Contains(commands, text) {
			commands = append(commands, text)
		}
	}
	for at, steps := range o.Steps {
		item := o.Plan.Items[at]
		for n, report := range steps {
			if report.State != StepDone {
				continue
			}
			show(item.Steps[n].Action)
			if item.Steps[n].Action == StepStop && len(item.TakesDown) > 0 {
				show(StepDeleteLink)
			}
		}
	}
	return commands
}

// Undo lists the commands that take an item back, in the order in which they
// are to be given: none where a part of it is gone for good. What a restore
// from the trash brings back needs no command of its own.
func (o Operation) Undo(at int) []Raw {
	var commands []Raw
	inTrash := false
	for n, step := range o.Plan.Items[at].Steps {
		done := o.Steps[at][n].State == StepDone
		switch {
		case !done:
		case step.Action == StepDelete:
			return nil
		case step.Action == StepQuarantine:
			inTrash = true
			commands = []Raw{step.Undo}
		case step.Undo != "" && !inTrash && step.Action != StepBuild:
			commands = append(commands, step.Undo)
		}
	}
	return commands
}
