package wording

import (
	"time"

	"microtui/model"
	"microtui/model/text"
)

// What a plan does not do: a part of a thing that stays, and why; and a command
// that is left to the reader.
const (
	LeftAlone = "left alone"
	ByHand    = "to do by hand"
)

// OperationTitle names an operation on one line: "clean up 8 things".
func OperationTitle(o *model.Operation) text.SafeText {
	if n := len(o.Plan.Items); n != 1 {
		return o.Plan.Action.Of(model.Counted(n, "thing"))
	}
	return o.Plan.Title()
}

// RunningStep finds the step that an operation is at; ok is false where it is at
// none.
func RunningStep(o *model.Operation) (step model.Step, report model.StepReport, ok bool) {
	for item, steps := range o.Steps {
		for at, report := range steps {
			if report.State == model.StepRunning {
				return o.Plan.Items[item].Steps[at], report, true
			}
		}
	}
	return model.Step{}, model.StepReport{}, false
}

// StepDoing says what a running step is at: "stop web, 12 s: asks the guest".
func StepDoing(step model.Step, report model.StepReport, now time.Time) text.SafeText {
	line := step.Text()
	if took := now.Sub(report.Since); !report.Since.IsZero() && took >= time.Second {
		line += text.Safef(", %d s", took/time.Second)
	}
	if report.Activity != "" {
		line += ": " + text.Safe(report.Activity)
	}
	return line
}

// Settles says what settling an operation does: from the quarantine on it is
// finished, before that it is undone.
func Settles(o *model.Operation) text.SafeText {
	for item, reports := range o.Steps {
		if passed(o.Plan.Items[item].Steps, reports) {
			return "some steps cannot be undone, so the remaining ones are carried out, each after its conditions are checked again."
		}
	}
	return "everything done so far can be undone, so it is."
}

// passed reports whether a step is done that is not taken back.
func passed(steps []model.Step, reports []model.StepReport) bool {
	for at, report := range reports {
		if report.State == model.StepDone && steps[at].Action.Passes() {
			return true
		}
	}
	return false
}
