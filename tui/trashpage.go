package tui

import (
	"time"

	"microtui/model"
	"microtui/styles"
)

// The page of the trash, and the page about one entry.

func trashRow(e *model.TrashEntry, at time.Time, g styles.Glyphs) row {
	r := row{ref: model.Ref{Kind: model.KindTrash, Name: model.Raw(e.ID)}}
	r.cells[columnName] = run{styles.Strong, model.Safe(e.Name)}
	r.cells[columnOrigin] = run{styles.Dim, word(e.Origin, nil)}
	r.cells[columnSize] = run{styles.Text, model.Safe(model.Raw(g.Unknown))}
	if e.Bytes != nil {
		r.cells[columnSize].text = model.FormatBytes(*e.Bytes)
	}
	if !at.Before(e.PurgedAt) {
		r.cells[columnAge] = run{styles.Dim, model.FormatAge(at.Sub(e.PurgedAt))}
	}
	r.cells[columnExpires] = expiry(e, at)
	r.cells[columnBy] = run{styles.Dim, model.Safe(e.By)}
	r.cells[columnNotes] = entryNote(e)
	return r
}

// entryTexts are what a filter looks for in an entry.
func entryTexts(e *model.TrashEntry) []model.Raw {
	return []model.Raw{model.Raw(e.ID), e.Name, model.Raw(e.Kind), model.Raw(e.Origin), e.By, model.Raw(entryNote(e).text)}
}

// expiry says when an entry may be deleted by clean-up.
func expiry(e *model.TrashEntry, at time.Time) run {
	switch {
	case e.ExpiresAt.IsZero():
		return run{styles.Dim, "never"}
	case e.ExpiresAt.Before(at):
		return run{styles.Warn, "expired"}
	}
	return run{styles.Dim, "in " + model.FormatAge(e.ExpiresAt.Sub(at))}
}

// entryNote is what is remarkable about an entry.
func entryNote(e *model.TrashEntry) run {
	switch {
	case e.Missing:
		return run{styles.Bad, "its directory is not there any more"}
	case e.Deleting:
		return run{styles.Warn, "its deletion was begun: what is left cannot be restored"}
	case e.Data:
		return run{styles.Text, "holds data"}
	}
	return run{styles.Dim, "no data"}
}

// entryTabs are the parts of the page about an entry.
var entryTabs = []tab{{"overview", writeEntry}, {"evidence", writeEntryEvidence}}

func writeEntry(d *document, about subject) {
	e := about.entry
	note := entryNote(e)
	d.field("name", styles.Strong, model.Safe(e.Name))
	d.field("state", note.role, note.text)
	d.field("kind", styles.Text, word(e.Kind, kindWords))
	d.field("origin", originRole(e.Origin), word(e.Origin, nil))
	if e.Bytes != nil {
		d.field("size", styles.Text, model.FormatBytes(*e.Bytes)+" on disk")
	}
	d.field("purged", styles.Text, timeText(e.PurgedAt))
	d.field("by", styles.Text, model.Safe(e.By))
	if e.ExpiresAt.IsZero() {
		d.field("expires", styles.Text, "never by itself")
	} else {
		d.field("expires", styles.Text, timeText(e.ExpiresAt)+": clean-up offers it from then on")
	}
	d.blank()
	d.field("was at", styles.Text, model.Safe(e.From))
	d.field("is at", styles.Text, model.Safe(e.Place))
	for i, root := range e.Roots {
		d.field(map[bool]model.SafeText{true: "gcroot links"}[i == 0], styles.Text, model.Safe(root.Name))
	}
	for i, runner := range e.Runners {
		d.field(map[bool]model.SafeText{true: "stays rooted"}[i == 0], styles.Dim, model.Safe(runner))
	}
	if e.Ran {
		d.field("", styles.Dim, "It ran when it was purged. Restored, it stays off until somebody starts it.")
	}
	d.blank()
	d.field("id", styles.Dim, model.Safe(model.Raw(e.ID)))
}

func writeEntryEvidence(d *document, about subject) {
	for _, fact := range about.entry.Evidence {
		d.item(styles.Text, d.glyphs.Bullet, model.Safe(fact))
	}
	if len(about.entry.Evidence) == 0 {
		none(d, "Why it was purged was not recorded.")
	}
}

// trashFigures are the figures of the head line.
func trashFigures(entries []model.TrashEntry, at time.Time) []figure {
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
	figures := []figure{{run{styles.Text, model.FormatBytes(bytes)}, 0}}
	if expired > 0 {
		figures = append(figures, figure{run{styles.Warn, model.Safef("%d expired", expired)}, 1})
	}
	return figures
}

// emptyTrash is the page where there is nothing in the trash.
func (a *App) emptyTrash(d *document) {
	for _, f := range a.shot.faults {
		if f.source == model.SourceTrash {
			d.paragraph(styles.Fault, "The trash could not be read: "+f.text, 1)
			return
		}
	}
	if !a.shot.inventory.Host.Privileged {
		d.paragraph(styles.Unclear, "What is in the trash can be seen as root only.", 1)
		return
	}
	d.paragraph(styles.Dim, "The trash is empty. What is purged stays here until it is restored or deleted for good.", 1)
}
