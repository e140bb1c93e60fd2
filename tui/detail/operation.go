package detail

import (
	"cmp"
	"strings"
	"time"

	"microtui/model"
	"microtui/model/text"
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
	d.Field("operation", styles.Dim, text.Safe(o.ID))
	d.Field("state", tone.Operation(o.State), wording.Of(o.State))
	d.Field("reason", styles.Warn, text.Safe(o.Reason))
	d.Field("asked by", styles.Text, text.Safe(o.By))
	d.Field("started", styles.Text, wording.Moment(o.StartedAt))
	d.Field("ended", styles.Text, wording.Moment(o.EndedAt))
	d.Field("plan", styles.Dim, text.Safe(o.Digest))
	if o.State == model.OperationInterrupted {
		d.Blank()
		d.Item(styles.Warn, d.Glyphs.Attention, "It was interrupted and is not being carried out. "+
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
			what, state := step.Text(), wording.Of(report.State)
			switch {
			case report.State == model.StepRunning && o.State == model.OperationRunning:
				what, running = wording.StepDoing(step, report, now), len(d.Lines)
			case report.State == model.StepRunning:
				state = "begun"
			}
			if took := tookText(report); took != "" {
				what += ", " + took
			}
			if report.Reason != "" {
				what += ": " + text.Safe(report.Reason)
			}
			d.Step(tone.Step(report.State), state, what)
		}
	}
	return running
}

// tookText is how long a step took, where that is worth knowing.
func tookText(report model.StepReport) text.SafeText {
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
		d.Item(styles.Bad, d.Glyphs.Orphan, text.Safe(left.Ref.Name)+": not done: "+text.Safe(left.Reason))
	}
	for _, item := range o.Plan.Items {
		for _, left := range item.Left {
			d.Item(styles.Warn, d.Glyphs.Attention, text.Safe(item.Ref.Name)+": "+wording.LeftAlone+": "+text.Safe(left))
		}
	}
	for _, hand := range account.ByHand {
		d.Item(styles.Warn, d.Glyphs.Attention, text.Safe(hand.Ref.Name)+": "+wording.ByHand+": "+text.Safe(hand.Reason))
	}
	if account.Freed > 0 {
		d.Field("freed", styles.Text, model.FormatBytes(account.Freed))
	}
	for i, command := range account.Undo {
		d.Field(map[bool]text.SafeText{true: "to undo"}[i == 0], styles.Key, text.Safe(command))
	}
	for i, command := range account.Verify {
		d.Field(map[bool]text.SafeText{true: "to verify"}[i == 0], styles.Key, text.Safe(command))
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
		d.Paragraph(styles.Dim, "No program printed anything.", 1)
	}
	for line := range strings.Lines(string(out.Text)) {
		d.Paragraph(styles.Text, text.Safe(strings.TrimRight(line, "\r\n")), 1)
	}
}
