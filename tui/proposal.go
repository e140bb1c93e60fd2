package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/tui/prompt"
	"microtui/tui/scene"
	"microtui/wording"
)

// proposal asks whether a plan is to be carried out. What it shows, what is
// agreed to and what is carried out are one value. It is made anew from each
// read of the host; where it is another one then, it is asked again.
type proposal struct {
	// plan makes the plan, with the choice taken or not.
	plan   func(i model.Inventory, choice bool) model.Plan
	offer  *offer // nil: there is no choice
	choice bool
	// compare says which closures differ by it; nil: none do.
	compare func(i model.Inventory) []scene.Comparison
	// build is the operation that built what the plan switches to; empty: none.
	build  string
	marked int // how many marked VMs it is about; 0: it is about none
	hidden int // and how many of them the filter hides
	list   *checklist
	// unbuilt are those that the build failed for.
	unbuilt []model.Blocked

	made    model.Plan      // from the newest read of the host
	against []model.Blocked // what the look at the disk found
	differs []scene.Difference
	phase   asking
	look    int // the newest look at the disk: the answer to an earlier one is late
	fault   model.SafeText
	changed []model.SafeText
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

// offer is a choice beside yes and no.
type offer struct {
	key  model.SafeText
	text model.SafeText // "restart: "
}

// propose opens a dialog for a plan, or says why there is none.
func (a *App) propose(p *proposal) tea.Cmd {
	p.made = p.plan(a.plans(), p.choice)
	if p.list != nil {
		p.list.begin(p.made)
	}
	if len(p.made.Items) == 0 {
		a.closeDialog()
		return a.warn(wording.Capital(p.made.Action.Verb()) + ": " + whyEmpty(p.made))
	}
	a.openDialog(p)
	return nil
}

// whyEmpty says why a plan does nothing.
func whyEmpty(p model.Plan) model.SafeText {
	if len(p.Refused) > 0 {
		return model.Safe(p.Refused[0].Reason)
	}
	return "there is nothing to do"
}

// now is the plan as it stands: without what the disk spoke against, and with
// the ticks of a list.
func (p *proposal) now() model.Plan {
	plan := p.made
	plan.Refused = slices.Concat(p.unbuilt, plan.Refused, p.against)
	plan.Items = slices.DeleteFunc(slices.Clone(plan.Items), func(i model.Item) bool {
		return slices.ContainsFunc(p.against, func(b model.Blocked) bool { return b.Ref == i.Ref })
	})
	if p.list != nil {
		plan = plan.TickOnly(p.list.isTicked)
	}
	return plan
}

// chosen is what is asked about.
func (p *proposal) chosen() model.Plan { return p.now().Chosen() }

// word is what has to be typed; empty: a y is enough.
func (p *proposal) word() model.Raw {
	word, _ := p.chosen().Consent()
	return word
}

// renew implements content.
func (p *proposal) renew(a *App) bool {
	if p.phase == beginDue || p.phase == begins || p.phase == cannotAsk {
		return false
	}
	return p.remake(a)
}

// remake makes the plan anew, and reports whether what is asked about is
// another one.
func (p *proposal) remake(a *App) bool {
	i := a.plans()
	before, made := p.chosen(), p.plan(i, p.choice)
	same := whole(made).Digest() == whole(p.made).Digest()
	p.made = made
	if same {
		return false
	}
	p.phase = lookDue
	after := p.chosen()
	if after.Digest() == before.Digest() {
		return false
	}
	p.changed, p.field, p.wrong = changes(i, before, after, made), prompt.Prompt{}, false
	if p.list != nil {
		p.list.agreed = false
	}
	return true
}

// whole is a plan with everything ticked.
func whole(p model.Plan) model.Plan { return p.TickOnly(func(model.Ref) bool { return true }) }

// changes says in what a plan is not any more what it was. made is all that
// could be done now.
func changes(i model.Inventory, before, now, made model.Plan) []model.SafeText {
	var all []model.SafeText
	say := func(text model.SafeText) {
		if !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	for _, item := range before.Items {
		for _, step := range item.Steps {
			for _, d := range model.Differences(i, step) {
				say(model.Safe(model.Raw(d.String())))
			}
		}
		if !includes(now, item.Ref) {
			say(model.Safe(item.Ref.Name) + ": " + whyLeft(made, item.Ref))
		}
	}
	for _, item := range now.Items {
		if !includes(before, item.Ref) {
			say(model.Safe(item.Ref.Name) + " is part of it now")
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

func whyLeft(p model.Plan, ref model.Ref) model.SafeText {
	for _, b := range p.Refused {
		if b.Ref == ref {
			return model.Safe(b.Reason)
		}
	}
	return "there is nothing left to do about it"
}

// due begins what has to be done next.
func (p *proposal) due(a *App) tea.Cmd {
	switch p.phase {
	case lookDue:
		p.phase = looking
		p.look++
		return p.lookAt(a, p.look)
	case beginDue:
		p.phase = begins
		return a.begin(p, p.chosen())
	}
	return nil
}
