package model

import (
	"fmt"
	"slices"
	"strings"
)

// TickOnly is the plan with these things ticked and no others: what somebody
// chose from a list, whatever is ticked from the start.
func (p Plan) TickOnly(ticked func(Ref) bool) Plan {
	p.Items = slices.Clone(p.Items)
	for at := range p.Items {
		p.Items[at].Ticked = ticked(p.Items[at].Ref)
	}
	return p
}

// Chosen is the plan with what is ticked, and nothing else: what is confirmed
// and carried out.
func (p Plan) Chosen() Plan {
	p.Items = slices.DeleteFunc(slices.Clone(p.Items), func(i Item) bool { return !i.Ticked })
	return p
}

// Unticked are the items that are only offered, by the reason for that.
func (p Plan) Unticked() []SameReason {
	var all []SameReason
	for _, item := range p.Items {
		if !item.Ticked {
			all = AddReason(all, item.Name(), item.Unticked)
		}
	}
	return all
}

// SameReason is a reason, with the names of all that it holds for.
type SameReason struct {
	Names  []Raw
	Reason Raw
}

// AddReason adds a name to those that a reason holds for, so that each reason
// is told once.
func AddReason(all []SameReason, name, reason Raw) []SameReason {
	for at := range all {
		if all[at].Reason == reason {
			all[at].Names = append(all[at].Names, name)
			return all
		}
	}
	return append(all, SameReason{[]Raw{name}, reason})
}

// Consent is what has to be typed to agree to what is ticked: the name of the
// one thing, or the number of several; of several that lose something for good
// the names of those, with blanks between. Empty: a y is enough, since all of it
// can be taken back. count is how many items are ticked.
func (p Plan) Consent() (word Raw, count int) {
	chosen := p.Chosen()
	count = len(chosen.Items)
	asks := slices.ContainsFunc(chosen.Items, func(i Item) bool { return i.ConfirmWord != "" || !i.Undoable() })
	var lose []string
	for _, item := range chosen.Items {
		if item.Loses {
			lose = append(lose, string(item.ConfirmWord))
		}
	}
	switch {
	case !asks:
		return "", count
	case len(lose) > 0:
		return Raw(strings.Join(lose, " ")), count
	case count == 1:
		return chosen.Names()[0], count
	}
	return Raw(fmt.Sprint(count)), count
}

// ConsentToTicks is [Plan.Consent] to what somebody ticked in a list. A list is
// ticked by one key, so that what holds data or runs needs more than a y, too:
// the name of the one thing, or the number of all.
func (p Plan) ConsentToTicks() Raw {
	chosen := p.Chosen()
	word, count := chosen.Consent()
	switch {
	case word != "" || len(chosen.Weighty()) == 0:
		return word
	case count == 1:
		return chosen.Names()[0]
	}
	return Raw(fmt.Sprint(count))
}

// Weighty are the items that hold data or run.
func (p Plan) Weighty() []Item {
	return slices.DeleteFunc(slices.Clone(p.Items), func(i Item) bool { return !i.Data && !i.Running })
}

// withLosses asks for a VM's name where its stop, or its restart, loses what its
// processes have open.
func (i *Inventory) withLosses(item Item, vm Raw) Item {
	ends := slices.ContainsFunc(item.Steps, func(s Step) bool {
		return (s.Action == StepStop || s.Action == StepRestart) && s.VM == vm
	})
	if !ends {
		return item
	}
	for _, conflict := range lossConflicts(i.Losses(vm)) {
		item.Cautions = append(item.Cautions, conflict.Reason())
		item.ConfirmWord, item.Loses = vm, true
	}
	return item
}
