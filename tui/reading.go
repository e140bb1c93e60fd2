package tui

import (
	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/tui/intent"
	"microtui/tui/logview"
)

// Logs: what asks the host to read them.

// The messages of logs.
type (
	// batchMsg brings lines. err is io.EOF after the last.
	batchMsg struct {
		from  *logReader
		batch model.LogBatch
		err   error
	}
	// closedMsg says that a log was closed.
	closedMsg struct{}
)

// nextBatch is the command that waits for the next lines of a log.
func (a *App) nextBatch(r *logReader) tea.Cmd {
	return guarded(func() tea.Msg {
		batch, err := r.log.Next(a.ctx)
		return batchMsg{r, batch, err}
	})
}

// closeReader is the command that closes a log; it may take a moment.
func (a *App) closeReader(number int) tea.Cmd {
	r := a.logs.of(number)
	if r == nil {
		return nil
	}
	r.end()
	return guarded(func() tea.Msg { a.logs.close(r); return closedMsg{} })
}

// readOlder is the command that reads the lines before those that are held.
func (a *App) readOlder(i intent.ReadOlder) tea.Cmd {
	return guarded(func() tea.Msg {
		entries, fault := a.logs.readLines(a.ctx, a.journal, i.Query, i.Query.Last)
		return logview.Older{Reader: i.Reader, Before: i.Query.Before, Entries: entries, Fault: fault}
	})
}

// readNewer is the command that reads lines after one, which the query begins
// at the time of.
func (a *App) readNewer(i intent.ReadNewer) tea.Cmd {
	return guarded(func() tea.Msg {
		passed := false
		entries, fault := a.logs.readLines(a.ctx, a.journal, i.Query, i.Most, func(e *model.LogEntry) bool {
			was := passed
			passed = passed || e.Cursor == i.After
			return was
		})
		return logview.Newer{Reader: i.Reader, After: i.After, Entries: entries, Fault: fault}
	})
}

// seekStart is the command that looks for a start, and reads on from it.
func (a *App) seekStart(i intent.SeekStart) tea.Cmd {
	return guarded(func() tea.Msg {
		found := logview.StartFound{Seek: i.Seek}
		var starts []model.LogEntry
		if starts, found.Fault = a.logs.readLines(a.ctx, a.journal, i.Query, i.Most); found.Fault != "" {
			return found
		}
		if found.Start = i.Choose(starts); found.Start != nil {
			lines := i.Lines
			lines.Since = found.Start.At
			found.Lines, found.Fault = a.logs.readLines(a.ctx, a.journal, lines, logview.StartLines)
		}
		return found
	})
}
