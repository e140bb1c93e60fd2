package tui

import (
	"cmp"
	"strings"
	"time"

	"microtui/model"
	"microtui/styles"
	"microtui/tone"
	"microtui/tui/draw"
	"microtui/tui/scene"
	"microtui/tui/table"
	"microtui/wording"
)

// The page of operations, and the tabs of one.

// startedStamp is when an operation started, as its row says it.
const startedStamp = "02 Jan 15:04"

func operationRow(o *model.Operation, now time.Time, keys keyring) table.Row {
	over, of := o.Progress()
	role := tone.Operation(o.State)
	r := table.Row{Set: table.OfOperations, Ref: model.Ref{Kind: scene.KindOperation, Name: model.Raw(o.ID)}}
	r.Cells[table.Name] = draw.Run{Role: styles.Strong, Text: shortTitle(o)}
	r.Cells[table.State] = draw.Run{Role: role, Text: wording.Of(o.State)}
	r.Cells[table.Steps] = draw.Run{Role: styles.Text, Text: model.Safef("%d/%d", over, of)}
	r.Cells[table.Started] = draw.Run{Role: styles.Dim, Text: model.Safe(model.Raw(o.StartedAt.Local().Format(startedStamp)))}
	r.Cells[table.By] = draw.Run{Role: styles.Dim, Text: model.Safe(o.By)}
	switch step, report, running := stepNow(o); {
	case o.State == model.OperationRunning && running:
		r.Cells[table.Notes] = draw.Run{Role: styles.Busy, Text: doing(step, report, now)}
	case o.State == model.OperationInterrupted:
		r.Cells[table.Notes] = draw.Run{Role: styles.Warn, Text: "nobody works on it" + keys.Mention(": ", "settle", " settles it")}
	default:
		r.Cells[table.Notes] = draw.Run{Role: role, Text: model.Safe(o.Reason)}
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

// operationTabs are the parts of the page about an operation.
var operationTabs = []tab{{"steps", writeOperation}, {"output", writeOutput}}

func writeOperation(d *draw.Document, about subject) {
	o := about.operation
	d.Field("operation", styles.Dim, model.Safe(model.Raw(o.ID)))
	d.Field("state", tone.Operation(o.State), wording.Of(o.State))
	d.Field("reason", styles.Warn, model.Safe(o.Reason))
	d.Field("asked by", styles.Text, model.Safe(o.By))
	d.Field("started", styles.Text, wording.Moment(o.StartedAt))
	d.Field("ended", styles.Text, wording.Moment(o.EndedAt))
	d.Field("plan", styles.Dim, model.Safe(model.Raw(o.Digest)))
	if o.State == model.OperationInterrupted {
		d.Blank()
		d.Item(styles.Warn, d.Glyphs.Attention, "It was interrupted, and nobody works on it. "+
			cmp.Or(d.Keys.Mention("Press ", "settle", " to settle it: "), "To settle it: ")+settles(o))
	}
	d.Heading("Steps")
	writeSteps(d, o, about.now)
	if o.State != model.OperationRunning {
		writeAccount(d, o)
	}
}

// writeSteps tells of each step how far it is, and what came of it. It gives
// the line of the step that runs.
func writeSteps(d *draw.Document, o *model.Operation, now time.Time) (running int) {
	for item, steps := range o.Steps {
		for at, report := range steps {
			step := o.Plan.Items[item].Steps[at]
			text, state := step.Text(), wording.Of(report.State)
			switch {
			case report.State == model.StepRunning && o.State == model.OperationRunning:
				text, running = doing(step, report, now), len(d.Lines)
			case report.State == model.StepRunning:
				state = "begun"
			}
			if took := tookText(report); took != "" {
				text += ", " + took
			}
			if report.Reason != "" {
				text += ": " + model.Safe(report.Reason)
			}
			d.Step(tone.Step(report.State), state, text)
		}
	}
	return running
}

// tookText is how long a step took, where that is worth knowing.
func tookText(report model.StepReport) model.SafeText {
	if took := report.Ended.Sub(report.Since); report.Over() && !report.Since.IsZero() && took >= time.Second {
		return wording.Length(took.Round(time.Second))
	}
	return ""
}

// writeAccount is what an operation came to.
func writeAccount(d *draw.Document, o *model.Operation) {
	account := o.Account()
	d.Blank()
	for _, left := range account.Left {
		d.Item(styles.Bad, d.Glyphs.Orphan, model.Safe(left.Ref.Name)+": not done: "+model.Safe(left.Reason))
	}
	for _, item := range o.Plan.Items {
		for _, left := range item.Left {
			d.Item(styles.Warn, d.Glyphs.Attention, model.Safe(item.Ref.Name)+": left alone: "+model.Safe(left))
		}
	}
	for _, hand := range account.ByHand {
		d.Item(styles.Warn, d.Glyphs.Attention, model.Safe(hand.Ref.Name)+": left to do by hand: "+model.Safe(hand.Reason))
	}
	if account.Freed > 0 {
		d.Field("freed", styles.Text, model.FormatBytes(account.Freed))
	}
	for i, command := range account.Undo {
		d.Field(map[bool]model.SafeText{true: "to undo"}[i == 0], styles.Key, model.Safe(command))
	}
	for i, command := range account.Verify {
		d.Field(map[bool]model.SafeText{true: "to verify"}[i == 0], styles.Key, model.Safe(command))
	}
}

func writeOutput(d *draw.Document, about subject) {
	out := about.output
	switch {
	case out == nil || out.id != about.operation.ID || out.reading && out.text == "" && out.fault == "":
		d.Paragraph(styles.Dim, "Reading ...", 1)
		return
	case out.fault != "":
		d.Paragraph(styles.Fault, out.fault, 1)
	case out.text == "":
		d.Paragraph(styles.Dim, "No program said anything during it.", 1)
	}
	for line := range strings.Lines(string(out.text)) {
		d.Paragraph(styles.Text, model.Safe(model.Raw(strings.TrimRight(line, "\r\n"))), 1)
	}
}

// emptyOperations is the page where there are no operations.
func (a *App) emptyOperations(d *draw.Document) {
	switch {
	case a.operator == nil:
		d.Paragraph(styles.Dim, wording.Capital(a.noOperator())+": it has no operations.", 1)
	case a.ops.fault != "":
		d.Paragraph(styles.Fault, "The operations could not be read: "+a.ops.fault, 1)
	case !a.ops.known:
		d.Paragraph(styles.Dim, "Reading ...", 1)
	default:
		d.Paragraph(styles.Dim, "No operations yet. Purge, clean-up, update, rollback, restore and delete are some.", 1)
	}
}
