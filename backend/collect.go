package backend

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"microtui/backend/home"
	"microtui/backend/systemd"
	"microtui/model"
)

// The MESSAGE_ID of what the periodic clean-up writes to the journal: one entry
// for each leftover, and one for the run.
const (
	LeftoverMessageID   = "5d2c1f0b8a5f4f2e9e7a6f3b7c41d9a0"
	CollectionMessageID = "b7e0f4a6c2d94d63a1f58e2c9b0d7e15"
)

// Sightings are since when each leftover has been seen as one.
func (h *Host) Sightings(context.Context) ([]model.Sighting, error) {
	return home.ReadSightings(home.SightingsFile)
}

// RecordSightings replaces the record of them.
func (h *Host) RecordSightings(_ context.Context, seen []model.Sighting) error {
	if err := h.mayChange(); err != nil {
		return err
	}
	folder, err := home.Lock()
	if err != nil {
		return fmt.Errorf("write the record of leftovers: %w", err)
	}
	defer folder.Close()
	if err := home.WriteSightings(home.SightingsFile, seen); err != nil {
		return err
	}
	return folder.Sync()
}

// RecordCollection writes to the journal what the periodic clean-up found and
// did. A journal that takes nothing changes neither.
func (h *Host) RecordCollection(_ context.Context, i model.Inventory, c model.Collection, seen []model.Sighting) {
	became := make(map[model.Ref][2]string)
	for result, some := range map[string][]model.Collected{"removed": c.Cleaned, "left": c.Left} {
		for _, one := range some {
			if became[one.Ref] = [2]string{result, string(one.Reason)}; one.Failed {
				became[one.Ref] = [2]string{"failed", string(one.Reason)}
			}
		}
	}
	since := make(map[model.Ref]time.Time, len(seen))
	for _, s := range seen {
		since[s.Ref()] = s.Since
	}
	found := model.ReportedLeftovers(i)
	for _, l := range found {
		recordLeftover(l, since[l.Ref], became[l.Ref])
	}
	fields := map[string]string{
		"MESSAGE_ID":         CollectionMessageID,
		"MICROTUI_ACTION":    "gc",
		"MICROTUI_LEFTOVERS": fmt.Sprint(len(found)),
		"MICROTUI_REMOVED":   fmt.Sprint(len(c.Cleaned)),
		"MICROTUI_EXPIRED":   fmt.Sprint(len(c.Expired)),
		"MICROTUI_BRAKE":     string(c.SafetyWarning),
	}
	message := fmt.Sprintf("gc: leftovers found: %d, removed: %d; deleted from the trash: %d", len(found), len(c.Cleaned), len(c.Expired))
	if c.SafetyWarning != "" {
		message += "; " + string(c.SafetyWarning)
	}
	if err := systemd.Record(message, fields); err != nil {
		slog.Warn("record collection", "error", err)
	}
}

// recordLeftover writes an entry about one leftover, and what became of it.
func recordLeftover(l model.Leftover, since time.Time, became [2]string) {
	fields := map[string]string{
		"MESSAGE_ID":       LeftoverMessageID,
		"MICROTUI_ACTION":  "gc",
		"MICROTUI_KIND":    string(l.Ref.Kind),
		"MICROTUI_NAME":    string(l.Ref.Name),
		"MICROTUI_VERDICT": string(l.Verdict),
		"MICROTUI_RESULT":  became[0],
		"MICROTUI_REASON":  became[1],
	}
	if !since.IsZero() {
		fields["MICROTUI_SINCE"] = since.UTC().Format(time.RFC3339)
	}
	message := fmt.Sprintf("%s %s: %s", l.Ref.Kind, l.Ref.Name, l.Verdict)
	if len(l.Evidence) > 0 {
		message += ": " + string(l.Evidence[0])
	}
	for _, word := range became {
		if word != "" {
			message += "; " + word
		}
	}
	if err := systemd.Record(strings.ToValidUTF8(message, "?"), fields); err != nil {
		slog.Warn("record leftover", "error", err)
	}
}
