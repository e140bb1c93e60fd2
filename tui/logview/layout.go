package logview

import (
	"slices"
	"strings"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tone"
	"microtui/tui/draw"
	"microtui/wording"
)

// stampMode is how the time of a line is shown.
type stampMode int

// The times of lines.
const (
	StampTime stampMode = iota
	stampDate
	StampNone
	stampModes
)

// Options are how logs look at first.
type Options struct {
	Timestamps string // time, date or none; empty: time
	Cut        bool   // long lines do not go on below
	Colours    bool   // the guests' own are kept
}

var stampModesOf = map[string]stampMode{"date": stampDate, "none": StampNone}

// Layout is how lines are laid out by these options.
func (o Options) Layout(s styles.Styles, g styles.Glyphs) Layout {
	return Layout{styles: s, glyphs: g, Wrap: !o.Cut, Colours: o.Colours, Stamp: stampModesOf[o.Timestamps]}
}

var stampLayouts = map[stampMode]string{StampTime: "15:04:05", stampDate: "2006-01-02 15:04:05.000"}

// Layout is how lines of a log are laid out.
type Layout struct {
	Cells   int
	Wrap    bool
	Colours bool // the guests' own are kept
	Stamp   stampMode
	Search  string // marked where it stands; empty: nothing is
	found   int64  // the line of the match that was gone to
	here    bool   // that line is laid out
	styles  styles.Styles
	glyphs  styles.Glyphs
	names   map[model.Raw]name        // before each line, where there are several VMs
	inks    map[text.Style]styles.Ink // of looks met so far
}

// maxInks bounds the inks that are kept: guests choose their colours.
const maxInks = 256

// Piece is a piece of a row with its ink.
type Piece struct {
	ink  styles.Ink
	Text text.SafeText
}

// Roles are shown by short names, the guest's console by its own.
const (
	consoleLabel = "console"
	originCells  = 8
)

// label says where a line comes from.
func label(entry *Line) text.SafeText {
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
func headings(w *Window, number int64) (texts []text.SafeText) {
	line := w.At(number)
	if line.gap {
		texts = append(texts, wording.LinesMissing)
	}
	if number > w.First && line.Boot != "" && w.At(number-1).Boot != "" && line.Boot != w.At(number-1).Boot {
		texts = append(texts, wording.HostBooted)
	}
	return texts
}

// Rows is how many rows a line takes.
func (k *Layout) Rows(w *Window, number int64) int {
	line := w.At(number)
	before := len(headings(w, number))
	if !k.Wrap && !strings.Contains(string(line.Message), "\n") {
		return before + 1
	}
	return before + len(k.LayOut(line))
}

// Draw makes the rows of a line.
func (k *Layout) Draw(w *Window, number int64) []string {
	var rows []string
	for _, line := range headings(w, number) {
		rows = append(rows, k.ruled(line))
	}
	k.here = number == k.found
	for _, pieces := range k.LayOut(w.At(number)) {
		rows = append(rows, k.row(pieces))
	}
	k.here = false
	return rows
}

// row is a row of pieces, with a sign where it was cut.
func (k *Layout) row(pieces []Piece) string {
	l := draw.Line{Sheet: k.styles.Plain, Limit: k.Cells}
	if free := k.Cells; slices.ContainsFunc(pieces, func(p Piece) bool {
		head, w := draw.Fits(p.Text, free)
		free -= w
		return len(head) < len(p.Text)
	}) {
		l.Limit--
	}
	for _, p := range pieces {
		l.PutInk(p.ink, p.Text)
	}
	if l.Limit < k.Cells {
		l.Limit = k.Cells
		l.Glyph(styles.Dim, k.glyphs.Ellipsis)
	}
	return l.String()
}

func (k *Layout) ruled(s text.SafeText) string {
	l := draw.Line{Sheet: k.styles.Plain, Ellipsis: k.glyphs.Ellipsis, Limit: k.Cells}
	l.Rule(k.glyphs.Rule, 2)
	l.Space(1)
	l.Put(styles.Warn, s)
	l.Space(1)
	l.Rule(k.glyphs.Rule, k.Cells)
	return l.String()
}

// LayOut gives the rows of a line, each a list of pieces. What follows the
// first row stands below its message.
func (k *Layout) LayOut(line *Line) [][]Piece {
	prefix := k.Prefix(line)
	indent := 0
	for _, p := range prefix {
		indent += draw.Width(p.Text)
	}
	blank := Piece{k.styles.Plain.Ink(styles.Text), draw.BlanksText(indent)}
	var rows [][]Piece
	for i, message := range strings.Split(string(line.Message), "\n") {
		pieces := k.message(line, model.Raw(message))
		if i == 0 && !line.Console && line.From != "" {
			from := Piece{k.styles.Plain.Ink(styles.Dim), text.Safe(line.From) + ": "}
			pieces = append([]Piece{from}, pieces...)
		}
		for at := range pieces {
			pieces[at].Text = draw.Showable(k.styles.Plain, pieces[at].Text)
		}
		rows = append(rows, k.Broken(pieces, max(1, k.Cells-indent))...)
	}
	if line.Cut > 0 {
		last := len(rows) - 1
		cut := Piece{k.styles.Plain.Ink(styles.Warn), text.Safe(k.glyphs.Ellipsis) + text.Safef(" (+%s)", model.Counted(line.Cut, "byte"))}
		rows[last] = append(rows[last], cut)
	}
	for i := range rows {
		if i == 0 {
			rows[i] = append(prefix, rows[i]...)
		} else {
			rows[i] = append([]Piece{blank}, rows[i]...)
		}
	}
	return rows
}

// Prefix is what stands before a message: when, of which VM, and from where. A
// narrow screen has no room for the time, and a letter says from where.
func (k *Layout) Prefix(line *Line) []Piece {
	from := label(line)
	role := styles.Dim
	if !line.Console {
		role = styles.Accent
	}
	ink := k.styles.Plain.Ink
	name, named := k.name(line)
	var pieces []Piece
	if k.Cells < draw.NarrowCells {
		if named {
			pieces = append(pieces, name)
		}
		return append(pieces, Piece{ink(role), from[:1] + " "})
	}
	if k.Stamp != StampNone {
		at := text.Safe(line.At.Local().Format(stampLayouts[k.Stamp]))
		pieces = append(pieces, Piece{ink(styles.Dim), at + " "})
	}
	if named {
		pieces = append(pieces, name)
	}
	return append(pieces, Piece{ink(role), from + draw.BlanksText(originCells+1-draw.Width(from))})
}

// message is a message as pieces: the guest's own colours where they are
// wanted, else that of the priority, and what is searched for marked.
func (k *Layout) message(line *Line, raw model.Raw) []Piece {
	if most := 64*k.Cells + 1024; !k.Wrap && len(raw) > most {
		raw = raw[:most] // more cannot be in sight
	}
	plain := k.styles.Plain.Ink(priorityRole(line))
	var pieces []Piece
	for _, span := range text.Spans(raw, k.Colours) {
		ink := plain
		if span.Style != (text.Style{}) {
			ink = k.painted(span.Style)
		}
		pieces = append(pieces, Piece{ink, span.Text})
	}
	return k.highlighted(pieces)
}

func priorityRole(line *Line) styles.Role {
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
func (k *Layout) painted(look text.Style) styles.Ink {
	ink, ok := k.inks[look]
	if !ok {
		if k.inks == nil || len(k.inks) >= maxInks {
			k.inks = map[text.Style]styles.Ink{}
		}
		ink = k.styles.Painted(tone.Painted(look))
		k.inks[look] = ink
	}
	return ink
}
