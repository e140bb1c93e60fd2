package detail

import (
	"time"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tone"
	"microtui/tui/draw"
	"microtui/wording"
)

// The page of the trash, and the page about one entry.

// Expiry says when an entry may be deleted by clean-up.
func Expiry(e *model.TrashEntry, at time.Time) draw.Run {
	switch {
	case e.ExpiresAt.IsZero():
		return draw.Run{Role: styles.Dim, Text: "never"}
	case e.ExpiresAt.Before(at):
		return draw.Run{Role: styles.Warn, Text: "expired"}
	}
	return draw.Run{Role: styles.Dim, Text: "in " + model.FormatAge(e.ExpiresAt.Sub(at))}
}

// EntryNote is what is remarkable about an entry.
func EntryNote(e *model.TrashEntry) draw.Run {
	switch {
	case e.Missing:
		return draw.Run{Role: styles.Bad, Text: "its directory is gone"}
	case e.Deleting:
		return draw.Run{Role: styles.Warn, Text: "deletion has begun; it can no longer be restored"}
	case e.Data:
		return draw.Run{Role: styles.Text, Text: "holds data"}
	}
	return draw.Run{Role: styles.Dim, Text: "no data"}
}

// entryTabs are the parts of the page about an entry.
var entryTabs = []tab{{"overview", writeEntry}, {"evidence", writeEntryEvidence}}

func writeEntry(d *draw.Document, about Subject) {
	e := about.Entry
	note := EntryNote(e)
	d.Field("name", styles.Strong, text.Safe(e.Name))
	d.Field("state", note.Role, note.Text)
	d.Field("kind", styles.Text, wording.Of(e.Kind))
	d.Field("origin", tone.Origin(e.Origin), wording.Of(e.Origin))
	if e.Bytes != nil {
		d.Field("size", styles.Text, model.FormatBytes(*e.Bytes)+" on disk")
	}
	d.Field("purged", styles.Text, wording.Moment(e.PurgedAt))
	d.Field("by", styles.Text, text.Safe(e.By))
	if e.ExpiresAt.IsZero() {
		d.Field("expires", styles.Text, "never")
	} else {
		d.Field("expires", styles.Text, wording.Moment(e.ExpiresAt)+": clean-up offers it from then on")
	}
	d.Blank()
	d.Field("was at", styles.Text, text.Safe(e.From))
	d.Field("is at", styles.Text, text.Safe(e.Place))
	for i, root := range e.Roots {
		d.Field(map[bool]text.SafeText{true: "gcroot links"}[i == 0], styles.Text, text.Safe(root.Name))
	}
	for i, runner := range e.Runners {
		d.Field(map[bool]text.SafeText{true: "kept from garbage collection"}[i == 0], styles.Dim, text.Safe(runner))
	}
	if e.Ran {
		d.Field("", styles.Dim, "It was running when purged. After a restore it stays off until it is started.")
	}
	d.Blank()
	d.Field("id", styles.Dim, text.Safe(e.ID))
}

func writeEntryEvidence(d *draw.Document, about Subject) {
	for _, fact := range about.Entry.Evidence {
		d.Item(styles.Text, d.Glyphs.Bullet, text.Safe(fact))
	}
	if len(about.Entry.Evidence) == 0 {
		None(d, "The reason for the purge was not recorded.")
	}
}
