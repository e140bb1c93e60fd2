package tui

import (
	"slices"
	"strings"

	"microtui/model"
	"microtui/styles"
	"microtui/tone"
	"microtui/tui/draw"
	"microtui/wording"
)

// stampMode is how the time of a line is shown.
type stampMode int

const (
	stampTime stampMode = iota
	stampDate
	stampNone
	stampModes
)

// LogOptions are how logs look at first.
type LogOptions struct {
	Timestamps string // time, date or none; empty: time
	Cut        bool   // long lines do not go on below
	Colours    bool   // the guests' own are kept
}

var stampModesOf = map[string]stampMode{"date": stampDate, "none": stampNone}

func (o LogOptions) look(s styles.Styles, g styles.Glyphs) logLook {
	return logLook{styles: s, glyphs: g, wrap: !o.Cut, colours: o.Colours, stamp: stampModesOf[o.Timestamps]}
}

var stampLayouts = map[stampMode]string{stampTime: "15:04:05", stampDate: "2006-01-02 15:04:05.000"}

// logLook is how lines of a log are laid out.
type logLook struct {
	cells   int
	wrap    bool
	colours bool // the guests' own are kept
	stamp   stampMode
	search  string // marked where it stands; empty: nothing is
	styles  styles.Styles
	glyphs  styles.Glyphs
	names   map[model.Raw]logName     // before each line, where there are several VMs
	inks    map[model.Look]styles.Ink // of looks met so far
}

// maxInks bounds the inks that are kept: guests choose their colours.
const maxInks = 256

// piece is a piece of a row with its ink.
type piece struct {
	ink  styles.Ink
	text model.SafeText
}

// Roles are shown by short names, the guest's console by its own.
const (
	consoleLabel = "console"
	originCells  = 8
)

// label says where a line comes from.
func label(entry *logLine) model.SafeText {
	if entry.Console {
		return consoleLabel
	}
	role, _, ok := model.ParseUnitName(entry.Unit)
	if !ok {
		return "unit"
	}
	return wording.Role(role)
}

// headings are the rows before a line: what is to be known between it and the
// line before it.
func headings(w *logWindow, number int64) (texts []model.SafeText) {
	line := w.at(number)
	if line.gap {
		texts = append(texts, "lines may be missing here")
	}
	if number > w.first && line.Boot != "" && w.at(number-1).Boot != "" && line.Boot != w.at(number-1).Boot {
		texts = append(texts, "the host booted")
	}
	return texts
}

// rows is how many rows a line takes.
func (k *logLook) rows(w *logWindow, number int64) int {
	line := w.at(number)
	before := len(headings(w, number))
	if !k.wrap && !strings.Contains(string(line.Message), "\n") {
		return before + 1
	}
	return before + len(k.layOut(line))
}

// draw makes the rows of a line.
func (k *logLook) draw(w *logWindow, number int64) []string {
	var rows []string
	for _, text := range headings(w, number) {
		rows = append(rows, k.ruled(text))
	}
	for _, pieces := range k.layOut(w.at(number)) {
		rows = append(rows, k.row(pieces))
	}
	return rows
}

// row is a row of pieces, with a sign where it was cut.
func (k *logLook) row(pieces []piece) string {
	l := draw.Line{Sheet: k.styles.Plain, Limit: k.cells}
	if free := k.cells; slices.ContainsFunc(pieces, func(p piece) bool {
		head, w := draw.Fits(p.text, free)
		free -= w
		return len(head) < len(p.text)
	}) {
		l.Limit--
	}
	for _, p := range pieces {
		l.PutInk(p.ink, p.text)
	}
	if l.Limit < k.cells {
		l.Limit = k.cells
		l.Glyph(styles.Dim, k.glyphs.Ellipsis)
	}
	return l.String()
}

func (k *logLook) ruled(text model.SafeText) string {
	l := draw.Line{Sheet: k.styles.Plain, Ellipsis: k.glyphs.Ellipsis, Limit: k.cells}
	l.Rule(k.glyphs.Rule, 2)
	l.Space(1)
	l.Put(styles.Warn, text)
	l.Space(1)
	l.Rule(k.glyphs.Rule, k.cells)
	return l.String()
}

