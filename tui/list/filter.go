package list

import (
	"slices"
	"strings"

	"microtui/model"
	"microtui/model/text"
)

// Filter is what a list is narrowed to: as it was typed, and taken apart. Terms
// that are not understood are not among these.
type Filter struct {
	Text  string
	terms model.Filter
}

// NewFilter takes apart what was typed. A term that is not understood is left
// out, and why says so: an empty list would say that there is nothing.
func NewFilter(typed string) (f Filter, why text.SafeText) {
	terms, fault := model.ParseFilter(typed)
	if fault == "" {
		return Filter{typed, terms}, ""
	}
	rest := understood(typed)
	terms, _ = model.ParseFilter(rest)
	return Filter{rest, terms}, text.Safe(fault)
}

// understood are the terms of a filter without those that are none.
func understood(s string) string {
	return strings.Join(slices.DeleteFunc(strings.Fields(s), func(term string) bool {
		_, why := model.ParseFilter(term)
		return why != ""
	}), " ")
}

// shown is the filter as it is shown.
func (f *Filter) shown() text.SafeText { return text.Safe(strings.TrimSpace(f.Text)) }
