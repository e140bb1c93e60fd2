package cli

import (
	"fmt"
	"strings"
	"time"

	"microtui/model"
	"microtui/styles"
)

// stepWords say what a step will do, of its thing.
var stepWords = map[model.StepAction]string{
	model.StepStop:        "stop %s",
	model.StepQuarantine:  "move the directory of %s into the trash",
	model.StepDeleteLink:  "delete interface %s",
	model.StepRemoveRoot:  "remove gcroot link %s",
	model.StepResetFailed: "reset the failed state of %s",
	model.StepEndProcess:  "end process %s",
	model.StepRestore:     "bring %s back",
	model.StepDelete:      "delete %s for good",
	model.StepBuild:       "build %s",
	model.StepSwitch:      "switch %s to its new runner",
	model.StepRestart:     "restart %s",
}

// stepDone are the same once they are done, after the name of the item.
var stepDone = map[model.StepAction]string{
	model.StepStop:        "stopped",
	model.StepQuarantine:  "its directory is in the trash",
	model.StepDeleteLink:  "interface %s deleted",
	model.StepRemoveRoot:  "gcroot link %s removed",
	model.StepResetFailed: "failed state of %s reset",
	model.StepEndProcess:  "process %s ended",
	model.StepRestore:     "it is back",
	model.StepDelete:      "deleted for good",
	model.StepBuild:       "built",
	model.StepSwitch:      "switched to its new runner",
	model.StepRestart:     "restarted",
}

func stepText(words map[model.StepAction]string, step model.Step) model.SafeText {
	form, ok := words[step.Action]
	if !ok {
		form = string(step.Action) + " %s"
	}
	if !strings.Contains(form, "%s") {
		return model.Safe(model.Raw(form))
	}
	return model.Safef(form, step.Ref.Name)
}

var planVerbs = map[model.Action]string{
	model.ActionPurge: "Purge", model.ActionCleanUp: "Clean up", model.ActionRestore: "Restore",
	model.ActionEmpty: "Delete for good", model.ActionBuild: "Build", model.ActionUpdate: "Update", model.ActionRollback: "Roll back",
}

// planTitle names a plan's things: "Purge web, db".
func planTitle(plan model.Plan) string {
	const most = 4
	var names []string
	for at, item := range plan.Items {
		if at == most {
			names = append(names, fmt.Sprintf("and %d more", len(plan.Items)-most))
			break
		}
		names = append(names, string(item.Ref.Name))
	}
	verb, ok := planVerbs[plan.Action]
	if !ok {
		verb = string(plan.Action)
	}
	return verb + " " + strings.Join(names, ", ")
}

// preview shows a plan before it is asked about.
func (s *session) preview(plan model.Plan) { fmt.Fprint(s.Err, s.planText(plan)) }

// planText is a plan as lines: each thing with its steps, and what is freed.
func (s *session) planText(plan model.Plan) string {
	var out strings.Builder
	line := func(role styles.Role, text model.SafeText) {
		out.WriteString(s.Look.inked(role, string(s.Look.text(text))) + "\n")
	}
	for _, item := range plan.Items {
		line(styles.Strong, itemTitle(item, plan.Action))
		for _, evidence := range item.Evidence {
			line(styles.Dim, "    "+model.Safe(evidence))
		}
		for _, text := range itemFacts(item) {
			line(styles.Dim, "    "+text)
		}
		for _, step := range item.Steps {
			text := "  - " + stepText(stepWords, step)
			if step.Target != "" {
				text += model.Safef(" (%s)", step.Target)
			}
			if step.Undo != "" {
				text += model.Safef("; undo: %s", step.Undo)
			} else if !step.Harmless {
				text += "; cannot be undone"
			}
			line(styles.Text, text)
		}
		if item.Remains != "" {
			line(styles.Warn, model.Safef("    left to do by hand: %s", item.Remains))
		}
	}
	for _, b := range plan.Refused {
		line(styles.Warn, model.Safef("%s: left out: %s", b.Ref.Name, b.Reason))
	}
	if now, later := plan.Freed(); now+later > 0 {
		line(styles.Text, model.Safef("frees %s now, %s when the trash is emptied", model.FormatBytes(now), model.FormatBytes(later)))
	}
	return out.String()
}

