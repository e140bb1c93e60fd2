package cli

import (
	"strings"
	"time"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tone"
	"microtui/wording"
)

// logLines gives what makes text of the lines of a log.
func (s *session) logLines(vms []model.Raw, colours bool) func(model.LogBatch) (string, error) {
	if s.json {
		return logJSON
	}
	t := newLogText(s.Style, vms)
	t.colours = colours && s.Style.Colour
	return t.write
}

// newLogText makes what writes the log of some VMs.
func newLogText(style OutputStyle, vms []model.Raw) *logText {
	t := &logText{style: style}
	if style.Colour {
		t.styles = styles.New(style.Theme)
	}
	for _, vm := range vms {
		if len(vms) > 1 {
			t.nameWidth = max(t.nameWidth, cells(style.text(text.Safe(vm))))
		}
	}
	return t
}

// logText writes lines of a log for people.
type logText struct {
	style     OutputStyle
	styles    styles.Styles // where there is colour
	colours   bool          // keep those of the guest
	nameWidth int           // of the column of names; 0: there is none
	boot      string        // of the line before
	out       strings.Builder
}

const (
	logStamp   = "2006-01-02 15:04:05"
	labelWidth = len("virtiofs")
)

// write makes the text of a batch.
func (t *logText) write(batch model.LogBatch) (string, error) {
	t.out.Reset()
	if batch.Gap {
		t.note(wording.LinesMissing)
	}
	for i := range batch.Entries {
		e := &batch.Entries[i]
		if t.boot != "" && e.Boot != "" && t.boot != e.Boot {
			t.note(wording.HostBooted)
		}
		t.boot = e.Boot
		t.entry(e)
	}
	return t.out.String(), nil
}

// note writes what is to be known between two lines.
func (t *logText) note(s text.SafeText) { t.put(styles.Warn, "-- "+s+" --\n") }

func (t *logText) entry(e *model.LogEntry) {
	_, vm, label := originOf(e)
	t.put(styles.Dim, text.Safe(e.At.Local().Format(logStamp))+" ")
	if t.nameWidth > 0 {
		t.put(styles.Strong, text.Safe(padded(t.style.text(text.Safe(vm)), t.nameWidth))+" ")
	}
	role := styles.Accent
	if e.Console {
		role = styles.Dim
	}
	t.put(role, text.Safe(padded(label, labelWidth))+" ")
	if !e.Console && e.From != "" {
		t.put(styles.Dim, text.Safe(e.From)+": ")
	}
	indent := len(logStamp) + 1 + labelWidth + 1
	if t.nameWidth > 0 {
		indent += t.nameWidth + 1
	}
	for i, line := range strings.Split(string(e.Message), "\n") {
		if i > 0 {
			t.out.WriteString("\n" + strings.Repeat(" ", indent))
		}
		t.message(e, model.Raw(line))
	}
	if e.Cut > 0 {
		t.put(styles.Warn, text.Safef("%s (+%s)", t.style.glyphs().Ellipsis, model.Counted(e.Cut, "byte")))
	}
	t.out.WriteByte('\n')
}

// message writes a line of a message: in the guest's colours, or in that of
// its priority.
func (t *logText) message(e *model.LogEntry, line model.Raw) {
	for _, span := range text.Spans(line, t.colours) {
		if span.Style == (text.Style{}) {
			t.put(priorityRole(e), span.Text)
			continue
		}
		ink := t.styles.Painted(tone.Painted(span.Style))
		t.out.WriteString(ink.Open + string(t.style.text(span.Text)) + ink.Close)
	}
}

// put writes a text in the ink of a role, where there is colour.
func (t *logText) put(role styles.Role, s text.SafeText) {
	s = t.style.text(s)
	if !t.style.Colour || role == styles.Text {
		t.out.WriteString(string(s))
		return
	}
	ink := t.styles.Plain.Ink(role)
	t.out.WriteString(ink.Open + strings.TrimSuffix(string(s), "\n") + ink.Close)
	if strings.HasSuffix(string(s), "\n") {
		t.out.WriteByte('\n')
	}
}

func priorityRole(e *model.LogEntry) styles.Role {
	switch {
	case e.Console || e.Priority == model.NoPriority:
		return styles.Text
	case e.Priority <= 3:
		return styles.Bad
	case e.Priority == 4:
		return styles.Warn
	}
	return styles.Text
}

// originOf says whose line it is, and what it shows of where it comes from.
func originOf(e *model.LogEntry) (role model.Role, vm model.Raw, label text.SafeText) {
	role, vm, _ = model.ParseUnitName(e.Unit)
	if e.Console {
		return role, vm, "console"
	}
	if label := wording.Role(role); label != "" {
		return role, vm, label
	}
	return role, vm, "unit"
}

// logEntry is a line of a log as JSON.
type logEntry struct {
	Schema   int             `json:"schema"`
	Time     time.Time       `json:"time"` // when journald received it
	VM       *model.Raw      `json:"vm"`
	Unit     model.Raw       `json:"unit"`
	Role     *model.Role     `json:"role"`
	From     *model.Raw      `json:"from"`
	Priority *model.Priority `json:"priority"`
	PID      *int            `json:"pid"`
	Console  bool            `json:"console"`
	Message  model.Raw       `json:"message"`
	Cut      int             `json:"cut"`
	Boot     *string         `json:"boot"`
	Cursor   string          `json:"cursor"`
}

// logJSON writes an object for each line.
func logJSON(batch model.LogBatch) (string, error) {
	var out strings.Builder
	for i := range batch.Entries {
		e := &batch.Entries[i]
		role, vm, _ := originOf(e)
		object := logEntry{
			Schema: schema, Time: e.At.UTC(), VM: orNull(vm), Unit: e.Unit, Role: orNull(role), From: orNull(e.From),
			PID: orNull(e.PID), Console: e.Console, Message: e.Message, Cut: e.Cut, Boot: orNull(e.Boot), Cursor: e.Cursor,
		}
		if e.Priority != model.NoPriority {
			object.Priority = &e.Priority
		}
		encoded, err := showableJSON(object, "")
		if err != nil {
			return "", err
		}
		out.WriteString(encoded)
	}
	return out.String(), nil
}
