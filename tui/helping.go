package tui

import (
	"microtui/model"
	"microtui/model/text"
	"microtui/tone"
	"microtui/tui/keys"
	"microtui/wording"
)

// helpColumns are the keys, those of this page first, and what the signs and the
// words of a row mean.
func (a *App) helpColumns() [][]keys.HelpEntry {
	page := a.pageLayer()
	return a.commands.HelpColumns(a.width, func(c *appCommand) bool { return c.Where&page != 0 }, a.signs(), words())
}

// signs explains what may stand before a name.
func (a *App) signs() keys.HelpBlock {
	b := keys.HelpBlock{Title: "signs"}
	for _, v := range []model.Verdict{model.VerdictOrphan, model.VerdictSuspect, model.VerdictUnclear} {
		b.Lines = append(b.Lines, keys.NewHelpEntry(text.Safe(tone.VerdictSign(v, a.glyphs)), wording.VerdictInShort(v)))
	}
	b.Lines = append(b.Lines,
		keys.NewHelpEntry(text.Safe(a.glyphs.Attention), "has an error, or is down"),
		keys.NewHelpEntry(text.Safe(a.glyphs.Mark), "marked"))
	return b
}

// words explains what the columns say.
func words() keys.HelpBlock {
	b := keys.HelpBlock{Title: "words"}
	for _, meaning := range wording.Glossary() {
		b.Lines = append(b.Lines, keys.NewHelpEntry("", meaning))
	}
	return b
}
