package keys

import (
	"slices"

	"microtui/model/order"
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

// helpBlocks are the groups of commands, those first of which one counts here.
func (k Ring[A]) helpBlocks(here func(*Command[A]) bool) []HelpBlock {
	var blocks []HelpBlock
	for i := range k {
		c := &k[i]
		if c.Group == "" || len(c.Keys()) == 0 || c.Help().Key == "" {
			continue
		}
		at := slices.IndexFunc(blocks, func(b HelpBlock) bool { return b.Title == c.Group })
		if at < 0 {
			at = len(blocks)
			blocks = append(blocks, HelpBlock{Title: c.Group, far: 1})
		}
		blocks[at].Lines = append(blocks[at].Lines, HelpEntry{c.shown(), c.text()})
		if here(c) {
			blocks[at].far = 0
		}
	}
	order.By(blocks, func(a, b *HelpBlock) int { return a.far - b.far })
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

// HelpEntry is a line of a column of the help: a key or a sign with what it
// means, a title, or nothing.
type HelpEntry struct{ key, text text.SafeText }

// NewHelpEntry explains a sign, or with an empty one is a line of words.
func NewHelpEntry(sign, meaning text.SafeText) HelpEntry { return HelpEntry{sign, meaning} }

// HelpBlock is a group of lines with its title.
type HelpBlock struct {
	Title text.SafeText
	Lines []HelpEntry
	far   int // 1: none of its keys counts here
}

// HelpColumns fills the columns that fit into so many cells one after the other,
// about equally long: the groups of which a key counts here, the others, and
// what else there is to explain.
func (k Ring[A]) HelpColumns(cells int, here func(*Command[A]) bool, more ...HelpBlock) [][]HelpEntry {
	n := max(1, cells/helpColumn)
	blocks, total := append(k.helpBlocks(here), more...), 0
	for _, b := range blocks {
		total += len(b.Lines) + 2
	}
	columns := make([][]HelpEntry, 1, n)
	for _, b := range blocks {
		last := len(columns) - 1
		if len(columns[last])+len(b.Lines)/2 > total/n && len(columns) < n {
			columns = append(columns, nil)
			last++
		}
		if len(columns[last]) > 0 {
			columns[last] = append(columns[last], HelpEntry{})
		}
		columns[last] = append(append(columns[last], HelpEntry{text: b.Title}), b.Lines...)
	}
	return columns
}
