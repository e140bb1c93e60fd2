package dialog

import (
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
)

// shortAnswers is the width below which what cancels is named by one word.
const shortAnswers = 60

// answers is the line of what can be answered. What Enter does stands first
// and is marked: it is never the deed.
func (l *Layer) answers(r Room, cells int) string {
	line, q := r.line(cells), l.Dialog.Question()
	line.Muted = l.Deaf
	switch mode := l.Dialog.Mode(); {
	case mode == Types:
		l.askWord(line, q, r)
		return line.String()
	case mode != Confirms && mode != Ticks:
		r.Hints(line, cells)
		return line.String()
	case q.Yes != "" && cells < shortAnswers:
		r.button(line, r.Keys.First("cancel", 1)+" cancel")
	case q.Yes != "":
		r.button(line, " Cancel ")
		line.Put(styles.Key, r.Keys.First("cancel", 2))
		line.Space(3)
	default:
		r.button(line, " Close ")
		line.Put(styles.Key, r.Keys.First("cancel", 2))
	}
	if q.Yes != "" {
		line.Put(styles.Key, r.Keys.First("confirm", 1))
		line.Space(1)
		line.Put(styles.Hint, q.Yes)
	}
	r.others(line, q)
	return line.String()
}

// button is what Enter does.
func (r Room) button(l *draw.Line, line text.SafeText) {
	sheet := l.Sheet
	l.Sheet = r.Styles.Selected
	l.Put(styles.Strong, line)
	l.Sheet = sheet
	l.Space(2)
}

// others adds the keys that are neither yes nor no.
func (r Room) others(l *draw.Line, q Question) {
	add := func(key, line text.SafeText) {
		if key != "" && l.Width+draw.Width(key)+draw.Width(line)+4 <= l.Limit {
			l.Space(3)
			l.Put(styles.Key, key)
			l.Space(1)
			l.Put(styles.Hint, line)
		}
	}
	if q.Offer != nil {
		add(q.Offer.Key, q.Offer.Text)
	}
	if q.Ticks {
		add(r.Keys.First("tick", 1), "tick")
		add(r.Keys.First("tick-all", 1), "all")
	}
}

// askWord is the line of answers where a word has to be typed.
func (l *Layer) askWord(line *draw.Line, q Question, r Room) {
	field := l.Dialog.Field()
	if line.Limit >= 40 {
		line.Put(styles.Hint, "Type ")
	}
	line.Put(styles.Strong, text.Safe(q.Word))
	line.Put(styles.Hint, ": ")
	field.Draw(line, r.Glyphs.Caret, line.Limit-line.Width)
	switch {
	case q.Wrong:
		line.Space(2)
		line.Put(styles.Warn, "does not match")
	case field.Text() == string(q.Word) && q.Yes != "":
		line.Space(3)
		line.Put(styles.Key, "Enter ")
		line.Put(styles.Hint, q.Yes)
	}
	var offer Offer
	if q.Offer != nil {
		offer = *q.Offer
	}
	if rest := draw.Width(offer.Key) + draw.Width(offer.Text) + draw.Width("   Esc cancel") + 4; line.Width+rest <= line.Limit {
		line.Space(line.Limit - line.Width - rest + 1)
		if offer.Key != "" {
			line.Put(styles.Key, offer.Key)
			line.Put(styles.Hint, " "+offer.Text+"   ")
		}
		line.Put(styles.Key, "Esc")
		line.Put(styles.Hint, " cancel")
	}
}
