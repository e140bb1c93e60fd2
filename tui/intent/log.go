package intent

import "microtui/model"

// The intents of a log pane. Reader is the number of the open log that they
// are about: what comes of them is of no use to another one.
type (
	// ReadOlder reads the lines before those that are held.
	ReadOlder struct {
		Reader int
		Query  model.LogQuery
	}
	// ReadNewer reads at most so many lines after the one at a cursor.
	ReadNewer struct {
		Reader int
		Query  model.LogQuery
		After  string
		Most   int
	}
	// SeekStart looks for a start of a VM, and reads on from it.
	SeekStart struct {
		Seek  int            // its number: a later one is another
		Query model.LogQuery // for starts
		Most  int            // of them
		// Choose is the start that is wanted among those found; nil: none.
		Choose func([]model.LogEntry) *model.LogEntry
		Lines  model.LogQuery // for what comes after it
	}
	// ReopenLog reads the log anew from its end.
	ReopenLog struct{}
)

func (ReadOlder) intent() {}
func (ReadNewer) intent() {}
func (SeekStart) intent() {}
func (ReopenLog) intent() {}
