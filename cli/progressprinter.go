package cli

import (
	"slices"
	"time"

	"microtui/model"
	"microtui/model/text"
	"microtui/wording"
)

// progressPrinter tells how an operation goes: a line for each step that is over, and
// on a terminal what is being done.
type progressPrinter struct {
	*session
	over map[[2]int]model.StepState
}

func (p *progressPrinter) tell(o model.Operation) {
	if p.over == nil {
		p.over = make(map[[2]int]model.StepState)
	}
	var doing text.SafeText
	for item, steps := range o.Steps {
		for at, report := range steps {
			step := o.Plan.Items[item].Steps[at]
			if report.State == model.StepRunning {
				doing = step.Text()
				if report.Activity != "" {
					doing = text.Safef("%s: %s", step.VM, report.Activity)
				}
				if !report.Since.IsZero() {
					doing += text.Safef(", %d s", max(0, int(time.Since(report.Since)/time.Second)))
				}
			}
			if key := [2]int{item, at}; report.Over() && p.over[key] != report.State {
				p.over[key] = report.State
				p.line(o, item, step, report)
			}
		}
	}
	if !p.json {
		p.waiting.show(p.Style.text(doing))
	}
}

// line tells of a step that is over.
func (p *progressPrinter) line(o model.Operation, item int, step model.Step, report model.StepReport) {
	name := o.Plan.Items[item].Name()
	if p.json {
		return
	}
	p.waiting.clear()
	switch report.State {
	case model.StepDone:
		words := text.Safef("%s: %s", name, step.DoneText())
		if report.Reason != "" {
			words += text.Safef(" (%s)", report.Reason)
		}
		p.writeLine(words)
	case model.StepUndone:
		content := text.Safef("%s: %s: undone", name, step.Text())
		if !hasFailed(o.Steps[item]) && report.Reason != "" { // else the one that failed has said why
			content += text.Safef(": %s", report.Reason)
		}
		p.say(content)
	case model.StepFailed:
		p.say(text.Safef("%s: %s", name, report.Reason))
	}
}

func hasFailed(steps []model.StepReport) bool {
	return slices.ContainsFunc(steps, func(s model.StepReport) bool { return s.State == model.StepFailed })
}

// end tells what was left and why, what was freed, and how to undo it.
func (p *progressPrinter) end(o model.Operation) {
	if p.json {
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
			p.writeLine(text.Safef("to undo: %s", undo))
		}
		for _, left := range o.Plan.Items[item].Left {
			p.writeLine(text.Safef("%s: %s: %s", o.Plan.Items[item].Name(), wording.LeftAlone, left))
		}
	}
	for _, some := range not {
		p.say(text.Safef("%s %s: %s", o.Plan.Action, model.Listed(some.Names), some.Reason))
	}
	for _, hand := range o.Account().ByHand {
		p.writeLine(text.Safef("%s: %s: %s", hand.Ref.Name, wording.ByHand, hand.Reason))
	}
	for _, check := range o.Verify() {
		p.writeLine(text.Safef("to verify: %s", check))
	}
	if freed > 0 {
		p.writeLine(text.Safef("freed %s", model.FormatBytes(freed)))
	}
}
