package tui

import (
	"errors"
	"path/filepath"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"microtui/model"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/tui/prompt"
	"microtui/wording"
)

// exporting is the dialog that asks for the file that a log is written into.
// What is written was fixed when it was opened.
type exporting struct {
	about model.SafeText
	query model.LogQuery
	what  model.SafeText // the log is narrowed to; empty: to nothing
	field prompt.Prompt
	wrong model.SafeText
}

// exportedMsg says what came of an export.
type exportedMsg struct {
	path  string
	lines int
	err   error
}

// whyNotExport says why the log cannot be written into a file; empty: it can.
func (a *App) whyNotExport() model.SafeText {
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
	p, now := &a.log, a.hostTime()
	about, _ := p.About()
	e := &exporting{about: about, query: p.Query(), what: p.Read.Words(now)}
	e.query.Last, e.query.Follow = -1, false
	e.field = prompt.New(filepath.Join(a.options.Folder, exportName(about, now)))
	a.openDialog(e)
	return nil
}

// exportName is a name for a file that can be typed everywhere.
func exportName(about model.SafeText, now time.Time) string {
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

func (e *exporting) title(*App) model.SafeText { return "Export the log of " + e.about }

func (e *exporting) layer() layers { return onExport }

func (e *exporting) answer() (model.SafeText, bool) { return "", false }

func (e *exporting) renew(*App) bool { return false }

func (e *exporting) write(a *App, d *draw.Document) {
	l := d.Line()
	e.field.Draw(l, a.glyphs.Caret, d.Cells)
	d.Lines = append(d.Lines, l.String())
	if e.wrong != "" {
		d.Paragraph(styles.Warn, e.wrong, 0)
	}
	d.Blank()
	lines := model.SafeText("Every line that the journal holds")
	if e.what != "" {
		lines += " (" + e.what + ")"
	}
	d.Paragraph(styles.Text, lines+", not only what is loaded, as plain text, into a new file that only you can read.", 0)
}

// export begins to write.
func (a *App) export() tea.Cmd {
	e := a.dialog.content.(*exporting)
	if strings.TrimSpace(e.field.Text()) == "" || strings.HasSuffix(e.field.Text(), "/") {
		e.wrong = "It needs the name of a file."
		return nil
	}
	a.closeDialog()
	a.log.Exports++
	path := e.field.Text()
	return tea.Batch(a.tell(message{Role: styles.Busy, Text: "Export: it is being written" + a.commands.Mention("; ", "results", " shows how it ended")}), guarded(func() tea.Msg {
		full, lines, err := a.exporter.Export(a.ctx, e.query, path)
		return exportedMsg{full, lines, err}
	}))
}

// exported tells what came of it, and where it is.
func (a *App) exported(msg exportedMsg) tea.Cmd {
	a.log.Exports--
	path := model.Safe(model.Raw(msg.path))
	switch {
	case a.ctx.Err() != nil && errors.Is(msg.err, a.ctx.Err()):
		return nil
	case msg.err != nil && msg.lines > 0:
		return a.failed(model.Safef("Export: only %d lines in ", msg.lines) + path + ": " + model.Safe(model.Raw(msg.err.Error())))
	case msg.err != nil:
		return a.failed("Export: " + model.Safe(model.Raw(msg.err.Error())))
	}
	m := message{At: time.Now(), Role: styles.Good, Text: model.Safef("Export: %d line%s in ", msg.lines, wording.Plural(msg.lines)) + path}
	a.record.add(m)
	return a.tell(m)
}
