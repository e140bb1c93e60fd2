package tui

import (
	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/dialog"
	"microtui/tui/intent"
	"microtui/tui/scene"
	"microtui/wording"
)

// Operations of the host: what asks it to carry them out, and to tell of them.

// The messages of operations.
type (
	// operationsMsg brings all of them.
	operationsMsg struct {
		list []model.Operation
		err  error
	}
	// operationMsg brings news of one that is followed. open is false at its
	// end.
	operationMsg struct {
		id   string
		from <-chan model.Operation
		now  model.Operation
		open bool
	}
	outputMsg struct {
		id   string
		text model.Raw
		err  error
	}
	// surveyedMsg brings what a look at the disk found, for a dialog.
	surveyedMsg struct {
		dialog int
		found  dialog.Survey
	}
	// beganMsg says what came of an operation that was to begin.
	beganMsg struct {
		dialog int // that asked
		asked  intent.Begin
		id     string
		err    error
	}
	// deedMsg says what came of something that was asked of an operation.
	deedMsg struct {
		what text.SafeText
		err  error
	}
	// comparedMsg brings differences.
	comparedMsg struct{ found []scene.Difference }
)

// readOperations reads what operations there are, one read at a time.
func (a *App) readOperations() tea.Cmd {
	if a.operator == nil || !a.Work.MayRead() {
		return nil
	}
	return guarded(func() tea.Msg {
		list, err := a.operator.Operations(a.ctx)
		return operationsMsg{list, err}
	})
}

// follow follows an operation.
func (a *App) follow(id string) tea.Cmd {
	if !a.Work.MayFollow(id) {
		return nil
	}
	return guarded(func() tea.Msg { return a.nextOperation(id, a.operator.Follow(a.ctx, id)) })
}

func (a *App) nextOperation(id string, from <-chan model.Operation) tea.Msg {
	select {
	case <-a.ctx.Done():
		return endedMsg{}
	case now, open := <-from:
		return operationMsg{id, from, now, open}
	}
}

// survey looks at the disk, and at the closures.
func (a *App) survey(i intent.Survey) tea.Cmd {
	number := a.dialog.Number
	return guarded(func() tea.Msg {
		plan, err := a.operator.Survey(a.ctx, i.Plan)
		return surveyedMsg{number, dialog.Survey{Number: i.Number, Plan: plan, Err: err, Differences: a.differences(i.Compare)}}
	})
}

// differences compares closures.
func (a *App) differences(wanted []model.Comparison) []scene.Difference {
	all := make([]scene.Difference, len(wanted))
	for at, c := range wanted {
		diff, err := a.operator.Compare(a.ctx, c.Before, c.After)
		all[at] = scene.Difference{Comparison: c, Diff: diff, Err: err}
	}
	return all
}

// begin has an operation begun.
func (a *App) begin(i intent.Begin) tea.Cmd {
	number := a.dialog.Number
	return guarded(func() tea.Msg {
		id, err := a.operator.Begin(a.ctx, model.Request{Plan: i.Plan})
		return beganMsg{number, i, id, err}
	})
}

// settle brings an operation to its end.
func (a *App) settle(id string) tea.Cmd {
	a.Work.Settling(id)
	return guarded(func() tea.Msg { return deedMsg{"settle " + text.Safe(model.Raw(id)), a.operator.Settle(a.ctx, id)} })
}

// cancelOperation asks an operation to end where it can.
func (a *App) cancelOperation(i intent.CancelOperation) tea.Cmd {
	if i.Quietly {
		return guarded(func() tea.Msg {
			_ = a.operator.CancelOperation(a.ctx, i.ID) // one that has just ended needs none
			return nil
		})
	}
	o := a.Work.Operation(i.ID)
	if o == nil || o.State != model.OperationRunning {
		return a.warn("Cancel: it is not running")
	}
	title := wording.OperationTitle(o)
	asked := intent.Message{Role: styles.Busy, Text: "cancelling: " + title}
	return tea.Batch(a.tell(asked), guarded(func() tea.Msg {
		return deedMsg{"cancel " + title, a.operator.CancelOperation(a.ctx, i.ID)}
	}))
}

// discard gives up what an operation built.
func (a *App) discard(build string) tea.Cmd {
	return guarded(func() tea.Msg {
		return deedMsg{"discard the build", a.operator.Discard(a.ctx, build)}
	})
}

// readOutput reads what programs said during an operation.
func (a *App) readOutput(id string) tea.Cmd {
	return guarded(func() tea.Msg {
		words, err := a.operator.Output(a.ctx, id)
		return outputMsg{id, words, err}
	})
}
