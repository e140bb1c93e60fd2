package model

import (
	"slices"
	"strings"
)

// Filter is what of a host is asked for, taken apart: terms of which each must
// hold. The zero value passes everything.
type Filter struct{ terms []filterTerm }

// filterTerm is one term of a filter.
type filterTerm struct {
	not    bool
	word   string       // a plain word, in lower case
	field  *filterField // nil: a plain word
	values []string     // of the field: one of them, or what begins with it
	never  bool         // not understood
}

// filterField is something that a term can ask for by name.
type filterField struct {
	name string
	// known are the values it can have; nil: any.
	known      []string
	ofVM       func(*VM) []string
	ofLeftover func(*Leftover) []string
	ofFinding  func(*Finding) []string
}

var filterFields = []filterField{
	{
		"state", asStrings(StateRunning, StatePaused, StateStarting, StateStopping, StateStopped, StateFailed, StateCrashLoop, StateOutside, StateUnknown),
		func(vm *VM) []string { return []string{string(vm.State)} }, nil, nil,
	},
	{
		"origin", asStrings(OriginDeclared, OriginDeclaredFlake, OriginImperative, OriginDeployed, OriginManual, OriginUndeclared, OriginUnknown),
		func(vm *VM) []string { return []string{string(vm.Origin)} }, nil, nil,
	},
	{
		"freshness", asStrings(FreshnessCurrent, FreshnessRebootNeeded, FreshnessOutdated, FreshnessDrifted, FreshnessMissing, FreshnessUnknown),
		func(vm *VM) []string { return []string{string(vm.Freshness)} }, nil, nil,
	},
	{
		"verdict", asStrings(VerdictKept, VerdictOrphan, VerdictSuspect, VerdictUnclear, VerdictForeign),
		func(vm *VM) []string { return []string{string(vm.Verdict)} },
		func(l *Leftover) []string { return []string{string(l.Verdict)} }, nil,
	},
	{
		"kind", asStrings(KindVM, KindTap, KindMacvtap, KindUnit, KindGCRoot, KindStateDir, KindProcess),
		func(*VM) []string { return []string{string(KindVM)} },
		func(l *Leftover) []string { return []string{string(l.Ref.Kind)} },
		func(f *Finding) []string { return []string{string(f.Subject.Kind)} },
	},
	{
		"finding", nil,
		func(vm *VM) []string { return vm.Findings }, nil,
		func(f *Finding) []string { return []string{f.Rule} },
	},
}

func asStrings[S ~string](values ...S) []string {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = string(value)
	}
	return texts
}

// ParseFilter takes the text of a filter apart: terms with blanks between
// them.
//
//	web               stands in the name, the notes, or one of the words of its row
//	state:running     so is its state; also origin, freshness, verdict, kind and
//	                  finding (a rule of the doctor)
//	state:st,crash    what begins with one of these
//	verdict:          there is any
//	-web -state:run   what does not
//
// Case does not matter, nor whether a value is written with - or _. why says
// in a line what was not understood; the filter then passes nothing, since one
// that passed too much would be acted on. A colon after anything but letters,
// as in a MAC address, is part of a plain word.
func ParseFilter(text string) (f Filter, why Raw) {
	for word := range strings.FieldsSeq(strings.ToLower(text)) {
		term, problem := parseTerm(word)
		f.terms = append(f.terms, term)
		if why == "" {
			why = problem
		}
	}
	return f, why
}

func parseTerm(word string) (term filterTerm, why Raw) {
	if rest, found := strings.CutPrefix(word, "-"); found && rest != "" {
		term.not, word = true, rest
	}
	name, value, found := strings.Cut(word, ":")
	if !found || !isLetters(name) {
		term.word = word
		return term, ""
	}
	term.field = fieldNamed(name)
	if term.field == nil {
		term.never = true
		return term, rawf("unknown field %q; use one of %s", name, strings.Join(fieldNames(), ", "))
	}
	for one := range strings.SplitSeq(strings.ReplaceAll(value, "_", "-"), ",") {
		if term.never = !term.field.has(one); term.never {
			return term, rawf("unknown %s %q; use one of %s", name, one, strings.Join(term.field.known, ", "))
		}
		term.values = append(term.values, one)
	}
	return term, ""
}

