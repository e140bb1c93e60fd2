package tui

import (
	"path/filepath"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/dialog"
	"microtui/tui/intent"
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
		return "an export is already running"
	}
	return ""
}

// openExport asks for a file.
func (a *App) openExport() intent.Intent {
	if why := a.whyNotExport(); why != "" {
		return intent.Warn("Export: " + why)
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
	m := intent.Message{Role: styles.Busy, Text: "Export: writing", Key: intent.Mention{Before: "; ", Command: "results", After: " shows the result"}}
	return tea.Batch(a.tell(m), guarded(func() tea.Msg {
		full, lines, err := a.exporter.Export(a.ctx, i.Query, i.Path)
		return exportedMsg{full, lines, err}
	}))
}
