package model

// Collection is what came of a run of the periodic clean-up.
type Collection struct {
	Cleaned       []Collected
	Left          []Collected // with the reason
	Expired       []Collected // entries of the trash that were deleted
	SafetyWarning Raw         // why nothing was removed that would have been; empty: nothing kept it
	// Blocked: it keeps everything, the trash too.
	Blocked bool
}

// Collected is what became of one thing.
type Collected struct {
	Ref    Ref
	Reason Raw
	Failed bool // it was tried
}

// ReportedLeftovers are the leftovers that a periodic clean-up tells of: what
// is proven, and what looks like one.
func ReportedLeftovers(i Inventory) []Leftover {
	var found []Leftover
	reported := func(v Verdict) bool { return v == VerdictOrphan || v == VerdictSuspect }
	for _, vm := range i.VMs {
		if !reported(vm.Verdict) {
			continue
		}
		l := Leftover{Ref: vm.Ref(), Verdict: vm.Verdict, Evidence: vm.Evidence, Notes: vm.Notes, Why: vm.Why}
		if vm.Directory != nil {
			l.Bytes = vm.Directory.Bytes
		}
		found = append(found, l)
	}
	for _, l := range i.Leftovers {
		if reported(l.Verdict) {
			found = append(found, l)
		}
	}
	return found
}

// Collected says what became of each thing of a plan that was carried out as
// far as it was ticked. The operation is the zero value where nothing was.
func (p Plan) Collected(o Operation) Collection {
	places := make(map[Ref]int, len(o.Plan.Items))
	for at, item := range o.Plan.Items {
		places[item.Ref] = at
	}
	return p.collection(func(item Item) (became Collected, done bool) {
		at, begun := places[item.Ref]
		if !begun {
			return Collected{Ref: item.Ref, Reason: firstOf(item.Unticked, "not begun")}, false
		}
		result, reason := o.ItemResult(at)
		return Collected{item.Ref, reason, result == ResultFailed && !o.LeftOut(at)}, result != ResultFailed
	})
}

// WouldCollect says the same of a plan that is carried out now and succeeds.
func (p Plan) WouldCollect() Collection {
	return p.collection(func(item Item) (became Collected, done bool) {
		return Collected{Ref: item.Ref, Reason: item.Unticked}, item.Ticked
	})
}

func (p Plan) collection(of func(Item) (became Collected, done bool)) Collection {
	c := Collection{SafetyWarning: p.SafetyWarning}
	for _, item := range p.Items {
		switch became, done := of(item); {
		case !done:
			c.Left = append(c.Left, became)
		case item.Ref.Kind == KindTrash:
			c.Expired = append(c.Expired, became)
		default:
			c.Cleaned = append(c.Cleaned, became)
		}
	}
	for _, b := range p.Refused {
		if b.Ref.Kind == KindHost {
			c.SafetyWarning, c.Blocked = b.Reason, true
			continue
		}
		c.Left = append(c.Left, Collected{Ref: b.Ref, Reason: b.Reason})
	}
	return c
}