func isLetters(text string) bool {
	return text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz") == ""
}

func fieldNamed(name string) *filterField {
	at := slices.IndexFunc(filterFields, func(field filterField) bool { return field.name == name })
	if at < 0 {
		return nil
	}
	return &filterFields[at]
}

func fieldNames() []string {
	names := make([]string, len(filterFields))
	for i, field := range filterFields {
		names[i] = field.name
	}
	return names
}

// has reports whether a value of the field can begin so.
func (field *filterField) has(start string) bool {
	return field.known == nil || slices.ContainsFunc(field.known, func(value string) bool { return beginsWith(value, start) })
}

func beginsWith(value, start string) bool {
	return strings.HasPrefix(strings.ReplaceAll(value, "_", "-"), start)
}

// IsEmpty reports whether the filter passes everything.
func (f Filter) IsEmpty() bool { return len(f.terms) == 0 }

// Matches reports whether a VM passes.
func (f Filter) Matches(vm *VM) bool {
	return f.passes(
		func(word string) bool {
			return contains(word, vm.Name, Raw(vm.State), Raw(vm.Origin), Raw(vm.Freshness), Raw(vm.Verdict)) || contains(word, vm.Notes...)
		},
		func(field *filterField) []string { return field.ofVM(vm) },
	)
}

// MatchesLeftover reports whether a leftover passes. It has no state, origin,
// freshness or findings.
func (f Filter) MatchesLeftover(l *Leftover) bool {
	return f.passes(
		func(word string) bool {
			return contains(word, l.Ref.Name, Raw(l.Ref.Kind), Raw(l.Verdict)) || contains(word, l.Notes...)
		},
		func(field *filterField) []string {
			if field.ofLeftover == nil {
				return nil
			}
			return field.ofLeftover(l)
		},
	)
}

// MatchesFinding reports whether a finding passes. It is of the kind of what it
// is about, and has no state, origin, freshness or verdict.
func (f Filter) MatchesFinding(found *Finding) bool {
	return f.passes(
		func(word string) bool {
			return contains(word, Raw(found.Rule), Raw(found.Severity), Raw(found.Subject.Kind), found.Subject.Name, found.Summary) ||
				contains(word, found.VMs...)
		},
		func(field *filterField) []string {
			if field.ofFinding == nil {
				return nil
			}
			return field.ofFinding(found)
		},
	)
}

// MatchesTexts reports whether a row of which nothing but its texts is known
// passes. It has no fields.
func (f Filter) MatchesTexts(texts ...Raw) bool {
	return f.passes(
		func(word string) bool { return contains(word, texts...) },
		func(*filterField) []string { return nil },
	)
}

// passes reports whether every term holds for a thing: says tells whether a
// word stands in it, values what it has of a field.
func (f Filter) passes(says func(word string) bool, values func(*filterField) []string) bool {
	for i := range f.terms {
		term := &f.terms[i]
		var holds bool
		if term.field == nil {
			holds = says(term.word)
		} else {
			holds = slices.ContainsFunc(values(term.field), term.takes)
		}
		if term.never || holds == term.not {
			return false
		}
	}
	return true
}

// takes reports whether a value of its field is one that the term asks for.
func (term *filterTerm) takes(value string) bool {
	return value != "" && slices.ContainsFunc(term.values, func(start string) bool { return beginsWith(value, start) })
}

// contains reports whether a word in lower case stands in one of some texts.
func contains(word string, texts ...Raw) bool {
	return slices.ContainsFunc(texts, func(text Raw) bool { return strings.Contains(strings.ToLower(string(text)), word) })
}
