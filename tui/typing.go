package tui

import (
	"microtui/model"
	"microtui/styles"
	"microtui/tui/draw"
)

// askWord is the line of answers where a word has to be typed.
func (a *App) askWord(l *draw.Line, t typed) {
	word := model.Safe(t.word())
	field, wrong := t.entry()
	if l.Limit >= 40 {
		l.Put(styles.Hint, "Type ")
	}
	l.Put(styles.Strong, word)
	l.Put(styles.Hint, ": ")
	field.Draw(l, a.glyphs.Caret, l.Limit-l.Width)
	yes, open := t.answer()
	switch {
	case *wrong:
		l.Space(2)
		l.Put(styles.Warn, "that is not it")
	case field.Text() == string(t.word()) && open:
		l.Space(3)
		l.Put(styles.Key, "Enter ")
		l.Put(styles.Hint, yes)
	}
	var key, text model.SafeText
	if p, ok := t.(*proposal); ok {
		key, text = p.offered()
	}
	if rest := draw.Width(key) + draw.Width(text) + draw.Width("   Esc cancel") + 4; l.Width+rest <= l.Limit {
		l.Space(l.Limit - l.Width - rest + 1)
		if key != "" {
			l.Put(styles.Key, key)
			l.Put(styles.Hint, " "+text+"   ")
		}
		l.Put(styles.Key, "Esc")
		l.Put(styles.Hint, " cancel")
	}
}
