package dialog

import (
	"slices"

	"microtui/model"
	"microtui/model/text"
	"microtui/tui/intent"
	"microtui/tui/prompt"
	"microtui/tui/scene"
	"microtui/wording"
)

// PlanOptions are what a plan is made from.
type PlanOptions struct {
	// Make makes the plan, with the offer taken or not.
	Make  func(i model.Inventory, taken bool) model.Plan
	Offer *Offer // nil: there is no choice
	// Compare says which closures differ by it; nil: none do.
	Compare func(i model.Inventory) []model.Comparison
	// Build is the operation that built what the plan switches to; empty: none.
	Build  string
	Marked []model.Raw // the marked VMs that it is about; none: it is about none
	Ticks  bool        // each of its things can be ticked
}

// Plan asks whether a plan is to be carried out. What it shows, what is
// agreed to and what is carried out are one value. It is made anew from each
// read of the host; where it is another one then, it is asked again.
type Plan struct {
	plain
	PlanOptions
	choice bool // the offer is taken
	hidden int  // how many of the marked VMs the filter hides
	list   *checklist
	// unbuilt are those that the build failed for.
	unbuilt []model.Blocked

	made    model.Plan      // from the newest read of the host
	against []model.Blocked // what the look at the disk found
	found   model.Plan      // with what it foresees of builds
	differs []scene.Difference
	phase   asking
	look    int // the newest look at the disk: the answer to an earlier one is late
	fault   text.SafeText
	changed []text.SafeText
	field   prompt.Prompt // what was typed of the word that agrees
	wrong   bool          // it is another word
}

// asking is how far a proposal is.
type asking int

const (
	lookDue  asking = iota // at the disk, and at the closures
	looking                // the look goes on
	asks                   // an answer is waited for
	beginDue               // it was agreed to
	begins                 // the operation is being begun
	cannotAsk
)

// NewPlan asks about a plan. Where it does nothing, why says for what reason.
func NewPlan(s *scene.Scene, o PlanOptions) (p *Plan, why text.SafeText) {
	p = &Plan{PlanOptions: o, hidden: s.Unlisted(o.Marked)}
	p.made = p.Make(s.Plans(), false)
	if p.Ticks {
		p.list = &checklist{}
		p.list.begin(p.made)
	}
	if len(p.made.Items) == 0 {
		return nil, wording.Capital(p.made.Action.Verb()) + ": " + whyEmpty(p.made)
	}
	return p, ""
}

// whyEmpty says why a plan does nothing.
func whyEmpty(p model.Plan) text.SafeText {
	if len(p.Refused) > 0 {
		return text.Safe(p.Refused[0].Reason)
	}
	return "there is nothing to do"
}

// now is the plan as it stands: without what the disk spoke against, and with
// the ticks of a list.
func (p *Plan) now() model.Plan {
	plan := p.made
	plan.Refused = slices.Concat(p.unbuilt, plan.Refused, p.against)
	plan.Items = slices.DeleteFunc(slices.Clone(plan.Items), func(i model.Item) bool {
		return slices.ContainsFunc(p.against, func(b model.Blocked) bool { return b.Ref == i.Ref })
	})
	for at, item := range plan.Items {
		told := slices.IndexFunc(p.found.Items, func(i model.Item) bool { return i.Ref == item.Ref })
		if _, flake := item.NewVM(); flake != "" && told >= 0 {
			plan.Items[at].Evidence = p.found.Items[told].Evidence
		}
	}
	if p.list != nil {
		plan = plan.TickOnly(p.list.isTicked)
	}
	return plan
}

// Chosen is what is asked about.
func (p *Plan) Chosen() model.Plan { return p.now().Chosen() }

// word is what has to be typed; empty: a y is enough.
func (p *Plan) word() model.Raw {
	if p.list != nil {
		return p.Chosen().ConsentToTicks()
	}
	word, _ := p.Chosen().Consent()
	return word
}

// Renew implements [Dialog].
func (p *Plan) Renew(s *scene.Scene) Change {
	if p.phase == beginDue || p.phase == begins || p.phase == cannotAsk {
		return Change{}
	}
	p.hidden = s.Unlisted(p.Marked)
	return Change{Anew: p.remake(s)}
}

// remake makes the plan anew, and reports whether what is asked about is
// another one.
func (p *Plan) remake(s *scene.Scene) bool {
	i := s.Plans()
	before, made := p.Chosen(), p.Make(i, p.choice)
	same := whole(made).Digest() == whole(p.made).Digest()
	p.made = made
	if same {
		return false
	}
	p.phase = lookDue
	after := p.Chosen()
	if after.Digest() == before.Digest() {
		return false
	}
	p.changed = changes(i, before, after, made)
	p.untype()
	return true
}

// untype takes back what was typed, and asks for no word until it is agreed
// again.
func (p *Plan) untype() {
	p.field, p.wrong = prompt.Prompt{}, false
	if p.list != nil {
		p.list.agreed = false
	}
}

// whole is a plan with everything ticked.
func whole(p model.Plan) model.Plan { return p.TickOnly(func(model.Ref) bool { return true }) }

// changes says in what a plan is not any more what it was. made is all that
// could be done now.
func changes(i model.Inventory, before, now, made model.Plan) []text.SafeText {
	var all []text.SafeText
	say := func(line text.SafeText) {
		if !slices.Contains(all, line) {
			all = append(all, line)
		}
	}
	for _, item := range before.Items {
		for _, step := range item.Steps {
			for _, d := range model.Differences(i, step) {
				say(text.Safe(d.String()))
			}
		}
		if !includes(now, item.Ref) {
			say(text.Safe(item.Ref.Name) + ": " + whyLeft(made, item.Ref))
		}
	}
	for _, item := range now.Items {
		if !includes(before, item.Ref) {
			say(text.Safe(item.Ref.Name) + " has been added")
		}
	}
	if len(all) == 0 {
		say("The steps have changed.")
	}
	return all
}

func includes(p model.Plan, ref model.Ref) bool {
	return slices.ContainsFunc(p.Items, func(i model.Item) bool { return i.Ref == ref })
}

func whyLeft(p model.Plan, ref model.Ref) text.SafeText {
	for _, b := range p.Refused {
		if b.Ref == ref {
			return text.Safe(b.Reason)
		}
	}
	return "nothing is left to do"
}

// Due implements [Dialog].
func (p *Plan) Due(s *scene.Scene) intent.Intent {
	switch p.phase {
	case lookDue:
		p.phase = looking
		p.look++
		return p.survey(s)
	case beginDue:
		p.phase = begins
		return intent.Begin{Plan: p.Chosen(), Build: p.Build, Marked: len(p.Marked) > 0}
	}
	return nil
}
