package styles

// Theme names a set of colours.
type Theme string

// The themes. Dark and Light need 256 colours. Basic uses the sixteen whose
// shades the terminal chooses, and never a background of its own. Mono has no
// colour at all: bold, underline and reverse only.
const (
	Dark  Theme = "dark"
	Light Theme = "light"
	Basic Theme = "basic"
	Mono  Theme = "mono"
)

// palette gives colours by meaning, as Lip Gloss names them: an index into
// the terminal's 16 or 256 colours. Empty is the terminal's own.
//
// Good, warn and bad stay apart for eyes that lack one kind of cones: green
// leans to blue, and amber is as much lighter or duller than red as the
// background allows. A glyph and a word stand beside them anyway.
type palette struct {
	subtle, faint          string
	accent                 string
	good, busy, warn, bad  string
	selection, onSelection string // empty: reversed
	tints                  []string
}

var palettes = map[Theme]palette{
	Dark: {
		subtle: "246", faint: "240", accent: "75",
		good: "79", busy: "117", warn: "221", bad: "203",
		selection: "237", onSelection: "255",
		tints: []string{"75", "79", "183", "150", "110", "176", "180", "116"},
	},
	Light: {
		subtle: "241", faint: "248", accent: "25",
		good: "29", busy: "24", warn: "94", bad: "160",
		selection: "254", onSelection: "232",
		tints: []string{"25", "29", "95", "97", "64", "31", "133", "60"},
	},
	Basic: {accent: "6", good: "2", busy: "6", warn: "3", bad: "1", tints: []string{"6", "2", "5"}},
}
