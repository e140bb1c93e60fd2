package list

import (
	"time"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tone"
	"microtui/tui/draw"
	"microtui/tui/scene"
	"microtui/tui/table"
	"microtui/wording"
)

// startedStamp is when an operation started, as its row says it.
const startedStamp = "02 Jan 15:04"

// Operations lists the operations, the newest first.
type Operations struct{ List }

// Fill makes the rows of what is known. keys are spoken of.
func (l *Operations) Fill(s *scene.Scene, keys draw.Keys) {
	exists := func(ref model.Ref) bool { return s.Work.Operation(string(ref.Name)) != nil }
	l.fill(s, from{}, func() (rows []table.Row) {
		for i := range s.Work.Operations {
			if o := &s.Work.Operations[i]; l.Filter.terms.MatchesTexts(operationTexts(o)...) {
				rows = append(rows, operationRow(o, s.Work.Now, keys))
			}
		}
		return rows
	}, exists)
}

func operationRow(o *model.Operation, now time.Time, keys draw.Keys) table.Row {
	over, of := o.Progress()
	role := tone.Operation(o.State)
	r := table.Row{Set: table.OfOperations, Ref: model.Ref{Kind: scene.KindOperation, Name: model.Raw(o.ID)}}
	r.Cells[table.Name] = draw.Run{Role: styles.Strong, Text: wording.OperationTitle(o)}
	r.Cells[table.State] = draw.Run{Role: role, Text: wording.Of(o.State)}
	r.Cells[table.Steps] = draw.Run{Role: styles.Text, Text: text.Safef("%d/%d", over, of)}
	r.Cells[table.Started] = draw.Run{Role: styles.Dim, Text: text.Safe(o.StartedAt.Local().Format(startedStamp))}
	r.Cells[table.By] = draw.Run{Role: styles.Dim, Text: text.Safe(o.By)}
	switch step, report, running := wording.RunningStep(o); {
	case o.State == model.OperationRunning && running:
		r.Cells[table.Notes] = draw.Run{Role: styles.Busy, Text: wording.StepDoing(step, report, now)}
	case o.State == model.OperationInterrupted:
		r.Cells[table.Notes] = draw.Run{Role: styles.Warn, Text: "not being carried out" + keys.Mention(": ", "settle", " settles it")}
	default:
		r.Cells[table.Notes] = draw.Run{Role: role, Text: text.Safe(o.Reason)}
	}
	return r
}

// operationTexts are what a filter looks for in an operation.
func operationTexts(o *model.Operation) []model.Raw {
	texts := []model.Raw{model.Raw(o.ID), model.Raw(o.State), model.Raw(o.Plan.Action), o.By, o.Reason}
	for i := range o.Plan.Items {
		texts = append(texts, o.Plan.Items[i].Ref.Name)
	}
	return texts
}

// Figures are the figures of the page.
func (l *Operations) Figures(s *scene.Scene) []draw.Figure {
	figures := l.figures("operations")
	for _, state := range []model.OperationState{model.OperationRunning, model.OperationInterrupted, model.OperationFailed} {
		if n := len(s.Work.In(state)); n > 0 {
			figures = append(figures, draw.Figure{Run: draw.Run{Role: tone.Operation(state), Text: text.Safef("%d %s", n, state)}, Rank: 1})
		}
	}
	return figures
}

// RunningFigures say, on other pages, what operations do.
func RunningFigures(s *scene.Scene) []draw.Figure {
	running := s.Work.In(model.OperationRunning)
	words := model.Counted(len(running), "operation")
	switch len(running) {
	case 0:
		return nil
	case 1:
		over, of := running[0].Progress()
		words = running[0].Plan.Action.Verb() + text.Safef(" %d/%d", over, of)
	}
	return []draw.Figure{{Run: draw.Run{Role: styles.Busy, Text: words}, Rank: 0}}
}
