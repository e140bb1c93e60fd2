package tui

import (
	"strings"

	"microtui/model"
	"microtui/styles"
)

// The words that differ from the model's own, which JSON keeps.
var (
	stateWords     = map[model.State]model.SafeText{model.StateCrashLoop: "crash loop"}
	freshnessWords = map[model.Freshness]model.SafeText{model.FreshnessRebootNeeded: "reboot needed"}
	kindWords      = map[model.Kind]model.SafeText{model.KindStateDir: "state dir", model.KindGCRoot: "gcroot"}
)

// word is the text of one of the model's words.
func word[W ~string](w W, words map[W]model.SafeText) model.SafeText {
	if text, ok := words[w]; ok {
		return text
	}
	return model.Safe(model.Raw(w))
}

var stateRoles = map[model.State]styles.Role{
	model.StateRunning:   styles.Good,
	model.StateStarting:  styles.Busy,
	model.StateStopping:  styles.Busy,
	model.StateStopped:   styles.Idle,
	model.StateFailed:    styles.Bad,
	model.StateCrashLoop: styles.Bad,
	model.StateOutside:   styles.Warn,
	model.StateUnknown:   styles.Unclear,
}

var originRoles = map[model.Origin]styles.Role{
	model.OriginUndeclared: styles.Warn,
	model.OriginUnknown:    styles.Unclear,
}

var freshnessRoles = map[model.Freshness]styles.Role{
	model.FreshnessCurrent:      styles.Dim,
	model.FreshnessRebootNeeded: styles.Warn,
	model.FreshnessOutdated:     styles.Warn,
	model.FreshnessDrifted:      styles.Warn,
	model.FreshnessMissing:      styles.Bad,
	model.FreshnessUnknown:      styles.Unclear,
}

// verdictRoles holds the verdicts that colour a whole row. The others have
// [styles.Text], which is the zero Role.
var verdictRoles = map[model.Verdict]styles.Role{
	model.VerdictOrphan:  styles.Orphan,
	model.VerdictSuspect: styles.Suspect,
	model.VerdictUnclear: styles.Unclear,
}

func verdictGlyph(v model.Verdict, g styles.Glyphs) styles.Glyph {
	switch v {
	case model.VerdictOrphan:
		return g.Orphan
	case model.VerdictSuspect:
		return g.Suspect
	case model.VerdictUnclear:
		return g.Unclear
	}
	return " "
}

// notes is what a row's last column says. The verdict stands there as a word:
// colour and glyph are never the only sign.
func notes(verdict model.Verdict, from []model.Raw) model.SafeText {
	texts := make([]string, 0, len(from)+1)
	named := verdict == model.VerdictKept || verdict == model.VerdictForeign
	for _, note := range from {
		named = named || strings.HasPrefix(string(note), string(verdict))
		texts = append(texts, string(note))
	}
	text := strings.Join(texts, "; ")
	switch {
	case named:
	case text == "":
		text = string(verdict)
	default:
		text = string(verdict) + ": " + text
	}
	return model.Safe(model.Raw(text))
}
