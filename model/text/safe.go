package text

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// SafeText is text that can be written to a terminal: without control
// characters, without characters that reorder, hide or join others, valid
// UTF-8, on one line. Renderers take nothing else.
//
// Constants of our own convert by themselves. Text from outside becomes
// SafeText only through [Safe] or [Safef]: a test forbids any other
// conversion.
type SafeText string

// maxMarks is how many combining marks may follow one character. More are
// used to paint over neighbouring lines.
const maxMarks = 4

// tabWidth is what a tab becomes: its stops depend on the column, which only
// a renderer knows.
const tabWidth = 4

// Safe makes text from outside showable. What it takes away it shows: control
// characters as ^X, other dangerous characters as ‹U+XXXX›, bytes that are not
// UTF-8 as ‹XX›.
//
// The filter looks at one character at a time and never at sequences: a
// matcher of escape sequences can be left in the middle of one (less,
// CVE-2022-46663).
func Safe[T ~string](of T) SafeText {
	raw := string(of)
	if isPlain(raw) {
		return SafeText(raw)
	}
	var b strings.Builder
	b.Grow(len(raw) + 16)
	marks := maxMarks // before the first character there is none to carry one
	for i := 0; i < len(raw); {
		r, size := utf8.DecodeRuneInString(raw[i:])
		switch isMark := unicode.Is(unicode.M, r); {
		case r == utf8.RuneError && size <= 1:
			fmt.Fprintf(&b, "‹%02X›", raw[i])
			marks = 0
		case isMark && marks >= maxMarks:
			writeCode(&b, r)
		case isMark:
			marks++
			writeSafe(&b, r)
		default:
			marks = 0
			writeSafe(&b, r)
		}
		i += size
	}
	return SafeText(b.String())
}

// Safef formats like [fmt.Sprintf] and makes the result safe.
func Safef(format string, args ...any) SafeText {
	return Safe(fmt.Sprintf(format, args...))
}

func isPlain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

func writeSafe(b *strings.Builder, r rune) {
	switch {
	case r == '\t':
		b.WriteString(strings.Repeat(" ", tabWidth))
	case r < 0x20:
		b.WriteByte('^')
		b.WriteRune(r + 0x40)
	case r == 0x7f:
		b.WriteString("^?")
	case IsDangerous(r):
		writeCode(b, r)
	default:
		b.WriteRune(r)
	}
}

func writeCode(b *strings.Builder, r rune) { fmt.Fprintf(b, "‹U+%04X›", r) }

// IsDangerous reports whether a character, harmless to a program that only
// copies it, changes what a person sees. Only what Unicode calls graphic may
// pass: that leaves out controls, format characters (direction, joiners,
// tags), line separators, private use, and what no version that we know
// assigns, whose width and effect nobody can tell.
func IsDangerous(r rune) bool {
	return !unicode.IsGraphic(r) || unicode.Is(hidden, r)
}

// hidden lists graphic characters that show nothing, change the one before
// them, or take a width on which terminals disagree.
var hidden = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x034f, Hi: 0x034f, Stride: 1}, // combining grapheme joiner
		{Lo: 0x0cf3, Hi: 0x0cf3, Stride: 1}, // Kannada mark of Unicode 15
		{Lo: 0x115f, Hi: 0x11ff, Stride: 1}, // Hangul fillers; vowels and finals that join to the left
		{Lo: 0x17b4, Hi: 0x17b5, Stride: 1}, // Khmer inherent vowels
		{Lo: 0x180b, Hi: 0x180f, Stride: 1}, // Mongolian selectors
		{Lo: 0x3164, Hi: 0x3164, Stride: 1}, // Hangul filler
		{Lo: 0xd7b0, Hi: 0xd7fb, Stride: 1}, // more vowels and finals
		{Lo: 0xfe00, Hi: 0xfe0f, Stride: 1}, // variation selectors
		{Lo: 0xffa0, Hi: 0xffa0, Stride: 1}, // halfwidth Hangul filler
		{Lo: 0xfffc, Hi: 0xfffc, Stride: 1}, // object replacement
	},
	R32: []unicode.Range32{
		{Lo: 0x1d165, Hi: 0x1d166, Stride: 1}, // musical stems
		{Lo: 0x1d16d, Hi: 0x1d172, Stride: 1}, // musical dots and flags
		{Lo: 0x1f1e6, Hi: 0x1f1ff, Stride: 1}, // letters that join in pairs to flags
		{Lo: 0x1f3fb, Hi: 0x1f3ff, Stride: 1}, // skin colours, that join to the left
		{Lo: 0xe0100, Hi: 0xe01ef, Stride: 1}, // variation selectors
	},
}

// ASCII is the text for a terminal that shows no UTF-8. On such a one a byte
// from 0x80 to 0x9f is a control character: 0x9b begins a sequence, and ends
// the UTF-8 of many a letter.
func (t SafeText) ASCII() SafeText {
	if isPlain(string(t)) {
		return t
	}
	var b strings.Builder
	for _, r := range t {
		switch {
		case r == '‹':
			b.WriteByte('<')
		case r == '›':
			b.WriteByte('>')
		case r < utf8.RuneSelf:
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "<U+%04X>", r)
		}
	}
	return SafeText(b.String())
}
