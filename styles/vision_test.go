package styles_test

import (
	"fmt"
	"image/color"
	"math"
	"regexp"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"

	"microtui/styles"
)

// linear is a colour by the light of its three primaries, 0 to 1.
type linear [3]float64

func linearOf(c color.Color) linear {
	r, g, b, _ := c.RGBA()
	var l linear
	for i, v := range []uint32{r, g, b} {
		l[i] = expand(float64(v) / 0xffff)
	}
	return l
}

// expand undoes the curve of sRGB (IEC 61966-2-1).
func expand(v float64) float64 {
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

func (m matrix) of(l linear) (out linear) {
	for i := range m {
		for j := range m[i] {
			out[i] += m[i][j] * l[j]
		}
	}
	return out
}

type matrix [3][3]float64

// eyes turn the light of a screen into what an eye without one kind of cones
// makes of it (Machado, Oliveira, Fernandes 2009, severity 1.0).
var eyes = map[string]matrix{
	"all cones": {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"no red (protanopia)": {
		{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"no green (deuteranopia)": {
		{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"no blue (tritanopia)": {
		{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

// lab is a colour in CIELAB, where equal distances look equally far.
func (l linear) lab() (out [3]float64) {
	toXYZ := matrix{{0.4124564, 0.3575761, 0.1804375}, {0.2126729, 0.7151522, 0.0721750}, {0.0193339, 0.1191920, 0.9503041}}
	white := linear{0.95047, 1, 1.08883}
	f := func(v float64) float64 {
		const d = 6.0 / 29
		if v > d*d*d {
			return math.Cbrt(v)
		}
		return v/(3*d*d) + 4.0/29
	}
	xyz := toXYZ.of(l)
	x, y, z := f(xyz[0]/white[0]), f(xyz[1]/white[1]), f(xyz[2]/white[2])
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

func distance(a, b linear) float64 {
	x, y := a.lab(), b.lab()
	return math.Sqrt((x[0]-y[0])*(x[0]-y[0]) + (x[1]-y[1])*(x[1]-y[1]) + (x[2]-y[2])*(x[2]-y[2]))
}

// contrast is that of WCAG 2.1: 1 to 21.
func contrast(a, b linear) float64 {
	light := func(l linear) float64 { return 0.2126*l[0] + 0.7152*l[1] + 0.0722*l[2] }
	x, y := light(a), light(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

var fore, back = regexp.MustCompile(`38;5;([0-9]+)`), regexp.MustCompile(`48;5;([0-9]+)`)

// inkColour is the foreground of an ink that sets one of 256 colours.
func inkColour(t *testing.T, s *styles.Sheet, role styles.Role) linear {
	t.Helper()
	found := fore.FindStringSubmatch(s.Ink(role).Open)
	if found == nil {
		t.Fatalf("role %d has no colour: %q", role, s.Ink(role).Open)
	}
	return linearOf(lipgloss.Color(found[1]))
}

// grounds are the backgrounds that terminals commonly have, the plain one
// first.
var grounds = map[styles.Theme][]string{
	styles.Dark:  {"#000000", "#1e1e1e", "#282a36"},
	styles.Light: {"#ffffff", "#fdf6e3"},
}

// What is wrong, what may be, what goes on and what is well stay apart for
// every kind of eye.
func TestColoursStayApartForEveryEye(t *testing.T) {
	const apart = 10 // in CIE76, in which 2.3 can just be told side by side
	for theme := range grounds {
		sheet := styles.New(theme).Plain
		told := map[string]linear{}
		for name, role := range map[string]styles.Role{"orphan": styles.Orphan, "warning": styles.Warn, "good": styles.Good} {
			told[name] = inkColour(t, sheet, role)
		}
		for eye, see := range eyes {
			var figures []string
			for _, pair := range [][2]string{{"orphan", "warning"}, {"orphan", "good"}, {"warning", "good"}} {
				d := distance(see.of(told[pair[0]]), see.of(told[pair[1]]))
				figures = append(figures, fmt.Sprintf("%s-%s %.0f", pair[0], pair[1], d))
				if d < apart {
					t.Errorf("%s, %s: %s and %s are %.1f apart", theme, eye, pair[0], pair[1], d)
				}
			}
			t.Logf("%s, %s: %s", theme, eye, strings.Join(figures, ", "))
		}
	}
}

// What is read can be read on the backgrounds that terminals have, and under
// the cursor.
func TestColoursCanBeRead(t *testing.T) {
	const (
		readable = 4.5 // WCAG 2.1, level AA
		fair     = 3.5 // where the ground's own text has little more
	)
	for theme, backgrounds := range grounds {
		look := styles.New(theme)
		for _, role := range []styles.Role{styles.Dim, styles.Heading, styles.Key, styles.Accent, styles.Good, styles.Busy, styles.Warn, styles.Bad, styles.Orphan} {
			contrasts := map[string]float64{}
			for _, ground := range backgrounds {
				contrasts[ground] = contrast(inkColour(t, look.Plain, role), linearOf(lipgloss.Color(ground)))
			}
			ground := back.FindStringSubmatch(look.Selected.Ink(role).Open)[1]
			contrasts[ground] = contrast(inkColour(t, look.Selected, role), linearOf(lipgloss.Color(ground)))
			for ground, c := range contrasts {
				if c < fair || ground == backgrounds[0] && c < readable {
					t.Errorf("%s: role %d on %s has a contrast of %.2f", theme, role, ground, c)
				}
			}
		}
	}
}
