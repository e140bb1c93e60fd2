package cli

import (
	"slices"
	"time"

	"microtui/model"
)

// teller tells how an operation goes: a line for each step that is over, and
// on a terminal what is being done.
type teller struct {
	*session
	over map[[2]int]model.StepState
}

func (t *teller) tell(o model.Operation) {
	if t.over == nil {
		t.over = make(map[[2]int]model.StepState)
	}
	var doing model.SafeText
	for item, steps := range o.Steps {
		for at, report := range steps {
			step := o.Plan.Items[item].Steps[at]
			if report.State == model.StepRunning {
				doing = step.Text()
				if report.Activity != "" {
					doing = model.Safef("%s: %s", step.VM, report.Activity)
				}
				if !report.Since.IsZero() {
					doing += model.Safef(", %d s", max(0, int(time.Since(report.Since)/time.Second)))
				}
			}
			if key := [2]int{item, at}; report.Over() && t.over[key] != report.State {
				t.over[key] = report.State
				t.line(o, item, step, report)
			}
		}
	}
	if !t.json {
		t.waiting.show(t.Look.text(doing))
	}
}

// line tells of a step that is over.
func (t *teller) line(o model.Operation, item int, step model.Step, report model.StepReport) {
	name := o.Plan.Items[item].Name()
	if t.json {
		return
	}
	t.waiting.clear()
	switch report.State {
	case model.StepDone:
		text := model.Safef("%s: %s", name, step.DoneText())
		if report.Reason != "" {
			text += model.Safef(" (%s)", report.Reason)
		}
		t.writeLine(text)
	case model.StepUndone:
		text := model.Safef("%s: %s: taken back", name, step.Text())
		if !hasFailed(o.Steps[item]) && report.Reason != "" { // else the one that failed has said why
			text += model.Safef(": %s", report.Reason)
		}
		t.say(text)
	case model.StepFailed:
		t.say(model.Safef("%s: %s", name, report.Reason))
	}
}

func hasFailed(steps []model.StepReport) bool {
	return slices.ContainsFunc(steps, func(s model.StepReport) bool { return s.State == model.StepFailed })
}

// end tells what was left and why, what was freed, and how to undo it.
func (t *teller) end(o model.Operation) {
	if t.json {
		return
	}
	var freed uint64
	var not []model.SameReason
	for item, steps := range o.Steps {
		if result, reason := o.ItemResult(item); result == model.ResultFailed {
			if untouched(o, item) {
				not = model.AddReason(not, o.Plan.Items[item].Name(), reason)
			}
			continue
		}
		for _, report := range steps {
			freed += report.Freed
		}
		for _, undo := range o.Undo(item) {
			t.writeLine(model.Safef("to undo: %s", undo))
		}
		for _, left := range o.Plan.Items[item].Left {
			t.writeLine(model.Safef("%s: left alone: %s", o.Plan.Items[item].Name(), left))
		}
	}
	for _, some := range not {
		t.say(model.Safef("%s %s: %s", o.Plan.Action, model.Listed(some.Names), some.Reason))
	}
	for _, hand := range o.Account().ByHand {
		t.writeLine(model.Safef("%s: left to do by hand: %s", hand.Ref.Name, hand.Reason))
	}
	for _, check := range o.Verify() {
		t.writeLine(model.Safef("to verify: %s", check))
	}
	if freed > 0 {
		t.writeLine(model.Safef("freed %s", model.FormatBytes(freed)))
	}
}
