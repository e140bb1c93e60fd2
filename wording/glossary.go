package wording

import (
	"microtui/model"
	"microtui/model/text"
)

// Glossary explains the words of the columns that are not those of systemd, each
// in a line of at most 38 cells.
func Glossary() []text.SafeText {
	var all []text.SafeText
	for _, term := range []struct{ word, meaning text.SafeText }{
		{Of(model.OriginDeclared), "in the host's configuration"},
		{Of(model.OriginUndeclared), "was declared, no longer is"},
		{Of(model.OriginImperative), "by create or microvm -c"},
		{Of(model.OriginDeployed), "installed over SSH"},
		{Of(model.OriginManual), "made by hand"},
		{Of(model.StateOutside), "runs, but not by its unit"},
		{Of(model.FreshnessDrifted), "runs something not declared"},
		{Of(model.FreshnessRebootNeeded), "booted an older one"},
		{Of(model.FreshnessMissing), "its runner is gone"},
		{Of(model.VerdictForeign), "belongs to something else"},
	} {
		all = append(all, term.word+": "+term.meaning)
	}
	return all
}

// verdictsInShort say in at most 29 cells what the sign of a verdict means.
var verdictsInShort = map[model.Verdict]text.SafeText{
	model.VerdictOrphan:  "a proven leftover (orphan)",
	model.VerdictSuspect: "likely a leftover (suspect)",
	model.VerdictUnclear: "not all is known (unclear)",
}

// VerdictInShort says in a few words what the sign of a verdict means; empty: it
// has none.
func VerdictInShort(v model.Verdict) text.SafeText { return verdictsInShort[v] }
