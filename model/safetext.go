package model

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
func Safe(raw Raw) SafeText {
	if isPlain(string(raw)) {
		return SafeText(raw)
	}
	var b strings.Builder
	b.Grow(len(raw) + 16)
	marks := 0
	for i := 0; i < len(raw); {
		r, size := utf8.DecodeRuneInString(string(raw[i:]))
		if r == utf8.RuneError && size <= 1 {
			fmt.Fprintf(&b, "‹%02X›", raw[i])
			i, marks = i+1, 0
			continue
		}
		i += size
		if !unicode.In(r, unicode.Mn, unicode.Me) {
			marks = 0
		} else if marks++; marks > maxMarks {
			continue
		}
		writeSafe(&b, r)
	}
	return SafeText(b.String())
}

// Safef formats like [fmt.Sprintf] and makes the result safe.
func Safef(format string, args ...any) SafeText {
	return Safe(Raw(fmt.Sprintf(format, args...)))
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
	case isDangerous(r):
		fmt.Fprintf(b, "‹U+%04X›", r)
	default:
		b.WriteRune(r)
	}
}

// isDangerous reports whether a character, harmless to a program that only
// copies it, changes what a person sees: C1 controls, direction, invisible
// and joining characters, line separators, fillers, tags, variation
// selectors, private use, and what Unicode will never assign.
func isDangerous(r rune) bool {
	return unicode.In(r, dangerous) || r&0xfffe == 0xfffe
}

// dangerous lists what the categories C1, bidirectional control, format,
// filler and tag hold: reliability.md R4.1 names them one by one.
var dangerous = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x0080, Hi: 0x009f, Stride: 1}, // C1
		{Lo: 0x00ad, Hi: 0x00ad, Stride: 1}, // soft hyphen
		{Lo: 0x034f, Hi: 0x034f, Stride: 1}, // combining grapheme joiner
		{Lo: 0x061c, Hi: 0x061c, Stride: 1}, // Arabic letter mark
		{Lo: 0x115f, Hi: 0x1160, Stride: 1}, // Hangul fillers
		{Lo: 0x17b4, Hi: 0x17b5, Stride: 1}, // Khmer inherent vowels
		{Lo: 0x180b, Hi: 0x180f, Stride: 1}, // Mongolian selectors
		{Lo: 0x200b, Hi: 0x200f, Stride: 1}, // zero width, direction marks
		{Lo: 0x2028, Hi: 0x202e, Stride: 1}, // separators, embeddings
		{Lo: 0x2060, Hi: 0x206f, Stride: 1}, // joiners, isolates, deprecated
		{Lo: 0x3164, Hi: 0x3164, Stride: 1}, // Hangul filler
		{Lo: 0xe000, Hi: 0xf8ff, Stride: 1}, // private use
		{Lo: 0xfdd0, Hi: 0xfdef, Stride: 1}, // noncharacters
		{Lo: 0xfe00, Hi: 0xfe0f, Stride: 1}, // variation selectors
		{Lo: 0xfeff, Hi: 0xfeff, Stride: 1}, // byte order mark
		{Lo: 0xffa0, Hi: 0xffa0, Stride: 1}, // halfwidth Hangul filler
		{Lo: 0xfff0, Hi: 0xfffb, Stride: 1}, // specials
	},
	R32: []unicode.Range32{
		{Lo: 0x1bca0, Hi: 0x1bca3, Stride: 1},  // shorthand format controls
		{Lo: 0x1d173, Hi: 0x1d17a, Stride: 1},  // musical format controls
		{Lo: 0xe0000, Hi: 0xe0fff, Stride: 1},  // tags, selectors
		{Lo: 0xf0000, Hi: 0x10ffff, Stride: 1}, // private use
	},
}
