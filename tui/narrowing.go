package tui

import (
	"slices"
	"strings"

	"microtui/model"
	"microtui/styles"
)

// filter is what the list of a page is narrowed to: as it was typed, and taken
// apart. Terms that are not understood are not among these.
type filter struct {
	text  string
	terms model.Filter
}

// shown is the filter as it is shown.
func (f *filter) shown() model.SafeText { return model.Safe(model.Raw(strings.TrimSpace(f.text))) }

// shownFilter is the filter of the page.
func (a *App) shownFilter() *filter {
	switch a.page {
	case pageDoctor:
		return &a.doctor.filter
	case pageOperations:
		return &a.ops.filter
	case pageTrash:
		return &a.trashFilter
	}
	return &a.tableFilter
}

func (a *App) openFilter() { a.filter = prompt{open: true, text: a.shownFilter().text} }

// keepFilter leaves the prompt, but not while a part of it is not understood.
func (a *App) keepFilter() { a.filter.open = a.filterWhy != "" }

func (a *App) clearFilter() {
	a.filter = prompt{}
	a.filterChanged()
}

// filterChanged narrows the list to what was typed. A term that is not
// understood is left out, and told: an empty list would say that there is
// nothing.
func (a *App) filterChanged() {
	terms, why := model.ParseFilter(a.filter.text)
	*a.shownFilter() = filter{a.filter.text, terms}
	if a.filterWhy = model.Safe(why); why != "" {
		rest := understood(a.filter.text)
		terms, _ = model.ParseFilter(rest)
		*a.shownFilter() = filter{rest, terms}
	}
	a.viewChanged()
}

// understood are the terms of a filter without those that are none.
func understood(text string) string {
	return strings.Join(slices.DeleteFunc(strings.Fields(text), func(term string) bool {
		_, why := model.ParseFilter(term)
		return why != ""
	}), " ")
}

// viewChanged shows the list of the page anew.
func (a *App) viewChanged() {
	switch a.page {
	case pageDoctor:
		a.refillDoctor()
	case pageOperations, pageTrash:
		a.refillPages()
	default:
		a.refill()
	}
}

// filterFigure says what a list is narrowed to, and how much of it is left.
func filterFigure(f *filter, t *table) figure {
	_, of := t.position()
	return figure{run{styles.Accent, "/" + f.shown() + model.Safef(" (%d)", of)}, 0}
}
