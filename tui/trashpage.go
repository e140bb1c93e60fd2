package tui

import (
	"time"

	"microtui/model"
	"microtui/styles"
	"microtui/tone"
	"microtui/tui/draw"
	"microtui/tui/table"
	"microtui/wording"
)

// The page of the trash, and the page about one entry.

func trashRow(e *model.TrashEntry, at time.Time, g styles.Glyphs) table.Row {
	r := table.Row{Set: table.OfTrash, Ref: model.Ref{Kind: model.KindTrash, Name: model.Raw(e.ID)}}
	r.Cells[table.Name] = draw.Run{Role: styles.Strong, Text: model.Safe(e.Name)}
	r.Cells[table.Origin] = draw.Run{Role: styles.Dim, Text: wording.Of(e.Origin)}
	r.Cells[table.Size] = draw.Run{Role: styles.Text, Text: model.Safe(model.Raw(g.Unknown))}
	if e.Bytes != nil {
		r.Cells[table.Size].Text = model.FormatBytes(*e.Bytes)
	}
	if !at.Before(e.PurgedAt) {
		r.Cells[table.Age] = draw.Run{Role: styles.Dim, Text: model.FormatAge(at.Sub(e.PurgedAt))}
	}
	r.Cells[table.Expires] = expiry(e, at)
	r.Cells[table.By] = draw.Run{Role: styles.Dim, Text: model.Safe(e.By)}
	r.Cells[table.Notes] = entryNote(e)
	return r
}

// entryTexts are what a filter looks for in an entry.
func entryTexts(e *model.TrashEntry) []model.Raw {
	return []model.Raw{model.Raw(e.ID), e.Name, model.Raw(e.Kind), model.Raw(e.Origin), e.By, model.Raw(entryNote(e).Text)}
}

// expiry says when an entry may be deleted by clean-up.
func expiry(e *model.TrashEntry, at time.Time) draw.Run {
	switch {
	case e.ExpiresAt.IsZero():
		return draw.Run{Role: styles.Dim, Text: "never"}
	case e.ExpiresAt.Before(at):
		return draw.Run{Role: styles.Warn, Text: "expired"}
	}
	return draw.Run{Role: styles.Dim, Text: "in " + model.FormatAge(e.ExpiresAt.Sub(at))}
}

// entryNote is what is remarkable about an entry.
func entryNote(e *model.TrashEntry) draw.Run {
	switch {
	case e.Missing:
		return draw.Run{Role: styles.Bad, Text: "its directory is not there any more"}
	case e.Deleting:
		return draw.Run{Role: styles.Warn, Text: "its deletion was begun: what is left cannot be restored"}
	case e.Data:
		return draw.Run{Role: styles.Text, Text: "holds data"}
	}
	return draw.Run{Role: styles.Dim, Text: "no data"}
}

// entryTabs are the parts of the page about an entry.
var entryTabs = []tab{{"overview", writeEntry}, {"evidence", writeEntryEvidence}}

func writeEntry(d *draw.Document, about subject) {
	e := about.entry
	note := entryNote(e)
	d.Field("name", styles.Strong, model.Safe(e.Name))
	d.Field("state", note.Role, note.Text)
	d.Field("kind", styles.Text, wording.Of(e.Kind))
	d.Field("origin", tone.Origin(e.Origin), wording.Of(e.Origin))
	if e.Bytes != nil {
		d.Field("size", styles.Text, model.FormatBytes(*e.Bytes)+" on disk")
	}
	d.Field("purged", styles.Text, wording.Moment(e.PurgedAt))
	d.Field("by", styles.Text, model.Safe(e.By))
	if e.ExpiresAt.IsZero() {
		d.Field("expires", styles.Text, "never by itself")
	} else {
		d.Field("expires", styles.Text, wording.Moment(e.ExpiresAt)+": clean-up offers it from then on")
	}
	d.Blank()
	d.Field("was at", styles.Text, model.Safe(e.From))
	d.Field("is at", styles.Text, model.Safe(e.Place))
	for i, root := range e.Roots {
		d.Field(map[bool]model.SafeText{true: "gcroot links"}[i == 0], styles.Text, model.Safe(root.Name))
	}
	for i, runner := range e.Runners {
		d.Field(map[bool]model.SafeText{true: "stays rooted"}[i == 0], styles.Dim, model.Safe(runner))
	}
	if e.Ran {
		d.Field("", styles.Dim, "It ran when it was purged. Restored, it stays off until somebody starts it.")
	}
	d.Blank()
	d.Field("id", styles.Dim, model.Safe(model.Raw(e.ID)))
}

func writeEntryEvidence(d *draw.Document, about subject) {
	for _, fact := range about.entry.Evidence {
		d.Item(styles.Text, d.Glyphs.Bullet, model.Safe(fact))
	}
	if len(about.entry.Evidence) == 0 {
		none(d, "Why it was purged was not recorded.")
	}
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
		figures = append(figures, draw.Figure{Run: draw.Run{Role: styles.Warn, Text: model.Safef("%d expired", expired)}, Rank: 1})
	}
	return figures
}

// emptyTrash is the page where there is nothing in the trash.
func (a *App) emptyTrash(d *draw.Document) {
	for _, f := range a.shot.Faults {
		if f.Source == model.SourceTrash {
			d.Paragraph(styles.Fault, "The trash could not be read: "+f.Text, 1)
			return
		}
	}
	if !a.shot.Inventory.Host.Privileged {
		d.Paragraph(styles.Unclear, "What is in the trash can be seen as root only.", 1)
		return
	}
	d.Paragraph(styles.Dim, "The trash is empty. What is purged stays here until it is restored or deleted for good.", 1)
}
