package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
)

// What the answers to a proposal do.

// beganMsg says what came of an operation that was to begin.
type beganMsg struct {
	from content
	id   string
	err  error
}

// agree is a y: it begins what is asked about, or asks for the word that has
// to be typed.
func (p *proposal) agree() {
	switch {
	case p.phase != asks || len(p.chosen().Items) == 0:
	case p.word() == "":
		p.phase, p.fault = beginDue, ""
	case p.list != nil: // else the word is asked for from the start
		p.list.agreed = true
	}
}

// submit is Enter after something was typed.
func (p *proposal) submit(a *App) tea.Cmd {
	word := p.word()
	switch {
	case p.field.Text() == "":
		return a.leaveDialog()
	case p.field.Text() != string(word):
		p.wrong = true
	case p.phase == asks && word != "":
		p.phase, p.fault = beginDue, ""
	}
	return nil
}

// submitWord is Enter where a word has to be typed.
func (a *App) submitWord() tea.Cmd {
	if t, ok := a.dialog.content.(typed); ok {
		return t.submit(a)
	}
	return nil
}

// begin has an operation begun, in the background.
func (a *App) begin(from content, plan model.Plan) tea.Cmd {
	return guarded(func() tea.Msg {
		id, err := a.operator.Begin(a.ctx, model.Request{Plan: plan})
		return beganMsg{from, id, err}
	})
}

// began follows an operation that was begun, in the dialog that asked for it.
func (a *App) began(msg beganMsg, now time.Time) tea.Cmd {
	open := a.dialog.content == msg.from
	switch from := msg.from.(type) {
	case *proposal:
		return a.proposalBegan(from, msg, open, now)
	case *building:
		return a.buildBegan(from, msg, open, now)
	}
	return nil
}

func (a *App) proposalBegan(p *proposal, msg beganMsg, open bool, now time.Time) tea.Cmd {
	if msg.err != nil {
		m := failure(p.made.Action.Verb(), msg.err)
		m.At = now
		a.record.add(m)
		if !open {
			return tea.Batch(a.tell(m), a.discard(p.build))
		}
		p.phase, p.fault = lookDue, "It was not begun: "+model.Safe(model.Raw(msg.err.Error()))
		a.fit()
		return nil
	}
	if p.build != "" {
		a.ops.await(msg.id, p.build)
	}
	if p.made.Action == model.ActionBuild {
		if !open {
			return tea.Batch(a.follow(msg.id), a.unwanted(msg.id))
		}
		a.openDialog(p.builds(msg.id))
		a.dialog.quiet = now.Add(settling)
		a.fit()
		return a.follow(msg.id)
	}
	if p.marked > 0 {
		a.marks.clear()
	}
	if open {
		a.openDialog(&following{id: msg.id})
		a.dialog.quiet = now.Add(settling)
	}
	a.fit()
	return a.follow(msg.id)
}

// await notes what is to be discarded when an operation has ended.
func (q *operations) await(id, build string) {
	if q.builds == nil {
		q.builds = map[string]string{}
	}
	q.builds[id] = build
}

// left gives up what was built for it, when nobody wants it any more.
func (p *proposal) left(a *App) tea.Cmd {
	if p.phase == begins {
		return nil // the operation decides
	}
	return a.discard(p.build)
}

// discard gives up what an operation built.
func (a *App) discard(build string) tea.Cmd {
	if build == "" {
		return nil
	}
	return guarded(func() tea.Msg {
		return deedMsg{"give up what was built", a.operator.Discard(a.ctx, build)}
	})
}

// toggleChoice takes the choice, or gives it up.
func (a *App) toggleChoice() {
	p, ok := a.dialog.content.(*proposal)
	if !ok || p.offer == nil || p.phase == begins || p.phase == beginDue || p.phase == cannotAsk {
		return
	}
	p.choice = !p.choice
	if p.remake(a) {
		p.changed = nil // it was asked for
	}
	a.dialog.quiet = a.keyTime.Add(settling)
}
