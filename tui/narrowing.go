package tui

import (
	"slices"
	"strings"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/tui/intent"
	"microtui/tui/list"
	"microtui/tui/prompt"
)

// whyNotNarrow says that there is nothing to narrow or to sort: the list of the
// page is empty, and not because it is narrowed.
func (a *App) whyNotNarrow() text.SafeText {
	narrowed := a.list().Filter.Text != "" || a.page == pageTable && a.vms.View.ProblemsOnly || a.page == pageDoctor && a.doctor.FaultsOnly
	if len(a.list().Rows) == 0 && !narrowed {
		return "nothing is listed"
	}
	return ""
}

// sortBy sorts by something, or the other way round where that is sorted by
// already.
func (a *App) sortBy(key model.SortKey) intent.Intent {
	if why := a.whyNotSort(key); why != "" {
		return intent.Warn("Sort: " + why)
	}
	a.vms.SortAs(key)
	return nil
}

func (a *App) whyNotSort(key model.SortKey) text.SafeText {
	if a.vms.LeftoversOnly && !slices.Contains(a.vms.SortKeys(), key) {
		return "leftovers are sorted by name or size"
	}
	return a.whyNotNarrow()
}

func (a *App) openFilter() {
	a.filter = prompt.New(a.list().Filter.Text)
	a.list().Typed = true
}

// keepFilter leaves the prompt, but not while a part of it is not understood.
func (a *App) keepFilter() {
	if a.filterWhy != "" {
		return
	}
	if a.page == pageTable {
		a.vms.Pick(a.filter.Text())
	}
	a.closeFilter()
}

// closeFilter leaves the prompt. The cursor stays on what is selected now.
func (a *App) closeFilter() {
	a.filter.Open, a.list().Typed = false, false
	a.list().Settle()
}

// clearFilter shows all again.
func (a *App) clearFilter() {
	a.closeFilter()
	a.filter = prompt.Prompt{}
	a.filterChanged()
}

// filterChanged narrows the list to what was typed.
func (a *App) filterChanged() { a.list().Filter, a.filterWhy = list.NewFilter(a.filter.Text()) }

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

// emptyLines is the body where the list has no rows.
func (a *App) emptyLines() []string {
	d := a.newDocument()
	switch {
	case a.Known && a.list().Filter.Text != "":
		d.Paragraph(styles.Dim, "Nothing matches the filter."+a.howToClear(), 1)
	case a.page == pageDoctor:
		a.doctor.Empty(&a.Scene, &d)
	case a.page == pageOperations:
		a.ops.Empty(&a.Scene, &d)
	case a.page == pageTrash:
		a.trash.Empty(&a.Scene, &d)
	default:
		a.vms.Empty(&a.Scene, &d)
	}
	return d.Lines
}

// howToClear says which key takes the filter of the page away.
func (a *App) howToClear() text.SafeText {
	switch {
	case a.filter.Open:
		return " Esc clears it." // in a prompt, whatever other keys do
	case a.page == pageTable:
		return a.commands.Mention(" ", "clear", " clears it.")
	}
	return a.commands.Mention(" ", "back", " clears it.")
}

// firstLine is what of a paste fits into a prompt.
func firstLine(pasted string) string {
	line, _, _ := strings.Cut(strings.TrimLeft(pasted, "\r\n"), "\n")
	return strings.TrimRight(line, "\r")
}
