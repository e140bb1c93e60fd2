package table

import (
	"slices"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
)

// Table is a list of rows with a cursor that belongs to a thing, not to a
// place.
type Table struct {
	Rows   []Row
	Cursor int // -1: there is nothing to select
	Top    int // the first row on the screen
	Height int
	// Wanted is the thing the cursor stays on. While a filter is typed it may
	// be hidden: what is typed next can bring it back.
	Wanted model.Ref

	Columns [columnSets][]column
	// SortedBy is what the rows are sorted by; empty: nothing that has a column.
	SortedBy model.SortKey
	widest   widths
	places   [columnSets][]place
	layout   int // changes with everything that changes how a row is drawn
	cells    int
	Styles   styles.Styles
	Glyphs   styles.Glyphs
}

// InSight are the things whose rows are on the screen.
func (t *Table) InSight() []model.Ref {
	var refs []model.Ref
	for at := t.Top; at < min(len(t.Rows), t.Top+t.Height); at++ {
		if t.Rows[at].Selectable() {
			refs = append(refs, t.Rows[at].Ref)
		}
	}
	return refs
}

// Selected is the thing under the cursor.
func (t *Table) Selected() (model.Ref, bool) {
	if t.Cursor < 0 {
		return model.Ref{}, false
	}
	return t.Rows[t.Cursor].Ref, true
}

// Show replaces the rows. The cursor stays on its thing; where that is gone it
// goes to the nearest neighbour that is still there, and stays on that: it
// never jumps back to a thing that comes into sight again, because the next key
// is meant for the one that was seen. Only where the wanted thing is held does
// it stay the wanted one.
func (t *Table) Show(rows []Row, held bool) {
	index := make(map[model.Ref]int, len(rows))
	for i := range rows {
		if rows[i].Selectable() {
			index[rows[i].Ref] = i
		}
		if t.Styles.Plain.ASCII() {
			rows[i].toASCII()
		}
	}
	t.reuse(rows, index)
	at := t.Cursor - t.Top
	cursor := t.follow(index)
	t.Rows, t.Cursor = rows, cursor
	if t.Cursor < 0 {
		t.Cursor = t.firstFrom(0, 1)
	}
	if t.Cursor >= 0 {
		t.Top = t.Cursor - max(0, at)
		if !held {
			t.Wanted = rows[t.Cursor].Ref
		}
	}
	t.widest = t.widest.measure(rows)
	t.arrange()
	t.Scroll()
}

// follow finds the row for the cursor: the wanted thing, else the one it was
// on, else the nearest that is left, downwards first.
func (t *Table) follow(index map[model.Ref]int) int {
	if i, ok := index[t.Wanted]; ok {
		return i
	}
	for distance := 0; distance < len(t.Rows); distance++ {
		for _, i := range []int{t.Cursor + distance, t.Cursor - distance} {
			if i >= 0 && i < len(t.Rows) && t.Rows[i].Selectable() {
				if now, ok := index[t.Rows[i].Ref]; ok {
					return now
				}
			}
		}
	}
	return -1
}

// reuse keeps the lines of rows that did not change.
func (t *Table) reuse(rows []Row, index map[model.Ref]int) {
	for i := range t.Rows {
		old := &t.Rows[i]
		if now, ok := index[old.Ref]; ok && old.Selectable() && rows[now].same(old) {
			rows[now].drawn, rows[now].drawnFor = old.drawn, old.drawnFor
		}
	}
}

// arrange gives the columns their places.
func (t *Table) arrange() {
	for set := range t.Columns {
		places := arrangeColumns(t.columns(Set(set)), t.widest[set], t.cells)
		if !samePlaces(places, t.places[set]) {
			t.places[set] = places
			t.layout++
		}
	}
}

// placesOf are the columns of a row.
func (t *Table) placesOf(r *Row) []place { return t.places[r.Set] }

func samePlaces(a, b []place) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].id != b[i].id || a[i].cells != b[i].cells {
			return false
		}
	}
	return true
}

// Resize gives the table its room on the screen.
func (t *Table) Resize(cells, height int) {
	if cells != t.cells {
		t.cells = cells
		t.widest = widths{}.measure(t.Rows)
		t.layout++
		t.arrange()
	}
	t.Height = height
	t.Scroll()
}

// Move moves the cursor by so many things, and stops at the ends.
func (t *Table) Move(by int) {
	step := 1
	if by < 0 {
		step, by = -1, -by
	}
	for ; by > 0; by-- {
		next := t.firstFrom(t.Cursor+step, step)
		if next < 0 {
			break
		}
		t.Cursor = next
	}
	t.Settle()
}

// Jump moves the cursor to the first thing, or to the last.
func (t *Table) Jump(last bool) {
	if last {
		t.Cursor = t.firstFrom(len(t.Rows)-1, -1)
	} else {
		t.Cursor = t.firstFrom(0, 1)
		t.Top = 0
	}
	t.Settle()
}

// Settle makes the thing under the cursor the wanted one.
func (t *Table) Settle() {
	if ref, ok := t.Selected(); ok {
		t.Wanted = ref
	}
	t.Scroll()
}

// Pick moves the cursor to the first thing of just that name, unless it is on
// one. Where none has the name, it stays.
func (t *Table) Pick(name model.Raw) {
	if ref, ok := t.Selected(); ok && ref.Name == name {
		return
	}
	if at := slices.IndexFunc(t.Rows, func(r Row) bool { return r.Selectable() && r.Ref.Name == name }); at >= 0 {
		t.Cursor = at
		t.Settle()
	}
}

