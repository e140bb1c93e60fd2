package model

// Account is what an operation came to, for who asked for it.
type Account struct {
	Left   []Barred // what was not done, and why
	Freed  uint64   // bytes
	Undo   []Raw    // commands that take back what was done
	ByHand []Barred // what is left to do by hand: the reason is a command
	Verify []Raw    // commands that show what was done
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
			account.Left = append(account.Left, Barred{Ref: item.Ref, Reason: reason, Kind: o.Kind})
			continue
		}
		account.Undo = append(account.Undo, o.Undo(at)...)
		if item.Remains != "" {
			account.ByHand = append(account.ByHand, Barred{Ref: item.Ref, Reason: item.Remains})
		}
	}
	return account
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
