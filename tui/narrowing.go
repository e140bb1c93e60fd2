package tui

import (
	"slices"
	"strings"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/tui/prompt"
	"microtui/tui/table"
)

// filter is what the list of a page is narrowed to: as it was typed, and taken
// apart. Terms that are not understood are not among these.
type filter struct {
	text  string
	terms model.Filter
}

// shown is the filter as it is shown.
func (f *filter) shown() text.SafeText { return text.Safe(strings.TrimSpace(f.text)) }

// shownFilter is the filter of the page.
func (a *App) shownFilter() *filter { return &a.list().filter }

// whyNotNarrow says that there is nothing to narrow or to sort: the list of the
// page is empty, and not because it is narrowed.
func (a *App) whyNotNarrow() text.SafeText {
	narrowed := a.shownFilter().text != "" || a.page == pageTable && a.view.ProblemsOnly || a.page == pageDoctor && a.doctor.faultsOnly
	if len(a.listed().Rows) == 0 && !narrowed {
		return "nothing is listed"
	}
	return ""
}

func (a *App) openFilter() { a.filter = prompt.New(a.shownFilter().text) }

// keepFilter leaves the prompt, but not while a part of it is not understood.
func (a *App) keepFilter() {
	a.filter.Open = a.filterWhy != ""
	if a.page == pageTable && !a.filter.Open && a.vms.table.Wanted == a.filterFrom {
		a.vms.table.Pick(model.Raw(strings.TrimSpace(a.filter.Text())))
	}
}

func (a *App) clearFilter() {
	a.filter = prompt.Prompt{}
	a.filterChanged()
}

// filterChanged narrows the list to what was typed. A term that is not
// understood is left out, and told: an empty list would say that there is
// nothing.
func (a *App) filterChanged() {
	terms, why := model.ParseFilter(a.filter.Text())
	*a.shownFilter() = filter{a.filter.Text(), terms}
	if a.filterWhy = text.Safe(why); why != "" {
		rest := understood(a.filter.Text())
		terms, _ = model.ParseFilter(rest)
		*a.shownFilter() = filter{rest, terms}
	}
	a.fill()
	a.filterFrom = a.vms.table.Wanted
}

// hasReasonLines reports whether the last line has no room for what of the
// filter is not understood, beside the filter itself.
func (a *App) hasReasonLines() bool {
	if a.filterWhy == "" || a.layer() != onPrompt {
		return false
	}
	const around = len(" /") + 1 + 2 // before the filter; the caret, and the blanks after it
	sheet := a.styles.Plain
	return around+draw.Width(draw.Showable(sheet, text.Safe(a.filter.Text())))+draw.Width(draw.Showable(sheet, a.filterWhy)) > a.width
}

// withReason tells, over the end of a page, what of the filter is not
// understood. Where not even the page has room for it all, its beginning is
// told.
func (a *App) withReason(page []string) []string {
	d := a.newDocument()
	d.Paragraph(styles.Warn, a.filterWhy, 1)
	reason := d.Lines[:min(len(d.Lines), len(page))]
	if last := len(reason) - 1; len(reason) < len(d.Lines) {
		l := a.newLine()
		l.Glyph(styles.Warn, a.glyphs.Ellipsis)
		reason[last] = draw.Overlaid(reason[last], l.String(), a.width-1, 1)
	}
	return append(page[:len(page)-len(reason)], reason...)
}

// understood are the terms of a filter without those that are none.
func understood(s string) string {
	return strings.Join(slices.DeleteFunc(strings.Fields(s), func(term string) bool {
		_, why := model.ParseFilter(term)
		return why != ""
	}), " ")
}

// filterFigure says what a list is narrowed to, and how much of it is left.
func filterFigure(f *filter, t *table.Table) draw.Figure {
	_, of := t.Position()
	return draw.Figure{Run: draw.Run{Role: styles.Accent, Text: "/" + f.shown() + text.Safef(" (%d)", of)}, Rank: 0}
}
