package text

import (
	"strconv"
	"strings"
)

// Style is how a program asked for its text to be shown. It is data: what of it
// is shown, and how, is the renderer's choice. There is neither concealed nor
// blinking text, and none in the colour of its background: they deceive.
type Style struct {
	Fore, Back                                       Colour
	Bold, Faint, Italic, Underline, Reverse, Crossed bool
}

// Colour is a colour as a terminal is told it: none, one of the palette, or an
// exact one. The zero value is none, the terminal's own.
type Colour struct {
	kind    colourKind
	r, g, b uint8 // of the palette: the index is r
}

type colourKind uint8

const (
	noColour colourKind = iota
	paletteColour
	exactColour
)

// PaletteColour is one of a terminal's 256 colours; the first 16 look as its
// user chose.
func PaletteColour(index uint8) Colour { return Colour{kind: paletteColour, r: index} }

// ExactColour is a colour by its parts.
func ExactColour(r, g, b uint8) Colour { return Colour{kind: exactColour, r: r, g: g, b: b} }

// Palette is the colour's index in the palette, if it is one of it.
func (c Colour) Palette() (index uint8, ok bool) { return c.r, c.kind == paletteColour }

// RGB are the parts of an exact colour, if it is one.
func (c Colour) RGB() (r, g, b uint8, ok bool) { return c.r, c.g, c.b, c.kind == exactColour }

// legible shows what would be hidden by being of one colour with its
// background.
func (s Style) legible() Style {
	if s.Fore == s.Back {
		s.Fore, s.Back = Colour{}, Colour{}
	}
	return s
}

// apply is the style after the parameters of an SGR sequence. What is unknown
// changes nothing.
func (s Style) apply(parameters string) Style {
	list := strings.Split(parameters, ";")
	for len(list) > 0 {
		code, rest, hasParts := strings.Cut(list[0], ":")
		list = list[1:]
		switch n := parameter(code); {
		case n == 38 || n == 48:
			var c Colour
			var ok bool
			if hasParts {
				c, ok = partsColour(strings.Split(rest, ":"))
			} else {
				c, list, ok = listColour(list)
			}
			if ok {
				s.paint(n == 48, c)
			}
		case hasParts && n == 4:
			s.Underline = parameter(rest) != 0
		case !hasParts:
			s.set(n)
		}
	}
	return s
}

// parameter is a parameter's value; empty is 0, and what is too large nothing.
func parameter(s string) int {
	if s == "" {
		return 0
	}
	n, err := strconv.ParseUint(s, 10, 8)
	if err != nil {
		return -1
	}
	return int(n)
}

// set applies a parameter that stands for itself.
func (s *Style) set(n int) {
	switch {
	case n == 0:
		*s = Style{}
	case n == 22:
		s.Bold, s.Faint = false, false
	case n == 21: // twice underlined, by ECMA-48
		s.Underline = true
	case n >= 1 && n <= 9:
		s.attribute(n, true)
	case n >= 23 && n <= 29:
		s.attribute(n-20, false)
	case n >= 30 && n <= 37:
		s.Fore = PaletteColour(uint8(n - 30))
	case n == 39:
		s.Fore = Colour{}
	case n >= 40 && n <= 47:
		s.Back = PaletteColour(uint8(n - 40))
	case n == 49:
		s.Back = Colour{}
	case n >= 90 && n <= 97:
		s.Fore = PaletteColour(uint8(n - 90 + 8))
	case n >= 100 && n <= 107:
		s.Back = PaletteColour(uint8(n - 100 + 8))
	}
}

// attribute switches what is not a colour. 5 and 6, blinking, and 8,
// concealed, are left out.
func (s *Style) attribute(n int, on bool) {
	switch n {
	case 1:
		s.Bold = on
	case 2:
		s.Faint = on
	case 3:
		s.Italic = on
	case 4:
		s.Underline = on
	case 7:
		s.Reverse = on
	case 9:
		s.Crossed = on
	}
}

func (s *Style) paint(back bool, c Colour) {
	if back {
		s.Back = c
	} else {
		s.Fore = c
	}
}

// listColour takes a colour from the parameters after 38 or 48: 5;N or
// 2;R;G;B. One that is not whole takes all there are, as in xterm.
func listColour(list []string) (c Colour, rest []string, ok bool) {
	if len(list) == 0 {
		return Colour{}, nil, false
	}
	length := map[string]int{"5": 2, "2": 4}[list[0]]
	if length == 0 || len(list) < length {
		return Colour{}, nil, false
	}
	c, ok = partsColour(list[:length])
	return c, list[length:], ok
}

// partsColour reads a colour: 5 and N, or 2, R, G and B, with the number of a
// colour space before R, often empty, in the form with colons.
func partsColour(parts []string) (Colour, bool) {
	var n []int
	for _, part := range parts {
		n = append(n, parameter(part))
	}
	switch {
	case len(n) >= 2 && n[0] == 5 && n[1] >= 0:
		return PaletteColour(uint8(n[1])), true
	case len(n) == 4 && n[0] == 2:
	case len(n) >= 5 && n[0] == 2:
		n = n[1:]
	default:
		return Colour{}, false
	}
	if min(n[1], n[2], n[3]) < 0 {
		return Colour{}, false
	}
	return ExactColour(uint8(n[1]), uint8(n[2]), uint8(n[3])), true
}

// maxSGR is the longest sequence taken for a colour. Real ones are shorter.
const maxSGR = 64

// cutSGR finds a whole SGR sequence at the start of text: ESC [ PARAMETERS m.
func cutSGR(text string) (parameters string, length int) {
	if !strings.HasPrefix(text, "\x1b[") {
		return "", 0
	}
	for i := 2; i < min(len(text), maxSGR); i++ {
		switch c := text[i]; {
		case c == 'm':
			return text[2:i], i + 1
		case c != ';' && c != ':' && (c < '0' || c > '9'):
			return "", 0
		}
	}
	return "", 0
}
