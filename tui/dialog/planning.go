package dialog

import (
	"microtui/model"
	"microtui/model/text"
	"microtui/tui/intent"
	"microtui/tui/scene"
)

// What the answers to a plan do.

// Press implements [Dialog].
func (p *Plan) Press(key Key, s *scene.Scene) Change {
	switch key {
	case Agree:
		return p.agree()
	case Submit:
		return p.submit()
	case Take:
		return p.take(s)
	case Tick:
		if p.ticking() {
			p.list.tick(p.now())
		}
	case TickAll:
		if p.ticking() {
			p.list.tickAll(p.now())
		}
	case Leave:
		return p.leave()
	}
	return Change{}
}

// leave peels the dialog off: a word that is asked for first, then all of it.
func (p *Plan) leave() Change {
	if p.list != nil && p.list.agreed {
		p.untype()
		return Change{}
	}
	return closed(p.Left())
}

// agree begins what is asked about, or asks for the word that has to be typed.
func (p *Plan) agree() Change {
	switch why := p.whyNot(); {
	case why != "":
		return Change{Why: why}
	case p.word() == "":
		p.phase, p.fault = beginDue, ""
	case p.list != nil: // else the word is asked for from the start
		p.list.agreed = true
		return Change{Top: true}
	}
	return Change{}
}

// whyNot says why it cannot be agreed to now; empty: it can.
func (p *Plan) whyNot() text.SafeText {
	switch nothing := len(p.Chosen().Items) == 0; {
	case (p.phase == lookDue || p.phase == looking) && newFlake(p.made) != "":
		return "Not yet: the flake is still being evaluated."
	case p.phase == lookDue || p.phase == looking:
		return "Not yet: the disk is still being checked."
	case p.phase == beginDue || p.phase == begins:
		return "It is being started."
	case p.phase == cannotAsk:
		return "Not possible: the disk could not be read."
	case nothing && p.list != nil:
		return "Nothing is ticked."
	case nothing:
		return "There is nothing to do."
	}
	return ""
}

// submit is Enter after something was typed.
func (p *Plan) submit() Change {
	word, why := p.word(), p.whyNot()
	switch {
	case p.field.Text() == "":
		return Change{Why: typeFirst(word)}
	case p.field.Text() != string(word):
		p.wrong = true
	case why != "":
		return Change{Why: why}
	default:
		p.phase, p.fault = beginDue, ""
	}
	return Change{}
}

// typeFirst says that a word has to be typed.
func typeFirst(word model.Raw) text.SafeText { return "First type " + text.Safe(word) + "." }

// take takes the offer, or gives it up.
func (p *Plan) take(s *scene.Scene) Change {
	if p.Offer == nil || p.phase == begins || p.phase == beginDue || p.phase == cannotAsk {
		return Change{}
	}
	p.choice = !p.choice
	if p.remake(s) {
		p.changed = nil // it was asked for
	}
	return Change{Anew: true}
}

// Begun implements [Dialog].
func (p *Plan) Begun(id string, err error) Change {
	switch {
	case err != nil:
		p.phase, p.fault = lookDue, "It was not started: "+text.Safe(err.Error())
		return Change{}
	case p.made.Action == model.ActionBuild:
		return Change{Next: &Build{made: p.now(), marked: p.Marked, asked: true, id: id}, Anew: true}
	}
	return Change{Next: NewFollow(id), Anew: true}
}

// Left implements [Dialog]: what was built for it is given up, when nobody wants
// it any more.
func (p *Plan) Left() intent.Intent {
	if p.Build == "" || p.phase == begins { // then the operation decides
		return nil
	}
	return intent.Discard{Build: p.Build}
}
