package detail

import (
	"cmp"
	"strings"
	"time"

	"microtui/model"
	"microtui/styles"
	"microtui/tone"
	"microtui/tui/draw"
	"microtui/wording"
)

// The page of operations, and the tabs of one.

// operationTabs are the parts of the page about an operation.
var operationTabs = []tab{{"steps", WriteOperation}, {"output", writeOutput}}

// WriteOperation writes what an operation is, how far it is and what it came to.
func WriteOperation(d *draw.Document, about Subject) {
	o := about.Operation
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
			cmp.Or(d.Keys.Mention("Press ", "settle", " to settle it: "), "To settle it: ")+wording.Settles(o))
	}
	d.Heading("Steps")
	WriteSteps(d, o, about.Now)
	if o.State != model.OperationRunning {
		WriteAccount(d, o)
	}
}

// WriteSteps tells of each step how far it is, and what came of it. It gives
// the line of the step that runs.
func WriteSteps(d *draw.Document, o *model.Operation, now time.Time) (running int) {
	for item, steps := range o.Steps {
		for at, report := range steps {
			step := o.Plan.Items[item].Steps[at]
			text, state := step.Text(), wording.Of(report.State)
			switch {
			case report.State == model.StepRunning && o.State == model.OperationRunning:
				text, running = wording.StepDoing(step, report, now), len(d.Lines)
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

// WriteAccount is what an operation came to.
func WriteAccount(d *draw.Document, o *model.Operation) {
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

func writeOutput(d *draw.Document, about Subject) {
	out := about.Output
	switch {
	case out == nil || out.ID != about.Operation.ID || out.Reading && out.Text == "" && out.Fault == "":
		d.Paragraph(styles.Dim, "Reading ...", 1)
		return
	case out.Fault != "":
		d.Paragraph(styles.Fault, out.Fault, 1)
	case out.Text == "":
		d.Paragraph(styles.Dim, "No program said anything during it.", 1)
	}
	for line := range strings.Lines(string(out.Text)) {
		d.Paragraph(styles.Text, model.Safe(model.Raw(strings.TrimRight(line, "\r\n"))), 1)
	}
}
