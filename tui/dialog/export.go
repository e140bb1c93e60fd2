package dialog

import (
	"strings"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/tui/intent"
	"microtui/tui/prompt"
	"microtui/tui/scene"
)

// Export asks for the file that a log is written into. What is written was fixed
// when it was opened.
type Export struct {
	plain
	about text.SafeText
	query model.LogQuery
	what  text.SafeText // the log is narrowed to; empty: to nothing
	field prompt.Prompt
	wrong text.SafeText
}

// NewExport asks for a file, and proposes one.
func NewExport(about text.SafeText, query model.LogQuery, what text.SafeText, path string) *Export {
	query.Last, query.Follow = -1, false
	return &Export{about: about, query: query, what: what, field: prompt.New(path)}
}

// Title implements [Dialog].
func (e *Export) Title(*scene.Scene) text.SafeText { return "Export the log of " + e.about }

// Mode implements [Dialog].
func (*Export) Mode() Mode { return Names }

// Field implements [Dialog].
func (e *Export) Field() *prompt.Prompt { return &e.field }

// Typed implements [Dialog].
func (e *Export) Typed(*scene.Scene) Change {
	e.wrong = ""
	return Change{}
}

// Press implements [Dialog].
func (e *Export) Press(key Key, s *scene.Scene) Change {
	if key != Submit {
		return e.plain.Press(key, s)
	}
	if strings.TrimSpace(e.field.Text()) == "" || strings.HasSuffix(e.field.Text(), "/") {
		e.wrong = "Type a file name."
		return Change{}
	}
	return closed(intent.Export{Query: e.query, Path: e.field.Text()})
}

// Write implements [Dialog].
func (e *Export) Write(_ *scene.Scene, d *draw.Document) {
	l := d.Line()
	e.field.Draw(l, d.Glyphs.Caret, d.Cells)
	d.Lines = append(d.Lines, l.String())
	if e.wrong != "" {
		d.Paragraph(styles.Warn, e.wrong, 0)
	}
	d.Blank()
	lines := text.SafeText("Writes every line in the journal")
	if e.what != "" {
		lines += " (" + e.what + ")"
	}
	d.Paragraph(styles.Text, lines+", not just those loaded, as plain text to a new file that only you can read.", 0)
}
