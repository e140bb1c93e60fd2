package wording

import (
	"strings"

	"microtui/model"
	"microtui/model/text"
)

// words are those that differ from the model's own, by the model's: each has a
// type of its own, so that "failed" of a VM is another key than that of a step.
var words = map[any]text.SafeText{
	model.StateCrashLoop:        "crash loop",
	model.FreshnessRebootNeeded: "reboot needed",
	model.KindStateDir:          "state dir",
	model.SeverityInfo:          "notice",

	model.SourceSystemd:   "systemd units",
	model.SourceSystems:   "NixOS declarations",
	model.SourceStateDir:  "state directory",
	model.SourceGCRoots:   "gcroot links",
	model.SourceNetwork:   "network interfaces",
	model.SourceNetdevs:   "interface definitions",
	model.SourceHolders:   "interface holders",
	model.SourceUsage:     "CPU and memory",
	model.SourceKeep:      "keep list",
	model.SourceHost:      "host facts",
	model.SourceStorage:   "shares and volumes",
	model.SourceBuiltFrom: "update records",
	model.SourceDevices:   "device files",
}

// Of is the word for one of the model's: of a state, an origin, a kind.
func Of[W ~string](w W) text.SafeText {
	if line, ok := words[any(w)]; ok {
		return line
	}
	return text.Safe(w)
}

// Subject names what a finding or a refusal is about.
func Subject(ref model.Ref) text.SafeText {
	switch ref.Kind {
	case model.KindVM:
		return text.Safe(ref.Name)
	case model.KindHost:
		return "this host"
	}
	return Of(ref.Kind) + " " + text.Safe(ref.Name)
}

// Notes is what a row says last: the notes, after the verdict as a word where
// it is not "kept": colour and sign are never the only mark. Only why, the note
// behind the verdict, stands as its reason; the others are about other parts.
func Notes(verdict model.Verdict, why model.Raw, notes []model.Raw) text.SafeText {
	texts := []string{}
	if verdict != model.VerdictKept {
		texts = append(texts, string(Verdict(verdict, why)))
	}
	for _, note := range notes {
		if note != why || verdict == model.VerdictKept {
			texts = append(texts, string(text.Safe(note)))
		}
	}
	return text.Safe(strings.Join(texts, "; "))
}

// Verdict is a verdict with its reason: "orphan: declared until generation 41".
func Verdict(verdict model.Verdict, why model.Raw) text.SafeText {
	switch {
	case why == "":
		return Of(verdict)
	case strings.HasPrefix(string(why), string(verdict)):
		return text.Safe(why)
	}
	return Of(verdict) + ": " + text.Safe(why)
}

// verdictMeanings say what a verdict means for the reader.
var verdictMeanings = map[model.Verdict]text.SafeText{
	model.VerdictKept:    "kept: belongs to something that is wanted",
	model.VerdictOrphan:  "orphan: a proven leftover",
	model.VerdictSuspect: "suspect: looks like a leftover, not proven",
	model.VerdictUnclear: "unclear: facts are missing or disagree",
	model.VerdictForeign: "foreign: belongs to something else",
}

// VerdictMeaning says what a verdict means for the reader.
func VerdictMeaning(v model.Verdict) text.SafeText { return verdictMeanings[v] }

// roleWords are short names of a VM's units, as stand beside each line of a log.
var roleWords = map[model.Role]text.SafeText{
	model.RoleInstall: "install", model.RoleSetBooted: "booted", model.RoleTap: "tap", model.RoleMacvtap: "macvtap",
	model.RolePCI: "pci", model.RoleVirtiofsd: "virtiofs", model.RoleVM: "vm",
}

// Role is a short name of a unit of a VM.
func Role(r model.Role) text.SafeText { return roleWords[r] }