// layOut gives the rows of a line, each a list of pieces. What follows the
// first row stands below its message.
func (k *logLook) layOut(line *logLine) [][]piece {
	prefix := k.prefix(line)
	indent := 0
	for _, p := range prefix {
		indent += draw.Width(p.text)
	}
	blank := piece{k.styles.Plain.Ink(styles.Text), draw.BlanksText(indent)}
	var rows [][]piece
	for i, message := range strings.Split(string(line.Message), "\n") {
		pieces := k.message(line, model.Raw(message))
		if i == 0 && !line.Console && line.From != "" {
			from := piece{k.styles.Plain.Ink(styles.Dim), model.Safe(line.From) + ": "}
			pieces = append([]piece{from}, pieces...)
		}
		for at := range pieces {
			pieces[at].text = draw.Showable(k.styles.Plain, pieces[at].text)
		}
		rows = append(rows, k.broken(pieces, max(1, k.cells-indent))...)
	}
	if line.Cut > 0 {
		last := len(rows) - 1
		cut := piece{k.styles.Plain.Ink(styles.Warn), model.Safe(model.Raw(k.glyphs.Ellipsis)) + model.Safef(" (+%d bytes)", line.Cut)}
		rows[last] = append(rows[last], cut)
	}
	for i := range rows {
		if i == 0 {
			rows[i] = append(prefix, rows[i]...)
		} else {
			rows[i] = append([]piece{blank}, rows[i]...)
		}
	}
	return rows
}

// prefix is what stands before a message: when, of which VM, and from where. A
// narrow screen has no room for the time, and a letter says from where.
func (k *logLook) prefix(line *logLine) []piece {
	from := label(line)
	role := styles.Dim
	if !line.Console {
		role = styles.Accent
	}
	ink := k.styles.Plain.Ink
	name, named := k.name(line)
	var pieces []piece
	if k.cells < draw.NarrowCells {
		if named {
			pieces = append(pieces, name)
		}
		return append(pieces, piece{ink(role), from[:1] + " "})
	}
	if k.stamp != stampNone {
		at := model.Safe(model.Raw(line.At.Local().Format(stampLayouts[k.stamp])))
		pieces = append(pieces, piece{ink(styles.Dim), at + " "})
	}
	if named {
		pieces = append(pieces, name)
	}
	return append(pieces, piece{ink(role), from + draw.BlanksText(originCells+1-draw.Width(from))})
}

// message is a message as pieces: the guest's own colours where they are
// wanted, else that of the priority, and what is searched for marked.
func (k *logLook) message(line *logLine, text model.Raw) []piece {
	if most := 64*k.cells + 1024; !k.wrap && len(text) > most {
		text = text[:most] // more cannot be in sight
	}
	plain := k.styles.Plain.Ink(priorityRole(line))
	var pieces []piece
	for _, span := range model.Spans(text, k.colours) {
		ink := plain
		if span.Look != (model.Look{}) {
			ink = k.painted(span.Look)
		}
		pieces = append(pieces, piece{ink, span.Text})
	}
	return k.highlighted(pieces)
}

func priorityRole(line *logLine) styles.Role {
	switch {
	case line.Console || line.Priority == model.NoPriority:
		return styles.Text
	case line.Priority <= 3:
		return styles.Bad
	case line.Priority == 4:
		return styles.Warn
	case line.Priority == 7:
		return styles.Dim
	}
	return styles.Text
}

// painted is the ink of a look.
func (k *logLook) painted(look model.Look) styles.Ink {
	ink, ok := k.inks[look]
	if !ok {
		if k.inks == nil || len(k.inks) >= maxInks {
			k.inks = map[model.Look]styles.Ink{}
		}
		ink = k.styles.Painted(tone.Painted(look))
		k.inks[look] = ink
	}
	return ink
}
