package text

import (
	"strings"
	"unicode"
)

// Span is a piece of a line in one style.
type Span struct {
	Text  SafeText
	Style Style
}

// Spans makes a line of a log showable. Colours (SGR sequences, ECMA-48
// §8.3.117) are taken out of the text and, if wanted, kept as styles. Every
// other control character shows (see [Safe]), and so does each sequence that
// is not finished or not plainly a colour: nothing is ever hidden behind one.
// Carriage returns at the end are dropped: lines of a console end in one.
//
// No span is empty, and no two neighbours have one style.
func Spans(line Raw, colours bool) []Span {
	var s spanner
	text := string(line)
	for len(text) > 0 {
		esc := strings.IndexByte(text, '\x1b')
		if esc < 0 {
			esc = len(text)
		}
		s.write(text[:esc])
		text = text[esc:]
		parameters, length := cutSGR(text)
		switch {
		case length > 0 && colours:
			s.style = s.style.apply(parameters)
		case length == 0 && text != "":
			length = 1
			s.write(text[:1])
		}
		text = text[length:]
	}
	s.flush()
	return s.spans
}

// spanner collects spans.
type spanner struct {
	spans   []Span
	text    strings.Builder // of the span at hand
	in      Style           // its style
	style   Style           // of what comes, as it was asked for
	returns int             // carriage returns that nothing has followed yet
}

// write adds text in the style that holds.
func (s *spanner) write(text string) {
	before := s.returns
	trimmed := strings.TrimRight(text, "\r")
	if trimmed == "" {
		s.returns += len(text)
		return
	}
	s.returns = len(text) - len(trimmed)
	if before > 0 {
		trimmed = strings.Repeat("\r", before) + trimmed
	}
	if style := s.style.legible(); style != s.in {
		// A combining mark belongs to the character before it, whatever colour
		// was asked for between them: so their limit holds.
		marks := leadingMarks(trimmed)
		s.text.WriteString(trimmed[:marks])
		if trimmed = trimmed[marks:]; trimmed == "" {
			return
		}
		s.flush()
		s.in = style
	}
	s.text.WriteString(trimmed)
}

// leadingMarks is how many bytes of combining marks a text begins with.
func leadingMarks(text string) int {
	for i, r := range text {
		if !unicode.In(r, unicode.Mn, unicode.Me) {
			return i
		}
	}
	return len(text)
}

// flush ends the span at hand.
func (s *spanner) flush() {
	if s.text.Len() > 0 {
		s.spans = append(s.spans, Span{Text: Safe(s.text.String()), Style: s.in})
		s.text.Reset()
	}
}
