package styles

// Glyph is a sign of ours. Each is one cell wide in every font, so none is an
// emoji or has an emoji form.
type Glyph string

// Glyphs is a set of signs by meaning.
type Glyphs struct {
	Cursor      Glyph // the selected row
	Orphan      Glyph
	Suspect     Glyph
	Unclear     Glyph
	Mark        Glyph // a marked row
	Live, Stale Glyph
	Rule        Glyph // repeated: a line
	Ellipsis    Glyph // text was cut here
	Separator   Glyph // between facts on a line
	Down, Up    Glyph // traffic into and out of the guest
	Ascending   Glyph
	Descending  Glyph
	Bullet      Glyph
	Caret       Glyph // where typed text goes
	Attention   Glyph
	Broken      Glyph // an error, and where something does not go on
	Unknown     Glyph // no value is known
	Becomes     Glyph // between what was and what is

	Levels [8]Glyph // of a curve, the lowest first

	TopLeft, TopRight, BottomLeft, BottomRight, Side Glyph // of a frame; its top is Rule
}

// Unicode is the set for terminals with UTF-8.
func Unicode() Glyphs {
	return Glyphs{
		Cursor: "▸", Orphan: "✗", Suspect: "?", Unclear: "·",
		Live: "●", Stale: "○", Rule: "─", Ellipsis: "…", Separator: "·",
		Down: "↓", Up: "↑", Ascending: "▴", Descending: "▾",
		Bullet: "•", Caret: "█", Attention: "!", Broken: "✗", Unknown: "–", Becomes: "→", Mark: "◆",
		Levels:  [8]Glyph{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
		TopLeft: "┌", TopRight: "┐", BottomLeft: "└", BottomRight: "┘", Side: "│",
	}
}

// ASCII is the set for everything else.
func ASCII() Glyphs {
	return Glyphs{
		Cursor: ">", Orphan: "x", Suspect: "?", Unclear: ".",
		Live: "*", Stale: "o", Rule: "-", Ellipsis: "~", Separator: "|",
		Down: "v", Up: "^", Ascending: "^", Descending: "v",
		Bullet: "*", Caret: "_", Attention: "!", Broken: "x", Unknown: "-", Becomes: ">", Mark: "+",
		Levels:  [8]Glyph{"_", ".", "-", "=", "+", "*", "%", "#"},
		TopLeft: "+", TopRight: "+", BottomLeft: "+", BottomRight: "+", Side: "|",
	}
}