// firstFrom is the first thing at or after a row in a direction, -1 if none.
func (t *Table) firstFrom(i, step int) int {
	for ; i >= 0 && i < len(t.Rows); i += step {
		if t.Rows[i].Selectable() {
			return i
		}
	}
	return -1
}

// Scroll brings the cursor into view, with the heading right above it, and
// leaves no room below the last row.
func (t *Table) Scroll() {
	first := t.Cursor
	if t.Height > 2 && first > 0 && !t.Rows[first-1].Selectable() {
		first--
	}
	if first < t.Top {
		t.Top = first
	}
	if t.Cursor >= t.Top+t.Height {
		t.Top = t.Cursor - t.Height + 1
	}
	t.Top = max(0, min(t.Top, len(t.Rows)-t.Height))
}

// Roll scrolls by so many rows. The cursor stays on its thing as long as that is
// in sight, and then on the nearest that is.
func (t *Table) Roll(by int) {
	t.Top = max(0, min(t.Top+by, len(t.Rows)-t.Height))
	last := min(len(t.Rows), t.Top+t.Height) - 1
	switch {
	case t.Cursor < t.Top:
		t.Cursor = t.nearest(t.Top, 1)
	case t.Cursor > last:
		t.Cursor = t.nearest(last, -1)
	}
	t.Settle()
}

// nearest is the first thing at or after a row in a direction, or else in the
// other.
func (t *Table) nearest(i, step int) int {
	if at := t.firstFrom(i, step); at >= 0 {
		return at
	}
	return t.firstFrom(i, -step)
}

// Point moves the cursor to the thing on a row in sight, and reports whether
// one is there.
func (t *Table) Point(y int) bool {
	at := t.Top + y
	if y < 0 || y >= t.Height || at >= len(t.Rows) || !t.Rows[at].Selectable() {
		return false
	}
	t.Cursor = at
	t.Settle()
	return true
}

// SortAt is what the title at a cell sorts by; empty: nothing.
func (t *Table) SortAt(x int) model.SortKey {
	end := gutter
	for _, p := range t.titlePlaces() {
		if end += p.cells + gap; x < end {
			return p.sort
		}
	}
	return ""
}

// SortKeys are what the columns in sight can be sorted by, from left to right.
func (t *Table) SortKeys() (keys []model.SortKey) {
	for _, p := range t.titlePlaces() {
		if p.sort != "" {
			keys = append(keys, p.sort)
		}
	}
	return keys
}

// Position is the place of the cursor among the things, and their number.
func (t *Table) Position() (at, of int) {
	for i := range t.Rows {
		if t.Rows[i].Selectable() {
			of++
			if i <= t.Cursor {
				at++
			}
		}
	}
	return at, of
}

// Scrolls reports whether some rows are out of sight.
func (t *Table) Scrolls() bool { return len(t.Rows) > t.Height }

// Lines draws the rows in sight.
func (t *Table) Lines() []string {
	lines := make([]string, 0, t.Height)
	for i := t.Top; i < min(len(t.Rows), t.Top+t.Height); i++ {
		lines = append(lines, t.line(i))
	}
	return lines
}

func (t *Table) line(i int) string {
	r := &t.Rows[i]
	if i == t.Cursor {
		return r.draw(t.placesOf(r), &draw.Line{Sheet: t.Styles.Selected, Ellipsis: t.Glyphs.Ellipsis, Limit: t.cells}, t.Glyphs, true)
	}
	if r.drawnFor != t.layout || r.drawn == "" {
		r.drawn = r.draw(t.placesOf(r), &draw.Line{Sheet: t.Styles.Plain, Ellipsis: t.Glyphs.Ellipsis, Limit: t.cells}, t.Glyphs, false)
		r.drawnFor = t.layout
	}
	return r.drawn
}

// titlePlaces are the columns whose titles stand above the rows: those of the
// first thing.
func (t *Table) titlePlaces() []place {
	if first := t.firstFrom(0, 1); first >= 0 {
		return t.placesOf(&t.Rows[first])
	}
	return t.places[OfVMs]
}

// Heading is the line of column titles, with a mark at the one sorted by.
func (t *Table) Heading(view model.View) string {
	places := t.titlePlaces()
	l := draw.Line{Sheet: t.Styles.Plain, Ellipsis: t.Glyphs.Ellipsis, Limit: t.cells}
	l.Space(gutter)
	for i, p := range places {
		if i > 0 {
			l.Space(gap)
		}
		title, role := p.title, styles.Heading
		if p.id == Net {
			title += " " + text.Safe(t.Glyphs.Down) + "/" + text.Safe(t.Glyphs.Up)
		}
		if p.sort != "" && p.sort == view.Sort {
			title, role = title+text.Safe(t.direction(view)), styles.Accent
		}
		l.Column(role, title, p.cells, p.right)
	}
	return l.String()
}

func (t *Table) direction(view model.View) styles.Glyph {
	if view.Descending {
		return t.Glyphs.Descending
	}
	return t.Glyphs.Ascending
}

// IndexOf is the row of a thing, -1 if it has none.
func (t *Table) IndexOf(ref model.Ref) int {
	if (ref == model.Ref{}) {
		return -1
	}
	for i := range t.Rows {
		if t.Rows[i].Ref == ref {
			return i
		}
	}
	return -1
}

// Mark marks the rows of some things, and no others.
func (t *Table) Mark(all map[model.Ref]bool) {
	for i := range t.Rows {
		r := &t.Rows[i]
		if now := all[r.Ref]; now != r.Marked {
			r.Marked, r.drawn = now, ""
		}
	}
}
