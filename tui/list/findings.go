package list

import (
	"cmp"
	"slices"

	"microtui/model"
	"microtui/model/doctor"
	"microtui/model/order"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tone"
	"microtui/tui/draw"
	"microtui/tui/scene"
	"microtui/tui/table"
	"microtui/wording"
)

// The doctor's page: a row for each finding, the worst first.

// Findings is the doctor's page.
type Findings struct {
	List
	// FaultsOnly: what is nothing wrong is left out.
	FaultsOnly bool
	// About is the VM whose findings are shown alone; zero: all.
	About model.Ref
}

// Fill makes the rows of what is known.
func (e *Findings) Fill(s *scene.Scene) {
	exists := func(ref model.Ref) bool { return s.Shot.Finding(ref) != nil }
	e.fill(s, from{narrowed: e.FaultsOnly, about: e.About}, func() []table.Row { return e.rows(s.Shot) }, exists)
}

// severityOrder is the order of the page. What could not be checked comes last.
var severityOrder = map[model.Severity]int{model.SeverityError: 0, model.SeverityWarning: 1, model.SeverityInfo: 2}

func findingOrder(f *model.Finding) int {
	if f.Unchecked {
		return len(severityOrder)
	}
	return severityOrder[f.Severity]
}

// rows are the rows of the page.
func (e *Findings) rows(shot scene.Snapshot) []table.Row {
	type placed struct {
		*model.Finding
		ref model.Ref
	}
	var shown []placed
	for at := range shot.Inventory.Findings {
		if f := &shot.Inventory.Findings[at]; e.shows(f) {
			shown = append(shown, placed{f, shot.Findings[at]})
		}
	}
	order.By(shown, func(a, b *placed) int {
		return cmp.Compare(findingOrder(a.Finding), findingOrder(b.Finding))
	})
	var rows []table.Row
	for from, at := 0, 0; from < len(shown); from = at {
		for at < len(shown) && findingOrder(shown[at].Finding) == findingOrder(shown[from].Finding) {
			at++
		}
		rows = append(rows, table.Row{Heading: severityHeading(shown[from].Finding, at-from, e.Glyphs)})
		for _, alike := range doctor.ByCause(shown[from:at], func(p placed) *model.Finding { return p.Finding }) {
			r := findingRow(alike[0].Finding, alike[0].ref)
			if len(alike) > 1 {
				r.Cells[table.Rule].Text = model.Counted(len(alike), "rule")
			}
			rows = append(rows, r)
		}
	}
	return rows
}

// severityHeading stands above so many findings like one.
func severityHeading(f *model.Finding, n int, g styles.Glyphs) text.SafeText {
	name := text.Safef("%s%s", wording.Of(f.Severity), wording.Plural(n))
	if f.Unchecked {
		name = "not checked"
	}
	return withCount(name, text.Safef("%d", n), g)
}

func (e *Findings) shows(f *model.Finding) bool {
	switch {
	case e.FaultsOnly && f.Severity == model.SeverityInfo:
		return false
	case e.About != (model.Ref{}) && !scene.Concerns(f, e.About):
		return false
	}
	return e.Filter.terms.MatchesFinding(f)
}

func findingRow(f *model.Finding, ref model.Ref) table.Row {
	role := tone.Severity(f.Severity)
	r := table.Row{Set: table.OfFindings, Ref: ref, Severity: f.Severity}
	r.Cells[table.Severity] = draw.Run{Role: role, Text: wording.Of(f.Severity)}
	r.Cells[table.Name] = draw.Run{Role: styles.Strong, Text: wording.Subject(f.Subject)}
	r.Cells[table.Notes] = draw.Run{Role: styles.Text, Text: text.Safe(f.Summary)}
	r.Cells[table.Rule] = draw.Run{Role: styles.Dim, Text: text.Safe(f.Rule)}
	if f.Severity == model.SeverityInfo {
		r.Cells[table.Notes].Role = styles.Dim
	}
	return r
}

// tally counts findings by severity.
func tally(found []model.Finding) map[model.Severity]int {
	counts := make(map[model.Severity]int, len(severityOrder))
	for at := range found {
		counts[found[at].Severity]++
	}
	return counts
}

// FindingFigures are the doctor's figures of the head line: nothing where
// nothing is wrong.
func FindingFigures(found []model.Finding, remarks bool) []draw.Figure {
	counts := tally(found)
	var figures []draw.Figure
	for _, f := range []struct {
		severity model.Severity
		word     text.SafeText
		rank     int
	}{{model.SeverityError, "error", 3}, {model.SeverityWarning, "warning", 6}, {model.SeverityInfo, "notice", 7}} {
		n := counts[f.severity]
		if n == 0 || f.severity == model.SeverityInfo && !remarks {
			continue
		}
		line := text.Safef("%d %s%s", n, f.word, wording.Plural(n))
		figures = append(figures, draw.Figure{Run: draw.Run{Role: tone.Severity(f.severity), Text: line}, Rank: f.rank})
	}
	return figures
}

// Figures are the figures of the page.
func (e *Findings) Figures(found []model.Finding) []draw.Figure {
	figures := []draw.Figure{{Run: draw.Run{Role: styles.Accent, Text: "doctor"}, Rank: 0}}
	if e.About != (model.Ref{}) {
		figures = append(figures, draw.Figure{Run: draw.Run{Role: styles.Accent, Text: "of " + text.Safe(e.About.Name)}, Rank: 0})
	}
	if e.Filter.Text != "" {
		figures = append(figures, e.filterFigure())
	}
	if e.FaultsOnly {
		figures = append(figures, draw.Figure{Run: draw.Run{Role: styles.Accent, Text: "no notices"}, Rank: 0})
	}
	if e.About != (model.Ref{}) {
		found = slices.DeleteFunc(slices.Clone(found), func(f model.Finding) bool { return !scene.Concerns(&f, e.About) })
	}
	return append(figures, FindingFigures(found, true)...)
}

// Empty is the page where there is no row.
func (e *Findings) Empty(s *scene.Scene, d *draw.Document) {
	switch {
	case !s.Known:
		d.Paragraph(styles.Dim, "Reading the host ...", 1)
	case e.FaultsOnly:
		d.Paragraph(styles.Good, "Nothing is wrong."+d.Keys.Mention(" ", "problems", " shows notices too."), 1)
	case e.About != (model.Ref{}):
		d.Paragraph(styles.Good, "No problems found with "+text.Safe(e.About.Name)+"."+d.Keys.Mention(" ", "doctor", " shows findings for the whole host."), 1)
	default:
		d.Paragraph(styles.Good, "No problems: every rule was checked, and none found anything.", 1)
	}
}
