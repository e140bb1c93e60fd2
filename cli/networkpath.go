package cli

import (
	"microtui/model"
	"microtui/model/doctor"
	"microtui/wording"
)

// pathLines is the way of a VM's packets, from the guest on, a line for each
// station; the one where it breaks says why.
func pathLines(i model.Inventory, vm model.Raw) []model.SafeText {
	var lines []model.SafeText
	for _, path := range doctor.Path(i, vm) {
		for at, hop := range path {
			text := model.Safef("%s", hop.What)
			if at > 0 {
				text = "→ " + text
			}
			if hop.Name != "" {
				text += model.Safef(" %s", hop.Name)
			}
			if hop.Detail != "" {
				text += model.Safef(": %s", hop.Detail)
			}
			if hop.Broken != "" {
				text += model.Safef("  BROKEN: %s", hop.Broken)
			}
			lines = append(lines, text)
		}
	}
	return lines
}

// findingLines are the findings that concern a VM.
func findingLines(i model.Inventory, vm model.Raw) []model.SafeText {
	var lines []model.SafeText
	for _, f := range i.Findings {
		for _, name := range f.VMs {
			if name == vm {
				lines = append(lines, model.Safef("%s %s: %s", wording.Of(f.Severity), f.Rule, f.Summary))
			}
		}
	}
	return lines
}
