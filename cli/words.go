package cli

import (
	"strings"

	"microtui/model"
	"microtui/styles"
)

// sourceNames says what a source is to a reader.
var sourceNames = map[model.Source]string{
	model.SourceSystemd:   "units of systemd",
	model.SourceSystems:   "declarations of the NixOS systems",
	model.SourceStateDir:  "state directory",
	model.SourceRunners:   "runners",
	model.SourceGCRoots:   "gcroot links",
	model.SourceNetwork:   "network interfaces",
	model.SourceNetdevs:   "descriptions of interfaces",
	model.SourceProcesses: "processes",
	model.SourceHolders:   "holders of the interfaces",
	model.SourceUsage:     "CPU and memory",
	model.SourceKeep:      "keep list",
	model.SourceHost:      "facts of the host",
	model.SourceTrash:     "trash",
	model.SourceStorage:   "shares and volumes",
}

// The words that differ from those of the model, which JSON keeps.
var (
	stateWords     = map[model.State]model.SafeText{model.StateCrashLoop: "crash loop"}
	freshnessWords = map[model.Freshness]model.SafeText{model.FreshnessRebootNeeded: "reboot needed"}
	kindWords      = map[model.Kind]model.SafeText{model.KindStateDir: "state dir"}
)

func word[W ~string](w W, words map[W]model.SafeText) model.SafeText {
	if text, ok := words[w]; ok {
		return text
	}
	return model.Safe(model.Raw(w))
}

// mark is the sign before a thing, and the role of its line.
func (l Look) mark(v model.Verdict) (styles.Glyph, styles.Role) {
	g := l.glyphs()
	switch v {
	case model.VerdictOrphan:
		return g.Orphan, styles.Orphan
	case model.VerdictSuspect:
		return g.Suspect, styles.Suspect
	case model.VerdictUnclear, model.VerdictForeign:
		return g.Unclear, styles.Unclear
	}
	return " ", styles.Text
}

// remark is what a line says last: the notes, with the verdict as a word where
// it is not "kept", so that neither sign nor colour stands alone.
func remark(v model.Verdict, notes []model.Raw) model.SafeText {
	texts := make([]string, len(notes))
	for i, note := range notes {
		texts[i] = string(note)
	}
	text := strings.Join(texts, "; ")
	switch {
	case v == model.VerdictKept, strings.HasPrefix(text, string(v)):
	case text == "":
		text = string(v)
	default:
		text = string(v) + ": " + text
	}
	return model.Safe(model.Raw(text))
}

// standings says in a line why there is nothing to list.
var standings = map[model.Standing]string{
	model.StandingEmpty:    "no VM: microvm.nix's host module is here, but nothing is declared and %s holds none",
	model.StandingNoModule: "no microvm.nix host: there is no microvm@ template and nothing in %s",
	model.StandingGuest:    "no host: this machine is itself a microvm.nix guest, and nothing is in %s",
	model.StandingUnknown:  "no VM found, but systemd could not be asked; nothing is in %s",
}
