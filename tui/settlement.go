package tui

import (
	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/styles"
	"microtui/tui/detail"
	"microtui/tui/draw"
	"microtui/wording"
)

// settlement asks whether an operation that was interrupted is to be brought
// to its end.
type settlement struct {
	id    string
	state model.OperationState
}

func (s *settlement) layer() layers { return onConfirm }

func (s *settlement) title(a *App) model.SafeText {
	if o := a.ops.of(s.id); o != nil {
		return "Settle " + wording.OperationTitle(o) + "?"
	}
	return "Settle " + model.Safe(model.Raw(s.id)) + "?"
}

func (s *settlement) answer() (model.SafeText, bool) {
	return "settle it", s.state == model.OperationInterrupted
}

// renew implements content: somebody else may have settled it.
func (s *settlement) renew(a *App) bool {
	before := s.state
	s.state = ""
	if o := a.ops.of(s.id); o != nil {
		s.state = o.State
	}
	return before != s.state
}

func (s *settlement) write(a *App, d *draw.Document) {
	o := a.ops.of(s.id)
	if o == nil || s.state != model.OperationInterrupted {
		d.Paragraph(styles.Warn, "There is nothing to settle any more.", 0)
		return
	}
	d.Paragraph(styles.Text, "Operation "+model.Safe(model.Raw(o.ID))+" was interrupted, as by a power loss, and nobody works on it.", 0)
	d.Paragraph(styles.Text, "To settle it: "+wording.Settles(o), 0)
	d.Heading("Steps")
	detail.WriteSteps(d, o, a.jobs.now)
}

// settleOperation asks about the operation that is selected.
func (a *App) settleOperation() tea.Cmd {
	o := a.selectedOperation()
	switch {
	case o == nil:
		return a.warn("Settle: no operation is selected")
	case a.reasonToSettle() != "":
		return a.warn("Settle: " + a.reasonToSettle())
	}
	a.openDialog(&settlement{id: o.ID, state: o.State})
	return nil
}

func (a *App) reasonToSettle() model.SafeText {
	o := a.selectedOperation()
	switch why := a.barred(); {
	case why != "":
		return why
	case o == nil:
		return "no operation is selected"
	case o.State != model.OperationInterrupted:
		return "it is " + wording.Of(o.State) + ": there is nothing to settle"
	case !a.shot.Inventory.Host.Privileged:
		return "not permitted: run as root"
	}
	return ""
}

// do is the y to it.
func (s *settlement) do(a *App) tea.Cmd {
	if s.state != model.OperationInterrupted {
		return nil
	}
	id := s.id
	if o := a.ops.of(id); o != nil {
		o.State = model.OperationRunning // until it is read again
	}
	a.openDialog(&following{id: id})
	return guarded(func() tea.Msg { return deedMsg{"settle " + model.Safe(model.Raw(id)), a.operator.Settle(a.ctx, id)} })
}
