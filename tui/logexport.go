package tui

import (
	"errors"
	"path/filepath"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/dialog"
	"microtui/tui/intent"
	"microtui/wording"
)

// exportedMsg says what came of an export.
type exportedMsg struct {
	path  string
	lines int
	err   error
}

// whyNotExport says why the log cannot be written into a file; empty: it can.
func (a *App) whyNotExport() text.SafeText {
	switch why := a.log.Why; {
	case why != "":
		return why
	case a.exporter == nil:
		return "this host writes no files"
	case a.log.Exports > 0:
		return "one is being written"
	}
	return ""
}

// openExport asks for a file.
func (a *App) openExport() tea.Cmd {
	if why := a.whyNotExport(); why != "" {
		return a.warn("Export: " + why)
	}
	now := a.hostTime()
	about, _ := a.log.About()
	path := filepath.Join(a.options.Folder, exportName(about, now))
	a.openDialog(dialog.NewExport(about, a.log.Query(), a.log.Read.Words(now), path))
	return nil
}

// exportName is a name for a file that can be typed everywhere.
func exportName(about text.SafeText, now time.Time) string {
	plain := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return '_'
	}, string(about))
	const longest = 60
	return "log-" + plain[:min(len(plain), longest)] + "-" + now.Format("20060102-150405") + ".txt"
}

// export begins to write.
func (a *App) export(i intent.Export) tea.Cmd {
	a.log.Exports++
	m := intent.Message{Role: styles.Busy, Text: "Export: it is being written", Key: intent.Mention{Before: "; ", Command: "results", After: " shows how it ended"}}
	return tea.Batch(a.tell(m), guarded(func() tea.Msg {
		full, lines, err := a.exporter.Export(a.ctx, i.Query, i.Path)
		return exportedMsg{full, lines, err}
	}))
}

// exported tells what came of it, and where it is.
func (a *App) exported(msg exportedMsg) tea.Cmd {
	a.log.Exports--
	path := text.Safe(msg.path)
	switch {
	case a.ctx.Err() != nil && errors.Is(msg.err, a.ctx.Err()):
		return nil
	case msg.err != nil && msg.lines > 0:
		return a.failed(text.Safef("Export: only %d lines in ", msg.lines) + path + ": " + text.Safe(msg.err.Error()))
	case msg.err != nil:
		return a.failed("Export: " + text.Safe(msg.err.Error()))
	}
	m := intent.Message{At: time.Now(), Role: styles.Good, Text: text.Safef("Export: %d line%s in ", msg.lines, wording.Plural(msg.lines)) + path}
	return a.say(intent.Tell{Message: m, Keep: true})
}
