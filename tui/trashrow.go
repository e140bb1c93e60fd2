package tui

import (
	"time"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/detail"
	"microtui/tui/draw"
	"microtui/tui/table"
	"microtui/wording"
)

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

// trashFigures are the figures of the head line.
func trashFigures(entries []model.TrashEntry, at time.Time) []draw.Figure {
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
		return nil
	}
	figures := []draw.Figure{{Run: draw.Run{Role: styles.Text, Text: model.FormatBytes(bytes)}, Rank: 0}}
	if expired > 0 {
		figures = append(figures, draw.Figure{Run: draw.Run{Role: styles.Warn, Text: text.Safef("%d expired", expired)}, Rank: 1})
	}
	return figures
}
