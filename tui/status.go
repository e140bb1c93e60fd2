package tui

import (
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/tui/intent"
	"microtui/tui/keys"
	"microtui/tui/logview"
	"microtui/tui/prompt"
)

// lastLine is the last line: the prompt where one is open, then the keys that
// do something here, and where the cursor is in a long list.
func (a *App) lastLine() string {
	l := a.newLine()
	l.Space(1)
	if p, _ := a.openPrompt(); p != nil && !a.dialog.IsOpen() {
		sign, hint, wrong := a.promptTexts(p)
		if p == &a.log.Times && wrong != "" && a.width < draw.NarrowCells {
			l.Put(styles.Warn, wrong) // until the next key; there is no room for both
			return l.String()
		}
		l.Put(styles.Accent, sign)
		p.Draw(l, a.glyphs.Caret, a.width-1-draw.Width(sign))
		l.Space(2)
		if wrong != "" && !a.hasReasonLines() {
			l.Put(styles.Warn, wrong)
			return l.String()
		}
		if p.Text() == "" && hint != "" {
			l.Put(styles.Dim, hint)
			l.Space(2)
		}
	} else if a.tells() {
		return a.noticeLine(*a.notice.shown)
	}
	right := a.place()
	room := a.width - draw.Width(right) - 2
	if a.width < draw.NarrowCells {
		room = a.width - 1 // keys matter more than where one is
	}
	a.hints().Put(l, room)
	if right != "" && l.Width+draw.Width(right)+1 <= a.width {
		l.Space(a.width - draw.Width(right) - 1 - l.Width)
		l.Put(styles.Dim, right)
	}
	return l.String()
}

// tells reports whether a message is in sight.
func (a *App) tells() bool {
	p, _ := a.openPrompt()
	return a.notice.shown != nil && p == nil && !a.dialog.IsOpen()
}

// promptTexts are what stands before a prompt, behind it while it is empty,
// and what of it is not understood.
func (a *App) promptTexts(p *prompt.Prompt) (sign, hint, wrong text.SafeText) {
	switch p {
	case &a.log.Times:
		return "since ", logview.TimesHint, a.log.TimesWhy
	case &a.filter:
		return "/", "", a.filterWhy
	}
	return "/", "", ""
}

// place is the position in a list or text that is longer than the screen.
func (a *App) place() text.SafeText {
	if !a.dialog.IsOpen() && a.readsLog() {
		return a.log.View.Place()
	}
	if s := a.scrolling(); s != nil {
		if !s.Scrolls() {
			return ""
		}
		_, to := s.Window()
		return text.Safef("%d/%d", to, s.Length)
	}
	t := a.list()
	if !t.Scrolls() {
		return ""
	}
	at, of := t.Position()
	return text.Safef("%d/%d", at, of)
}

// hints are the keys that matter most now.
func (a *App) hints() *keys.Hints[*App] {
	layer := a.layer()
	h := &keys.Hints[*App]{Ring: a.commands, Layer: layer, On: a, Empty: layer&onRows != 0 && len(a.list().Rows) == 0}
	if layer&onLogs != 0 {
		h.Late = lateOnLogs
	}
	return h
}

// lateOnLogs are the groups whose hints come after those of a log's own keys.
var lateOnLogs = map[text.SafeText]int{actGroup: 1, operateGroup: 1, programGroup: 2}

// noticeLine is the last line while a message stands there. Where both have
// room, the hint that leads to all keys stays in sight.
func (a *App) noticeLine(m intent.Message) string {
	l := a.newLine()
	l.Space(1)
	var tail text.SafeText
	if m.More {
		tail = a.commands.Mention(" (", "results", " for all)")
	}
	line, room := draw.Showable(l.Sheet, m.Text), a.width-l.Width-draw.Width(tail)
	if room >= 12 && draw.Width(line) > room {
		l.Put(m.Role, draw.Cut(line, room-1))
		l.Glyph(m.Role, a.glyphs.Ellipsis)
	} else {
		l.Put(m.Role, line)
	}
	l.Put(styles.Dim, tail)
	a.hints().PutLast(l)
	return l.String()
}
