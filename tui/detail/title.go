package detail

import (
	"microtui/model/text"
	"microtui/styles"
	"microtui/tone"
	"microtui/tui/draw"
	"microtui/wording"
)

// Title is the head of the detail page.
func (d *Page) Title() (text.SafeText, []draw.Figure) {
	figures := []draw.Figure{}
	switch vm := d.About.VM; {
	case d.Gone && d.About.Finding != nil:
		figures = append(figures, draw.Figure{Run: draw.Run{Role: styles.Good, Text: "no longer found"}, Rank: 0})
		return wording.Subject(d.About.Finding.Subject), figures
	case d.Gone:
		figures = append(figures, draw.Figure{Run: draw.Run{Role: styles.Warn, Text: "no longer on this host"}, Rank: 0})
	case vm != nil:
		figures = append(figures,
			draw.Figure{Run: draw.Run{Role: tone.State(vm.State), Text: wording.Of(vm.State)}, Rank: 0},
			draw.Figure{Run: draw.Run{Role: tone.Origin(vm.Origin), Text: wording.Of(vm.Origin)}, Rank: 1},
			draw.Figure{Run: draw.Run{Role: tone.Freshness(vm.Freshness), Text: wording.Of(vm.Freshness)}, Rank: 2})
	case d.About.Operation != nil:
		o := d.About.Operation
		return wording.Capital(wording.OperationTitle(o)), append(figures, draw.Figure{Run: draw.Run{Role: tone.Operation(o.State), Text: wording.Of(o.State)}, Rank: 0})
	case d.About.Entry != nil:
		return text.Safe(d.About.Entry.Name), append(figures, draw.Figure{Run: draw.Run{Role: styles.Dim, Text: "in the trash"}, Rank: 0})
	case d.About.Finding != nil:
		f := d.About.Finding
		return wording.Subject(f.Subject), append(figures, draw.Figure{Run: draw.Run{Role: tone.Severity(f.Severity), Text: wording.Of(f.Severity)}, Rank: 0}, draw.Figure{Run: draw.Run{Role: styles.Dim, Text: text.Safe(f.Rule)}, Rank: 1})
	default:
		figures = append(figures, draw.Figure{Run: draw.Run{Role: styles.Dim, Text: wording.Of(d.Ref.Kind)}, Rank: 0})
	}
	return text.Safe(d.Ref.Name), figures
}
