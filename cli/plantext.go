package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/wording"
)

// question names what a plan does to its things: "Purge web, db".
func question(plan model.Plan) string {
	title := string(plan.Title())
	return strings.ToUpper(title[:1]) + title[1:]
}

// preview shows a plan before it is asked about.
func (s *session) preview(plan model.Plan) { fmt.Fprint(s.Err, s.planText(plan)) }

// planText is a plan as lines: each thing with its steps, and what is freed.
func (s *session) planText(plan model.Plan) string {
	var out strings.Builder
	line := func(role styles.Role, content text.SafeText) {
		out.WriteString(s.Style.inked(role, string(s.Style.text(content))) + "\n")
	}
	for _, unseen := range plan.Unseen {
		line(styles.Warn, text.Safe(unseen))
	}
	if plan.SafetyWarning != "" {
		line(styles.Warn, text.Safe(plan.SafetyWarning))
	}
	for _, item := range plan.Items {
		line(styles.Strong, itemTitle(item, plan.Action))
		for _, caution := range item.Cautions {
			line(styles.Warn, text.Safef("    %s", caution))
		}
		for _, evidence := range item.Evidence {
			line(styles.Dim, "    "+text.Safe(evidence))
		}
		for _, shown := range item.Facts(time.Local) {
			line(styles.Dim, "    "+shown)
		}
		for _, step := range item.Steps {
			words := "  - " + step.Text()
			if step.Target != "" {
				words += text.Safef(" (%s)", step.Target)
			}
			if undo := step.UndoText(); undo != "" {
				words += "; " + undo
			}
			line(styles.Text, words)
			if step.Action == model.StepStop {
				s.takenText(item, line)
			}
		}
		for _, left := range item.Left {
			line(styles.Warn, text.Safef("    %s: %s", wording.LeftAlone, left))
		}
		if item.ManualStep != "" {
			line(styles.Warn, text.Safef("    %s: %s", wording.ByHand, item.ManualStep))
		}
	}
	for _, b := range plan.Refused {
		line(styles.Warn, text.Safef("%s: refused: %s", b.Ref.Name, b.Reason))
	}
	if freed := plan.FreedText(); freed != "" {
		line(styles.Text, freed)
	}
	return out.String()
}

// takenText is what the stop of an item takes down by itself.
func (s *session) takenText(item model.Item, line func(styles.Role, text.SafeText)) {
	for _, down := range item.TakesDown {
		role := styles.Text
		if down.Though != "" {
			role = styles.Warn
		}
		line(role, "    "+down.Text())
	}
}

func itemTitle(item model.Item, action model.Action) text.SafeText {
	title := text.Safef("%s %s", wording.Of(item.Ref.Kind), item.Name())
	if action == model.ActionCleanUp {
		tick := text.SafeText("[ ] ")
		if item.Ticked {
			tick = "[x] "
		}
		title = tick + title
	}
	if item.Verdict != "" {
		title += text.Safef(" (%s)", item.Verdict)
	}
	return title
}

// planDocument is the JSON of --dry-run.
type planDocument struct {
	Schema  int         `json:"schema"`
	Digest  string      `json:"digest"`
	Confirm *model.Raw  `json:"confirm"` // what --confirm needs for all of it; null: --yes is enough
	Steps   []stepEntry `json:"steps"`
	Refused []blocked   `json:"refused"`
	Left    []blocked   `json:"left"` // what of a thing is left alone, and why
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
	TakesDown  []model.TakenDown `json:"takes_down"` // interfaces that a stop takes down by itself
}

type blocked struct {
	Kind   model.Kind `json:"kind"`
	Name   model.Raw  `json:"name"`
	Reason model.Raw  `json:"reason"`
}

func newPlanDocument(plan model.Plan) planDocument {
	word, _ := plan.Consent()
	doc := planDocument{Schema: schema, Digest: plan.Digest(), Confirm: orNull(word), Steps: []stepEntry{}, Left: []blocked{}}
	for _, item := range plan.Items {
		for _, left := range item.Left {
			doc.Left = append(doc.Left, blocked{item.Ref.Kind, item.Ref.Name, left})
		}
		if !item.Ticked {
			doc.Left = append(doc.Left, blocked{item.Ref.Kind, item.Ref.Name, howToTick(item.Unticked, plan)})
		}
		evidence := slices.Concat(item.Cautions, item.Evidence)
		if kills := item.Kills(); kills != "" {
			evidence = append(evidence, kills)
		}
		for _, step := range item.Steps {
			var down []model.TakenDown
			if step.Action == model.StepStop {
				down = item.TakesDown
			}
			doc.Steps = append(doc.Steps, stepEntry{
				Action: step.Action, Kind: step.Ref.Kind, Name: step.Ref.Name, VM: orNull(step.VM), Undo: orNull(step.Undo),
				Bytes: step.Bytes, Ticked: item.Ticked, Target: orNull(step.Target), Evidence: orEmpty(evidence),
				Confirm: orNull(item.ConfirmWord), Conditions: orEmpty(step.Conditions),
				TakesDown: orEmpty(down),
			})
		}
	}
	doc.Refused = convert(plan.Refused, func(b model.Blocked) blocked { return blocked{b.Ref.Kind, b.Ref.Name, b.Reason} })
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
