package model

import "slices"

// TickOnly is the plan with these things ticked and no others: what somebody
// chose from a list, whatever is ticked from the start.
func (p Plan) TickOnly(ticked func(Ref) bool) Plan {
	p.Items = slices.Clone(p.Items)
	for at := range p.Items {
		p.Items[at].Ticked = ticked(p.Items[at].Ref)
	}
	return p
}

// PlanLeftover clears one proven leftover away: what clean-up would do about
// it, and nothing else.
func PlanLeftover(i Inventory, ref Ref) Plan {
	p := PlanCleanUp(i, CleanUpOptions{}).TickOnly(func(other Ref) bool { return other == ref }).Chosen()
	if len(p.Items) > 0 {
		p.Refused = nil
		return p
	}
	for _, b := range p.Refused {
		if b.Ref == ref || b.Ref.Kind == KindHost {
			p.Refused = []Blocked{b}
			return p
		}
	}
	p.Refused = []Blocked{{Ref: ref, Reason: i.notProven(ref), Kind: ErrRefused}}
	return p
}

// notProven says why something is not cleared away as a leftover.
func (i *Inventory) notProven(ref Ref) Raw {
	at := slices.IndexFunc(i.Leftovers, func(l Leftover) bool { return l.Ref == ref })
	if at < 0 {
		return rawf("leftover %s no longer exists", ref.Name)
	}
	l := &i.Leftovers[at]
	why := rawf("not a proven leftover: %s", l.Verdict)
	if len(l.Evidence) > 0 {
		why += ", " + l.Evidence[0]
	}
	return why
}
