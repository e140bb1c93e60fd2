package doctor

import (
	"slices"

	"microtui/model"
)

// Rule is one trouble that the doctor knows.
type Rule struct {
	ID string
	// Severity is that of its findings, unless they say otherwise.
	Severity model.Severity
	Kinds    []model.Kind // of its findings' subjects
	Title    string       // one line
	// Needs are the sources that it rests on: where one failed, it is not
	// checked, or not in full.
	Needs []model.Source
	// Root: without root it is not checked in full.
	Root bool
	// Explanation is a page of plain text: what it means, how it comes about,
	// how to confirm it by hand, how to fix it.
	Explanation string

	find func(*host) []model.Finding
	// absent: it draws from what is absent, so it asks nothing where a source
	// that it needs failed.
	absent bool
}

// families are the rules in the order in which they are listed.
var families = [][]Rule{
	leftoverRules, templateRules, moduleRules, shareRules, macvtapRules,
	duplicateRules, networkRules, lifecycleRules, helperRules, runnerRules, dottedRules, rootRules,
	storageRules, unitRules,
	lossRules, recordRules,
}

var rules = func() []Rule {
	all := slices.Concat(families...)
	for at := range all {
		all[at].Explanation = explanation(all[at].ID)
	}
	return all
}()

// Rules lists all rules.
func Rules() []Rule { return slices.Clone(rules) }

// Find is the rule of an id.
func Find(id string) (Rule, bool) {
	at := slices.IndexFunc(rules, func(r Rule) bool { return r.ID == id })
	if at < 0 {
		return Rule{}, false
	}
	return rules[at], true
}

// The sources that families of rules rest on.
var (
	needsVerdicts = []model.Source{
		model.SourceHost, model.SourceKeep, model.SourceSystemd, model.SourceSystems,
		model.SourceStateDir, model.SourceRunners, model.SourceGCRoots, model.SourceProcesses,
	}
	needsUnits   = []model.Source{model.SourceSystemd}
	needsRunners = []model.Source{model.SourceStateDir, model.SourceRunners}
	needsStorage = []model.Source{model.SourceStateDir, model.SourceRunners, model.SourceStorage}
	needsLinks   = []model.Source{model.SourceStateDir, model.SourceRunners, model.SourceNetwork}
)

var (
	onVM   = []model.Kind{model.KindVM}
	onHost = []model.Kind{model.KindHost}
)
