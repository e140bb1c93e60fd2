package keys

import (
	"cmp"
	"slices"

	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
)

// Hints is the line that names the keys which matter most, on a screen as it is
// now.
type Hints[A any] struct {
	Ring  Ring[A]
	Layer Layers
	On    A
	// Empty: nothing is listed. What does nothing now is left out then: somebody
	// who sees such a page first learns what can be done there.
	Empty bool
	// Late are the groups whose hints come after those of the others, by how late.
	Late map[text.SafeText]int
}

// commands are those that are named, the most wanted first and the help last:
// what is urgent, then what there is to do about what is selected.
func (h *Hints[A]) commands() []*Command[A] {
	var all []*Command[A]
	for i := range h.Ring {
		c := &h.Ring[i]
		switch {
		case c.Brief&h.Layer == 0 || len(c.Keys()) == 0:
		case h.Empty && h.isDim(c):
		case c.Suits != nil && !c.Suits(h.On):
		default:
			all = append(all, c)
		}
	}
	place := func(c *Command[A]) int {
		if h.isUrgent(c) {
			return -1
		}
		return h.Late[c.Group]
	}
	slices.SortStableFunc(all, func(b, c *Command[A]) int { return cmp.Compare(place(b), place(c)) })
	return all
}

// Put adds the hints, as many as fit into so many cells. Where there is no room
// for all, those that are kept come before others: how to leave, and help, which
// names the rest.
func (h *Hints[A]) Put(l *draw.Line, room int) {
	all := h.commands()
	for i, c := range all {
		if l.Width+h.width(c)+h.reserved(all[i+1:], c.Firm || h.isUrgent(c)) > room {
			continue
		}
		h.put(l, c)
		l.Space(2)
	}
}

// reserved is the room of the hints that are kept among those still to come, the
// last of which is in any case: what goes first leaves room for that alone.
func (h *Hints[A]) reserved(rest []*Command[A], first bool) int {
	cells := 0
	for i, c := range rest {
		if c.Kept && !first || i == len(rest)-1 {
			cells += h.width(c)
		}
	}
	return cells
}

// PutLast adds the last hint, which leads to all keys, at the right end of a line
// that has room for it.
func (h *Hints[A]) PutLast(l *draw.Line) {
	all := h.commands()
	if len(all) == 0 {
		return
	}
	last := all[len(all)-1]
	const before, behind = 2, 1
	if free := l.Limit - l.Width - h.cells(last) - behind; free >= before {
		l.Space(free)
		h.put(l, last)
	}
}

// put adds the hint of a command, dimmed where it does nothing now.
func (h *Hints[A]) put(l *draw.Line, c *Command[A]) {
	key := styles.Key
	if h.isDim(c) {
		key = styles.Dim
	}
	l.Put(key, c.shown())
	l.Space(1)
	l.Put(styles.Hint, h.text(c))
}

// width is the width of a hint with the blanks behind it, cells that without
// them.
func (h *Hints[A]) width(c *Command[A]) int { return h.cells(c) + 2 }

func (h *Hints[A]) cells(c *Command[A]) int { return draw.Width(c.shown()) + 1 + draw.Width(h.text(c)) }

// text is what the line calls a command.
func (h *Hints[A]) text(c *Command[A]) text.SafeText {
	if c.Says != nil {
		return c.Says(h.On)
	}
	return c.text()
}

func (h *Hints[A]) isDim(c *Command[A]) bool { return c.Why != nil && c.Why(h.On) != "" }

func (h *Hints[A]) isUrgent(c *Command[A]) bool { return c.Urgent != nil && c.Urgent(h.On) }
