package tui

import "microtui/model"

// What was read for the pane that asked, by its intents.
type (
	// olderLinesRead are lines from before those that were held.
	olderLinesRead struct {
		reader  int
		before  string // the cursor of the first of these
		entries []model.LogEntry
		fault   model.SafeText
	}
	// newerLinesRead are lines from after those that were held.
	newerLinesRead struct {
		reader  int
		after   string // the cursor of the last of these
		entries []model.LogEntry
		fault   model.SafeText
	}
	// startFound is what came of a look for a start.
	startFound struct {
		seek int // the number of the look
		// start is what systemd said of it; nil: there is none. The lines go on
		// from there.
		start *model.LogEntry
		lines []model.LogEntry
		fault model.SafeText
	}
)
