package tui

import (
	"cmp"
	"strings"
	"time"

	"microtui/model"
	"microtui/styles"
)

// The page of operations, and the tabs of one.

// startedStamp is when an operation started, as its row says it.
const startedStamp = "02 Jan 15:04"

func operationRow(o *model.Operation, now time.Time, keys keyring) row {
	over, of := o.Progress()
	role := operationRoles[o.State]
	r := row{ref: model.Ref{Kind: kindOperation, Name: model.Raw(o.ID)}}
	r.cells[columnName] = run{styles.Strong, shortTitle(o)}
	r.cells[columnState] = run{role, word(o.State, nil)}
	r.cells[columnSteps] = run{styles.Text, model.Safef("%d/%d", over, of)}
	r.cells[columnStarted] = run{styles.Dim, model.Safe(model.Raw(o.StartedAt.Local().Format(startedStamp)))}
	r.cells[columnBy] = run{styles.Dim, model.Safe(o.By)}
	switch step, report, running := stepNow(o); {
	case o.State == model.OperationRunning && running:
		r.cells[columnNotes] = run{styles.Busy, doing(step, report, now)}
	case o.State == model.OperationInterrupted:
		r.cells[columnNotes] = run{styles.Warn, "nobody works on it" + keys.mention(": ", "settle", " settles it")}
	default:
		r.cells[columnNotes] = run{role, model.Safe(o.Reason)}
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

func writeOperation(d *document, about subject) {
	o := about.operation
	d.field("operation", styles.Dim, model.Safe(model.Raw(o.ID)))
	d.field("state", operationRoles[o.State], word(o.State, nil))
	d.field("reason", styles.Warn, model.Safe(o.Reason))
	d.field("asked by", styles.Text, model.Safe(o.By))
	d.field("started", styles.Text, timeText(o.StartedAt))
	d.field("ended", styles.Text, timeText(o.EndedAt))
	d.field("plan", styles.Dim, model.Safe(model.Raw(o.Digest)))
	if o.State == model.OperationInterrupted {
		d.blank()
		d.item(styles.Warn, d.glyphs.Attention, "It was interrupted, and nobody works on it. "+
			cmp.Or(d.keys.mention("Press ", "settle", " to settle it: "), "To settle it: ")+settles(o))
	}
	d.heading("Steps")
	writeSteps(d, o, about.now)
	if o.State != model.OperationRunning {
		writeAccount(d, o)
	}
}

// writeSteps tells of each step how far it is, and what came of it. It gives
// the line of the step that runs.
func writeSteps(d *document, o *model.Operation, now time.Time) (running int) {
	for item, steps := range o.Steps {
		for at, report := range steps {
			step := o.Plan.Items[item].Steps[at]
			text, state := step.Text(), word(report.State, nil)
			switch {
			case report.State == model.StepRunning && o.State == model.OperationRunning:
				text, running = doing(step, report, now), len(d.lines)
			case report.State == model.StepRunning:
				state = "begun"
			}
			if took := tookText(report); took != "" {
				text += ", " + took
			}
			if report.Reason != "" {
				text += ": " + model.Safe(report.Reason)
			}
			d.step(stepRoles[report.State], state, text)
		}
	}
	return running
}

// tookText is how long a step took, where that is worth knowing.
func tookText(report model.StepReport) model.SafeText {
	if took := report.Ended.Sub(report.Since); report.Over() && !report.Since.IsZero() && took >= time.Second {
		return durationText(took.Round(time.Second))
	}
	return ""
}

// writeAccount is what an operation came to.
func writeAccount(d *document, o *model.Operation) {
	account := o.Account()
	d.blank()
	for _, left := range account.Left {
		d.item(styles.Bad, d.glyphs.Orphan, model.Safe(left.Ref.Name)+": not done: "+model.Safe(left.Reason))
	}
	for _, item := range o.Plan.Items {
		for _, left := range item.Left {
			d.item(styles.Warn, d.glyphs.Attention, model.Safe(item.Ref.Name)+": left alone: "+model.Safe(left))
		}
	}
	for _, hand := range account.ByHand {
		d.item(styles.Warn, d.glyphs.Attention, model.Safe(hand.Ref.Name)+": left to do by hand: "+model.Safe(hand.Reason))
	}
	if account.Freed > 0 {
		d.field("freed", styles.Text, model.FormatBytes(account.Freed))
	}
	for i, command := range account.Undo {
		d.field(map[bool]model.SafeText{true: "to undo"}[i == 0], styles.Key, model.Safe(command))
	}
	for i, command := range account.Verify {
		d.field(map[bool]model.SafeText{true: "to verify"}[i == 0], styles.Key, model.Safe(command))
	}
}

func writeOutput(d *document, about subject) {
	out := about.output
	switch {
	case out == nil || out.id != about.operation.ID || out.reading && out.text == "" && out.fault == "":
		d.paragraph(styles.Dim, "Reading ...", 1)
		return
	case out.fault != "":
		d.paragraph(styles.Fault, out.fault, 1)
	case out.text == "":
		d.paragraph(styles.Dim, "No program said anything during it.", 1)
	}
	for line := range strings.Lines(string(out.text)) {
		d.paragraph(styles.Text, model.Safe(model.Raw(strings.TrimRight(line, "\r\n"))), 1)
	}
}

// emptyOperations is the page where there are no operations.
func (a *App) emptyOperations(d *document) {
	switch {
	case a.operator == nil:
		d.paragraph(styles.Dim, capital(a.noOperator())+": it has no operations.", 1)
	case a.ops.fault != "":
		d.paragraph(styles.Fault, "The operations could not be read: "+a.ops.fault, 1)
	case !a.ops.known:
		d.paragraph(styles.Dim, "Reading ...", 1)
	default:
		d.paragraph(styles.Dim, "No operations yet. Purge, clean-up, update, rollback, restore and delete are some.", 1)
	}
}
