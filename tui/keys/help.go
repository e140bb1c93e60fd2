package keys

import (
	"slices"

	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
)

// Help is the overlay that lists every key. It is made from the commands.
type Help struct {
	Open   bool
	Scroll draw.Scroll
}

// helpColumn is the width of one column of keys; a wide screen has several.
const (
	helpColumn = 40
	helpKey    = 9
)

// helpBlock is a group of commands with its title.
type helpBlock[A any] struct {
	title    text.SafeText
	commands []*Command[A]
}

func (k Ring[A]) helpBlocks() []helpBlock[A] {
	var blocks []helpBlock[A]
	for i := range k {
		c := &k[i]
		if c.Group == "" || len(c.Keys()) == 0 || c.Help().Key == "" {
			continue
		}
		at := slices.IndexFunc(blocks, func(b helpBlock[A]) bool { return b.title == c.Group })
		if at < 0 {
			blocks = append(blocks, helpBlock[A]{title: c.Group})
			at = len(blocks) - 1
		}
		blocks[at].commands = append(blocks[at].commands, c)
	}
	return blocks
}

// Lines lays the blocks out in as many columns as fit, each block whole, and
// gives those in sight.
func (h *Help) Lines(columns [][]HelpEntry, newLine func() *draw.Line) []string {
	rows := 0
	for _, column := range columns {
		rows = max(rows, len(column))
	}
	lines := make([]string, rows)
	for y := range lines {
		l := newLine()
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
	h.Scroll.Fill(len(lines))
	from, to := h.Scroll.Window()
	return lines[from:to]
}

// HelpEntry is a line of a column of the help: a key, a title, or nothing.
type HelpEntry struct{ key, text text.SafeText }

// HelpColumns fills the columns that fit into so many cells one after the other,
// about equally long.
func (k Ring[A]) HelpColumns(cells int) [][]HelpEntry {
	n := max(1, cells/helpColumn)
	blocks, total := k.helpBlocks(), 0
	for _, b := range blocks {
		total += len(b.commands) + 2
	}
	columns := make([][]HelpEntry, 1, n)
	for _, b := range blocks {
		last := len(columns) - 1
		if len(columns[last])+len(b.commands)/2 > total/n && len(columns) < n {
			columns = append(columns, nil)
			last++
		}
		if len(columns[last]) > 0 {
			columns[last] = append(columns[last], HelpEntry{})
		}
		columns[last] = append(columns[last], HelpEntry{text: b.title})
		for _, c := range b.commands {
			columns[last] = append(columns[last], HelpEntry{c.shown(), c.text()})
		}
	}
	return columns
}
