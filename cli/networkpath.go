package cli

import (
	"microtui/model"
	"microtui/model/doctor"
	"microtui/model/text"
	"microtui/wording"
)

// pathLines is the way of a VM's packets, from the guest on, a line for each
// station; the one where it breaks says why.
func pathLines(i model.Inventory, vm model.Raw) []text.SafeText {
	var lines []text.SafeText
	for _, path := range doctor.Path(i, vm) {
		for at, hop := range path {
			line := text.Safef("%s", hop.What)
			if at > 0 {
				line = "→ " + line
			}
			if hop.Name != "" {
				line += text.Safef(" %s", hop.Name)
			}
			if hop.Detail != "" {
				line += text.Safef(": %s", hop.Detail)
			}
			if hop.Broken != "" {
				line += text.Safef("  BROKEN: %s", hop.Broken)
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// findingLines are the findings that concern a VM.
func findingLines(i model.Inventory, vm model.Raw) []text.SafeText {
	var lines []text.SafeText
	for _, f := range i.Findings {
		for _, name := range f.VMs {
			if name == vm {
				lines = append(lines, text.Safef("%s %s: %s", wording.Of(f.Severity), f.Rule, f.Summary))
			}
		}
	}
	return lines
}
