package tui

import (
	"cmp"
	"slices"

	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/tui/logview"
	"microtui/tui/prompt"
)

// help is the overlay that lists every key. It is made from the commands.
type help struct {
	open   bool
	scroll draw.Scroll
}

// helpColumn is the width of one column of keys; a wide screen has several.
const (
	helpColumn = 40
	helpKey    = 9
)

// helpBlock is a group of commands with its title.
type helpBlock struct {
	title    text.SafeText
	commands []*command
}

func (a *App) helpBlocks() []helpBlock {
	var blocks []helpBlock
	for i := range a.commands {
		c := &a.commands[i]
		if c.group == "" || len(c.Keys()) == 0 || c.Help().Key == "" {
			continue
		}
		at := -1
		for j := range blocks {
			if blocks[j].title == c.group {
				at = j
			}
		}
		if at < 0 {
			blocks = append(blocks, helpBlock{title: c.group})
			at = len(blocks) - 1
		}
		blocks[at].commands = append(blocks[at].commands, c)
	}
	return blocks
}

// helpLines lays the blocks out in as many columns as fit, each block whole.
func (a *App) helpLines() []string {
	columns := a.helpColumns(max(1, a.width/helpColumn))
	rows := 0
	for _, column := range columns {
		rows = max(rows, len(column))
	}
	lines := make([]string, rows)
	for y := range lines {
		l := a.newLine()
		for x, column := range columns {
			l.Space(x*helpColumn + 1 - l.Width)
			if y >= len(column) {
				continue
			}
			entry := column[y]
			if entry.key != "" {
				l.Column(styles.Key, entry.key, helpKey, false)
				l.Put(styles.Text, entry.text)
			} else {
				l.Put(styles.Heading, entry.text)
			}
		}
		lines[y] = l.String()
	}
	shown := window(&a.help.scroll, lines)
	for len(shown) < a.height-1 {
		shown = append(shown, "")
	}
	return shown
}

// helpEntry is a line of a help column: a key, a title, or nothing.
type helpEntry struct{ key, text text.SafeText }

// helpColumns fills the columns one after the other, about equally long.
func (a *App) helpColumns(n int) [][]helpEntry {
	blocks, total := a.helpBlocks(), 0
	for _, b := range blocks {
		total += len(b.commands) + 2
	}
	columns := make([][]helpEntry, 1, n)
	for _, b := range blocks {
		last := len(columns) - 1
		if len(columns[last])+len(b.commands)/2 > total/n && len(columns) < n {
			columns = append(columns, nil)
			last++
		}
		if len(columns[last]) > 0 {
			columns[last] = append(columns[last], helpEntry{})
		}
		columns[last] = append(columns[last], helpEntry{text: b.title})
		for _, c := range b.commands {
			columns[last] = append(columns[last], helpEntry{text.Safe(c.Help().Key), text.Safe(c.Help().Desc)})
		}
	}
	return columns
}

// status is the last line: the prompt where one is open, then the keys that
// do something here, and where the cursor is in a long list.
func (a *App) status() string {
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
	} else if a.notice.shown != nil && !a.dialog.IsOpen() {
		return a.noticeLine(*a.notice.shown)
	}
	right := a.place()
	room := a.width - draw.Width(right) - 2
	a.hints(l, room)
	if right != "" {
		l.Space(a.width - draw.Width(right) - 1 - l.Width)
		l.Put(styles.Dim, right)
	}
	return l.String()
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

// hinted are the commands that the line of hints names, the most wanted first
// and the help last. Where nothing is listed, what does nothing now is left out:
// somebody who sees such a page first learns what can be done there.
func (a *App) hinted() []*command {
	var all []*command
	layer := a.layer()
	empty := layer&onRows != 0 && len(a.listed().Rows) == 0
	for i := range a.commands {
		c := &a.commands[i]
		switch {
		case c.brief&layer == 0 || len(c.Keys()) == 0:
		case empty && c.why != nil && c.why(a) != "":
		case c.suits != nil && !c.suits(a):
		default:
			all = append(all, c)
		}
	}
	if layer&onLogs != 0 {
		slices.SortStableFunc(all, func(b, c *command) int { return cmp.Compare(lateOnLogs[b.group], lateOnLogs[c.group]) })
	}
	return all
}

// lateOnLogs are the groups whose hints come after those of a log's own keys.
var lateOnLogs = map[text.SafeText]int{actGroup: 1, operateGroup: 1, programGroup: 2}

// hints adds the keys of this layer, as many as fit. Help comes always: it
// names the rest.
func (a *App) hints(l *draw.Line, room int) {
	all, reserve := a.hinted(), 0
	if len(all) > 0 {
		reserve = a.hintWidth(all[len(all)-1])
	}
	for _, c := range all {
		if c.urges(a) {
			reserve += a.hintWidth(c)
		}
	}
	for i, c := range all {
		if i == len(all)-1 {
			reserve = 0
		} else if c.urges(a) {
			reserve -= a.hintWidth(c)
		}
		if l.Width+a.hintWidth(c)+reserve > room {
			continue
		}
		a.putHint(l, c)
		l.Space(2)
	}
}

// putHint adds the hint of a command, dimmed where it does nothing now.
func (a *App) putHint(l *draw.Line, c *command) {
	key := styles.Key
	if c.why != nil && c.why(a) != "" {
		key = styles.Dim
	}
	l.Put(key, text.Safe(c.Help().Key))
	l.Space(1)
	l.Put(styles.Hint, c.hint(a))
}

// hintWidth is the width of a hint with the blanks behind it, hintCells that
// without them.
func (a *App) hintWidth(c *command) int { return a.hintCells(c) + 2 }

func (a *App) hintCells(c *command) int {
	return draw.Width(text.Safe(c.Help().Key)) + 1 + draw.Width(c.hint(a))
}

// hint is what the line of hints calls a command.
func (c *command) hint(a *App) text.SafeText {
	if c.says != nil {
		return c.says(a)
	}
	return text.Safe(c.Help().Desc)
}

// urges reports whether a hint comes before others that do not fit with it.
func (c *command) urges(a *App) bool { return c.urgent != nil && c.urgent(a) }

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
	t := a.listed()
	if !t.Scrolls() {
		return ""
	}
	at, of := t.Position()
	return text.Safef("%d/%d", at, of)
}
