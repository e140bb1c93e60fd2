package logview

import (
	"microtui/model"
	"microtui/model/text"
)

// What was read for the pane that asked, by its intents.
type (
	// Older are lines from before those that were held.
	Older struct {
		Reader  int
		Before  string // the cursor of the first of these
		Entries []model.LogEntry
		Fault   text.SafeText
	}
	// Newer are lines from after those that were held.
	Newer struct {
		Reader  int
		After   string // the cursor of the last of these
		Entries []model.LogEntry
		Fault   text.SafeText
	}
	// StartFound is what came of a look for a start.
	StartFound struct {
		Seek int // the number of the look
		// Start is what systemd said of it; nil: there is none. The lines go on
		// from there.
		Start *model.LogEntry
		Lines []model.LogEntry
		Fault text.SafeText
	}
)
