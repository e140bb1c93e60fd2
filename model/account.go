package model

import "slices"

// Account is what an operation came to, for who asked for it.
type Account struct {
	Left   []Blocked // what was not done, and why
	Freed  uint64    // bytes
	Undo   []Raw     // commands that take back what was done
	ByHand []Blocked // what is left to do by hand: the reason is a command
	Verify []Raw     // commands that show what was done
}

// Account tells what an operation came to. It is of use when it is over.
func (o Operation) Account() Account {
	account := Account{Verify: o.Verify()}
	for at, steps := range o.Steps {
		item := o.Plan.Items[at]
		for _, report := range steps {
			account.Freed += report.Freed
		}
		if result, reason := o.ItemResult(at); result == ResultFailed {
			account.Left = append(account.Left, Blocked{Ref: item.Ref, Reason: reason, Kind: o.Kind})
			for _, command := range o.stuck(at) {
				account.ByHand = append(account.ByHand, Blocked{Ref: item.Ref, Reason: command})
			}
			continue
		}
		account.Undo = append(account.Undo, o.Undo(at)...)
		if item.ManualStep != "" {
			account.ByHand = append(account.ByHand, Blocked{Ref: item.Ref, Reason: item.ManualStep})
		}
	}
	return account
}

// takesBack are the steps whose undo is what is left to do once what kept it
// from being done is out of the way.
var takesBack = map[StepAction]bool{StepStop: true, StepQuarantine: true}

// stuck are the commands for what of an item was to be taken back and could not
// be, in the order in which they are to be given.
func (o Operation) stuck(at int) []Raw {
	var commands []Raw
	for n, step := range slices.Backward(o.Plan.Items[at].Steps) {
		if o.Steps[at][n].Stuck && takesBack[step.Action] && step.Undo != "" {
			commands = append(commands, step.Undo)
		}
	}
	return commands
}

// Built is what an operation built.
func (o Operation) Built() []Built {
	var all []Built
	for item, steps := range o.Steps {
		for at, report := range steps {
			if step := o.Plan.Items[item].Steps[at]; step.Action == StepBuild && report.State == StepDone {
				all = append(all, Built{VM: step.VM, Runner: report.Result, Flake: step.value(FactFlake)})
			}
		}
	}
	return all
}

// Progress is how many steps of an operation are over, and how many it has.
func (o Operation) Progress() (over, of int) {
	for _, steps := range o.Steps {
		for _, report := range steps {
			of++
			if report.Over() {
				over++
			}
		}
	}
	return over, of
}

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
	StepSnapshot:    func(Plan) Raw { return "microtui snapshots" },
	StepForget:      func(Plan) Raw { return "microtui snapshots" },
	StepSwitch:      func(p Plan) Raw { return rawf("ls -l %s/*/current", p.StateDir) },
	StepCreate:      func(p Plan) Raw { return rawf("ls -l %s/%s", p.StateDir, p.Names()[0]) },
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
		case step.Action == StepDelete, step.Action == StepForget:
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
