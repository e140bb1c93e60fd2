package dialog

import (
	"maps"
	"slices"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/wording"
)

// checklist is the list of a clean-up: each thing can be ticked. What comes
// while the list is open is not ticked: nobody has seen it yet.
type checklist struct {
	ticks  map[model.Ref]bool
	from   map[model.Ref]bool // as it was ticked from the start
	cursor model.Ref
	agreed bool // the word that has to be typed is asked for
	line   int  // of the cursor, and how many lines belong to it
	lines  int
	moved  bool // the cursor has to be brought into sight
}

// begin takes the ticks of a plan.
func (c *checklist) begin(p model.Plan) {
	c.from = map[model.Ref]bool{}
	for _, item := range p.Items {
		c.from[item.Ref] = item.Ticked
	}
	c.ticks = maps.Clone(c.from)
	if len(p.Items) > 0 {
		c.cursor = p.Items[0].Ref
	}
}

func (c *checklist) isTicked(ref model.Ref) bool { return c.ticks[ref] }

// at is the place of the cursor in a plan. A thing that went leaves it on the
// first.
func (c *checklist) at(p model.Plan) int {
	return max(0, slices.IndexFunc(p.Items, func(i model.Item) bool { return i.Ref == c.cursor }))
}

func (c *checklist) move(p model.Plan, by int) {
	c.moved = true
	if len(p.Items) > 0 {
		c.cursor = p.Items[max(0, min(c.at(p)+by, len(p.Items)-1))].Ref
	}
}

// tick ticks the thing under the cursor, or takes its tick.
func (c *checklist) tick(p model.Plan) {
	if len(p.Items) == 0 {
		return
	}
	ref := p.Items[c.at(p)].Ref
	c.ticks[ref] = !c.ticks[ref]
}

// tickAll ticks everything; where everything is ticked, what was ticked from
// the start.
func (c *checklist) tickAll(p model.Plan) {
	all := !slices.ContainsFunc(p.Items, func(i model.Item) bool { return !c.ticks[i.Ref] })
	if all {
		c.ticks = maps.Clone(c.from)
		return
	}
	for _, item := range p.Items {
		c.ticks[item.Ref] = true
	}
}

// write lists a plan's things. The one under the cursor tells all about it.
func (c *checklist) write(d *draw.Document, p model.Plan) {
	for _, unseen := range p.Unseen {
		d.Item(styles.Warn, d.Glyphs.Attention, wording.Capital(text.Safe(unseen))+".")
	}
	if p.SafetyWarning != "" {
		d.Item(styles.Warn, d.Glyphs.Attention, wording.Capital(text.Safe(p.SafetyWarning))+".")
	}
	at := c.at(p)
	for i, item := range p.Items {
		if i == at {
			c.line = len(d.Lines)
		}
		d.Lines = append(d.Lines, c.itemLine(d, item, i == at))
		if i == at {
			writeDetails(d, item, 4)
			c.lines = len(d.Lines) - c.line
		}
	}
}

// itemLine is a thing with its tick, its size, and what speaks for care.
func (c *checklist) itemLine(d *draw.Document, item model.Item, selected bool) string {
	sheet := d.Sheet
	if selected {
		sheet = d.Selected
	}
	l := &draw.Line{Sheet: sheet, Ellipsis: d.Glyphs.Ellipsis, Limit: d.Cells}
	name := text.Safe(item.Name())
	remark := careWords(item)
	if remark != "" {
		remark = "  " + remark
	}
	role := styles.Text
	if c.ticks[item.Ref] {
		role = styles.Strong
		l.Put(styles.Accent, "[x] ")
	} else {
		l.Put(styles.Dim, "[ ] ")
	}
	if d.Cells >= draw.NarrowCells {
		l.Column(styles.Dim, wording.Of(item.Ref.Kind), 10, false)
	}
	head := draw.Line{Sheet: sheet, Ellipsis: l.Ellipsis, Limit: max(8, d.Cells-l.Width-draw.Width(remark))}
	head.Put(role, name)
	l.Add(&head)
	l.Put(styles.Warn, remark)
	if selected {
		l.Space(d.Cells - l.Width)
	}
	return l.String()
}

// careWords are what one wants to see of a thing before it is ticked.
func careWords(item model.Item) (words text.SafeText) {
	add := func(known bool, word text.SafeText) {
		if known && words != "" {
			words += ", "
		}
		if known {
			words += word
		}
	}
	if item.Bytes != nil {
		add(true, model.FormatBytes(*item.Bytes))
	}
	add(item.Running, "runs")
	add(item.Data, "holds data")
	return words
}

// ticking reports whether things can be ticked now.
func (p *Plan) ticking() bool { return p.list != nil && !p.typing() }

// Move implements [Dialog]: it moves the cursor of a list. To scroll by pages
// does not: a thing can have more to tell than fits.
func (p *Plan) Move(by int) bool {
	far := by >= farthest || by <= -farthest
	if !p.ticking() || by != 1 && by != -1 && !far {
		return false
	}
	p.list.move(p.now(), by)
	return true
}

// Pinned implements [Dialog]: a thing and its tick stay in sight while what
// belongs to it is scrolled.
func (p *Plan) Pinned() int {
	if !p.ticking() || len(p.made.Items) == 0 {
		return -1
	}
	return p.list.line
}

// Bring implements [Dialog]: the cursor of a list comes into sight, with as much
// of what belongs to it as there is room for.
func (p *Plan) Bring(s *draw.Scroll) {
	if !p.ticking() || !p.list.moved {
		return
	}
	c := p.list
	c.moved = false
	s.Top = max(s.Top, c.line+c.lines-s.Height)
	s.Top = min(s.Top, c.line)
	s.Clamp()
}
