package cli

import (
	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/wording"
)

// gcDocument is the JSON of gc. With --dry-run, cleaned and expired are what
// would be.
type gcDocument struct {
	Schema        int             `json:"schema"`
	DryRun        bool            `json:"dry_run"`
	Leftovers     []leftoverEntry `json:"leftovers"`
	Cleaned       []collectedItem `json:"cleaned"`
	Left          []leftItem      `json:"left"`
	Expired       []model.Raw     `json:"expired"` // ids of entries of the trash
	SafetyWarning *model.Raw      `json:"brake"`
	Operation     *string         `json:"operation"` // null: nothing was to be done
}

type collectedItem struct {
	Kind model.Kind `json:"kind"`
	Name model.Raw  `json:"name"`
}

type leftItem struct {
	Kind   model.Kind `json:"kind"`
	Name   model.Raw  `json:"name"`
	Reason model.Raw  `json:"reason"`
}

// answerCollection answers with what was found and done, or would be.
func (s *session) answerCollection(i model.Inventory, c model.Collection, operation *string, dryRun bool) error {
	found := model.ReportedLeftovers(i)
	if s.json {
		return s.answerJSON(gcDocument{
			Schema: schema, DryRun: dryRun, Operation: operation, SafetyWarning: orNull(c.SafetyWarning),
			Leftovers: convert(found, newLeftoverEntry),
			Cleaned:   convert(c.Cleaned, func(d model.Collected) collectedItem { return collectedItem{d.Ref.Kind, d.Ref.Name} }),
			Left:      convert(c.Left, func(d model.Collected) leftItem { return leftItem{d.Ref.Kind, d.Ref.Name, d.Reason} }),
			Expired:   convert(c.Expired, func(d model.Collected) model.Raw { return d.Ref.Name }),
		})
	}
	s.sayFaults(i)
	if c.SafetyWarning != "" {
		s.say(text.Safef("gc: nothing is removed: %s", c.SafetyWarning))
	}
	removed, deleted := "removed", "deleted from the trash"
	if dryRun {
		removed, deleted = "would be removed", "would be deleted from the trash"
	}
	out := table{style: s.Style}
	row := func(role styles.Role, ref model.Ref, what text.SafeText) {
		out.add(role, wording.Of(ref.Kind), text.Safe(ref.Name), what)
	}
	for _, l := range found {
		if l.Verdict == model.VerdictSuspect {
			row(styles.Warn, l.Ref, text.Safe("suspect: "+l.Evidence[0]))
		}
	}
	for _, d := range c.Cleaned {
		row(styles.Text, d.Ref, text.Safe(removed))
	}
	for _, d := range c.Expired {
		row(styles.Text, d.Ref, text.Safe(deleted))
	}
	for _, d := range c.Left {
		row(styles.Text, d.Ref, text.Safef("left: %s", d.Reason))
	}
	s.answerTable(out)
	return nil
}
