package list

import (
	"slices"
	"time"

	"microtui/model"
	"microtui/model/order"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/detail"
	"microtui/tui/draw"
	"microtui/tui/scene"
	"microtui/tui/table"
	"microtui/wording"
)

// Trash lists what is in the trash, the newest first.
type Trash struct{ List }

// Fill makes the rows of what is known.
func (l *Trash) Fill(s *scene.Scene) {
	exists := func(ref model.Ref) bool { return s.Shot.Entry(ref) != nil }
	l.fill(s, from{}, func() []table.Row { return l.rows(s) }, exists)
}

func (l *Trash) rows(s *scene.Scene) (rows []table.Row) {
	entries := slices.Clone(s.Shot.Inventory.Trash)
	order.By(entries, func(x, y *model.TrashEntry) int { return y.PurgedAt.Compare(x.PurgedAt) })
	pending := s.Work.Pending(text.Safe(l.Glyphs.Ellipsis))
	for at := range entries {
		if !l.Filter.terms.MatchesTexts(entryTexts(&entries[at])...) {
			continue
		}
		r := trashRow(&entries[at], s.Shot.Inventory.At, l.Glyphs)
		if p, ok := pending[r.Ref]; ok {
			r.Cells[table.Notes] = draw.Run{Role: styles.Busy, Text: p.State + " " + p.Notes}
		}
		rows = append(rows, r)
	}
	return rows
}

func trashRow(e *model.TrashEntry, at time.Time, g styles.Glyphs) table.Row {
	r := table.Row{Set: table.OfTrash, Ref: model.Ref{Kind: model.KindTrash, Name: model.Raw(e.ID)}}
	r.Cells[table.Name] = draw.Run{Role: styles.Strong, Text: text.Safe(e.Name)}
	r.Cells[table.Origin] = draw.Run{Role: styles.Dim, Text: wording.Of(e.Origin)}
	r.Cells[table.Size] = draw.Run{Role: styles.Text, Text: text.Safe(g.Unknown)}
	if e.Bytes != nil {
		r.Cells[table.Size].Text = model.FormatBytes(*e.Bytes)
	}
	if !at.Before(e.PurgedAt) {
		r.Cells[table.Age] = draw.Run{Role: styles.Dim, Text: model.FormatAge(at.Sub(e.PurgedAt))}
	}
	r.Cells[table.Expires] = detail.Expiry(e, at)
	r.Cells[table.By] = draw.Run{Role: styles.Dim, Text: text.Safe(e.By)}
	r.Cells[table.Notes] = detail.EntryNote(e)
	return r
}

// entryTexts are what a filter looks for in an entry.
func entryTexts(e *model.TrashEntry) []model.Raw {
	return []model.Raw{model.Raw(e.ID), e.Name, model.Raw(e.Kind), model.Raw(e.Origin), e.By, model.Raw(detail.EntryNote(e).Text)}
}

// Figures are the figures of the page.
func (l *Trash) Figures(s *scene.Scene) []draw.Figure {
	figures := l.figures("trash")
	entries, at := s.Shot.Inventory.Trash, s.Shot.Inventory.At
	var bytes uint64
	expired := 0
	for i := range entries {
		if e := &entries[i]; e.Bytes != nil {
			bytes += *e.Bytes
		}
		if e := &entries[i]; !e.ExpiresAt.IsZero() && e.ExpiresAt.Before(at) {
			expired++
		}
	}
	if len(entries) == 0 {
		return figures
	}
	figures = append(figures, draw.Figure{Run: draw.Run{Role: styles.Text, Text: model.FormatBytes(bytes)}, Rank: 0})
	if expired > 0 {
		figures = append(figures, draw.Figure{Run: draw.Run{Role: styles.Warn, Text: text.Safef("%d expired", expired)}, Rank: 1})
	}
	return figures
}