func itemTitle(item model.Item, action model.Action) model.SafeText {
	title := model.Safef("%s %s", word(item.Ref.Kind, kindWords), item.Ref.Name)
	if action == model.ActionCleanUp {
		tick := model.SafeText("[ ] ")
		if item.Ticked {
			tick = "[x] "
		}
		title = tick + title
	}
	if item.Verdict != "" {
		title += model.Safef(" (%s)", item.Verdict)
	}
	return title
}

// itemFacts are what one wants to know before agreeing.
func itemFacts(item model.Item) []model.SafeText {
	var facts []model.SafeText
	if item.Removed != "" {
		facts = append(facts, model.Safef("gone since %s", item.Removed))
	}
	if item.Running {
		facts = append(facts, "it runs")
	}
	if item.HeldBy != "" {
		facts = append(facts, model.Safef("held by %s", item.HeldBy))
	}
	if item.Data {
		facts = append(facts, "holds data")
	}
	if item.Bytes != nil {
		facts = append(facts, model.Safef("%s on disk", model.FormatBytes(*item.Bytes)))
	}
	if !item.Written.IsZero() {
		facts = append(facts, model.Safef("last written to %s", item.Written.Local().Format(time.DateTime)))
	}
	return facts
}

// planDocument is the JSON of --dry-run.
type planDocument struct {
	Schema  int         `json:"schema"`
	Digest  string      `json:"digest"`
	Confirm *model.Raw  `json:"confirm"` // what --confirm needs for all of it; null: --yes is enough
	Steps   []stepEntry `json:"steps"`
	Refused []barred    `json:"refused"`
}

type stepEntry struct {
	Action     model.StepAction  `json:"action"`
	Kind       model.Kind        `json:"kind"`
	Name       model.Raw         `json:"name"`
	VM         *model.Raw        `json:"vm"`
	Undo       *model.Raw        `json:"undo"`
	Bytes      *uint64           `json:"bytes"`
	Ticked     bool              `json:"ticked"`
	Target     *model.Raw        `json:"target"`
	Evidence   []model.Raw       `json:"evidence"`
	Confirm    *model.Raw        `json:"confirm"` // what has to be typed
	Conditions []model.Condition `json:"conditions"`
}

type barred struct {
	Kind   model.Kind `json:"kind"`
	Name   model.Raw  `json:"name"`
	Reason model.Raw  `json:"reason"`
}

func newPlanDocument(plan model.Plan) planDocument {
	word, _ := plan.Consent()
	doc := planDocument{Schema: schema, Digest: plan.Digest(), Confirm: orNull(word), Steps: []stepEntry{}}
	for _, item := range plan.Items {
		for _, step := range item.Steps {
			doc.Steps = append(doc.Steps, stepEntry{
				Action: step.Action, Kind: step.Ref.Kind, Name: step.Ref.Name, VM: orNull(step.VM), Undo: orNull(step.Undo),
				Bytes: step.Bytes, Ticked: item.Ticked, Target: orNull(step.Target), Evidence: orEmpty(item.Evidence),
				Confirm: orNull(item.Word), Conditions: orEmpty(step.Conditions),
			})
		}
	}
	doc.Refused = convert(plan.Refused, func(b model.Barred) barred { return barred{b.Ref.Kind, b.Ref.Name, b.Reason} })
	return doc
}

// showPlan is the answer to --dry-run.
func (s *session) showPlan(plan model.Plan) error {
	for _, b := range plan.Refused {
		if b.Kind != nil {
			s.refused++
		}
	}
	if s.json {
		return s.answerJSON(newPlanDocument(plan))
	}
	s.answer.WriteString(s.planText(plan))
	if len(plan.Items) == 0 && len(plan.Refused) == 0 {
		s.answer.WriteString("nothing to do\n")
	} else {
		s.answer.WriteString("plan " + plan.Digest() + "\n")
	}
	return nil
}
