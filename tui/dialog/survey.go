package dialog

import (
	"slices"

	"microtui/model"
	"microtui/model/text"
	"microtui/tui/intent"
	"microtui/tui/scene"
)

// What a plan looks at, in the background, before it is asked about.

// Survey is what was found.
type Survey struct {
	Number      int        // of the question
	Plan        model.Plan // without what the disk speaks against
	Err         error
	Differences []scene.Difference
}

// survey asks for a look at the disk, and at the closures that are not known
// yet.
func (p *Plan) survey(s *scene.Scene) intent.Intent {
	i := intent.Survey{Number: p.look, Plan: p.made}
	if p.Compare == nil {
		return i
	}
	var known []scene.Difference
	for _, c := range p.Compare(s.Shot.Inventory) {
		at := slices.IndexFunc(p.differs, func(d scene.Difference) bool { return d.Comparison == c && d.Err == nil })
		if at < 0 {
			i.Compare = append(i.Compare, c)
		} else {
			known = append(known, p.differs[at])
		}
	}
	p.differs = known
	return i
}

// Surveyed implements [Dialog]. What answers an earlier question is late.
func (p *Plan) Surveyed(found Survey) Change {
	if p.look != found.Number || p.phase != looking {
		return Change{}
	}
	p.phase, p.differs, p.against, p.found = asks, append(p.differs, found.Differences...), nil, found.Plan
	if found.Err != nil {
		p.phase, p.fault = cannotAsk, "the disk could not be read: "+text.Safe(found.Err.Error())
	}
	for _, item := range p.made.Items {
		if at := slices.IndexFunc(found.Plan.Refused, func(b model.Blocked) bool { return b.Ref == item.Ref }); at >= 0 {
			p.against = append(p.against, found.Plan.Refused[at])
		}
	}
	return Change{Anew: true}
}
