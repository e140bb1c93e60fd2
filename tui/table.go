package tui

import (
	"slices"

	"microtui/model"
	"microtui/styles"
	"microtui/tui/draw"
)

// table is a list of rows with a cursor that belongs to a thing, not to a
// place.
type table struct {
	rows   []row
	cursor int // -1: there is nothing to select
	top    int // the first row on the screen
	height int
	// wanted is the thing the user chose. A filter may hide it; when the
	// filter goes, the cursor returns to it.
	wanted model.Ref

	columns [columnSets][]column
	widest  widths
	places  [columnSets][]place
	layout  int // changes with everything that changes how a row is drawn
	cells   int
	styles  styles.Styles
	glyphs  styles.Glyphs
}

// selected is the thing under the cursor.
func (t *table) selected() (model.Ref, bool) {
	if t.cursor < 0 {
		return model.Ref{}, false
	}
	return t.rows[t.cursor].ref, true
}

// show replaces the rows. The cursor stays on its thing; where that is gone it
// goes to the nearest neighbour that is still there. A thing that is only
// hidden (exists is true) stays the wanted one; one that left the host does
// not: the cursor would jump when a thing of that name comes back.
func (t *table) show(rows []row, exists bool) {
	index := make(map[model.Ref]int, len(rows))
	for i := range rows {
		if rows[i].selectable() {
			index[rows[i].ref] = i
		}
		if t.styles.Plain.ASCII() {
			rows[i].toASCII()
		}
	}
	t.reuse(rows, index)
	at := t.cursor - t.top
	cursor := t.follow(index)
	t.rows, t.cursor = rows, cursor
	if t.cursor < 0 {
		t.cursor = t.firstFrom(0, 1)
	}
	if t.cursor >= 0 {
		t.top = t.cursor - max(0, at)
		if !exists {
			t.wanted = rows[t.cursor].ref
		}
	}
	t.widest = t.widest.measure(rows)
	t.arrange()
	t.scroll()
}

// follow finds the row for the cursor: the wanted thing, else the one it was
// on, else the nearest that is left, downwards first.
func (t *table) follow(index map[model.Ref]int) int {
	if i, ok := index[t.wanted]; ok {
		return i
	}
	for distance := 0; distance < len(t.rows); distance++ {
		for _, i := range []int{t.cursor + distance, t.cursor - distance} {
			if i >= 0 && i < len(t.rows) && t.rows[i].selectable() {
				if now, ok := index[t.rows[i].ref]; ok {
					return now
				}
			}
		}
	}
	return -1
}

// reuse keeps the lines of rows that did not change.
func (t *table) reuse(rows []row, index map[model.Ref]int) {
	for i := range t.rows {
		old := &t.rows[i]
		if now, ok := index[old.ref]; ok && old.selectable() && rows[now].same(old) {
			rows[now].drawn, rows[now].drawnFor = old.drawn, old.drawnFor
		}
	}
}

// arrange gives the columns their places.
func (t *table) arrange() {
	for set, columns := range t.columns {
		places := arrangeColumns(columns, t.widest[set], t.cells)
		if !samePlaces(places, t.places[set]) {
			t.places[set] = places
			t.layout++
		}
	}
}

// placesOf are the columns of a row.
func (t *table) placesOf(r *row) []place { return t.places[setOf(r.ref.Kind)] }

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

// resize gives the table its room on the screen.
func (t *table) resize(cells, height int) {
	if cells != t.cells {
		t.cells = cells
		t.widest = widths{}.measure(t.rows)
		t.layout++
		t.arrange()
	}
	t.height = height
	t.scroll()
}

// move moves the cursor by so many things, and stops at the ends.
func (t *table) move(by int) {
	step := 1
	if by < 0 {
		step, by = -1, -by
	}
	for ; by > 0; by-- {
		next := t.firstFrom(t.cursor+step, step)
		if next < 0 {
			break
		}
		t.cursor = next
	}
	t.settle()
}

// jump moves the cursor to the first thing, or to the last.
func (t *table) jump(last bool) {
	if last {
		t.cursor = t.firstFrom(len(t.rows)-1, -1)
	} else {
		t.cursor = t.firstFrom(0, 1)
		t.top = 0
	}
	t.settle()
}

func (t *table) settle() {
	if ref, ok := t.selected(); ok {
		t.wanted = ref
	}
	t.scroll()
}

// pick moves the cursor to the first thing of just that name, unless it is on
// one. Where none has the name, it stays.
func (t *table) pick(name model.Raw) {
	if ref, ok := t.selected(); ok && ref.Name == name {
		return
	}
	if at := slices.IndexFunc(t.rows, func(r row) bool { return r.selectable() && r.ref.Name == name }); at >= 0 {
		t.cursor = at
		t.settle()
	}
}

// firstFrom is the first thing at or after a row in a direction, -1 if none.
func (t *table) firstFrom(i, step int) int {
	for ; i >= 0 && i < len(t.rows); i += step {
		if t.rows[i].selectable() {
			return i
		}
	}
	return -1
}

// scroll brings the cursor into view, with the heading right above it, and
// leaves no room below the last row.
func (t *table) scroll() {
	first := t.cursor
	if t.height > 2 && first > 0 && !t.rows[first-1].selectable() {
		first--
	}
	if first < t.top {
		t.top = first
	}
	if t.cursor >= t.top+t.height {
		t.top = t.cursor - t.height + 1
	}
	t.top = max(0, min(t.top, len(t.rows)-t.height))
}

// roll scrolls by so many rows. The cursor stays on its thing as long as that is
// in sight, and then on the nearest that is.
func (t *table) roll(by int) {
	t.top = max(0, min(t.top+by, len(t.rows)-t.height))
	last := min(len(t.rows), t.top+t.height) - 1
	switch {
	case t.cursor < t.top:
		t.cursor = t.nearest(t.top, 1)
	case t.cursor > last:
		t.cursor = t.nearest(last, -1)
	}
	t.settle()
}

// nearest is the first thing at or after a row in a direction, or else in the
// other.
func (t *table) nearest(i, step int) int {
	if at := t.firstFrom(i, step); at >= 0 {
		return at
	}
	return t.firstFrom(i, -step)
}

// point moves the cursor to the thing on a row in sight, and reports whether
// one is there.
func (t *table) point(y int) bool {
	at := t.top + y
	if y < 0 || y >= t.height || at >= len(t.rows) || !t.rows[at].selectable() {
		return false
	}
	t.cursor = at
	t.settle()
	return true
}

// sortAt is what the title at a cell sorts by; empty: nothing.
func (t *table) sortAt(x int) model.SortKey {
	end := gutter
	for _, p := range t.titlePlaces() {
		if end += p.cells + gap; x < end {
			return p.sort
		}
	}
	return ""
}

// position is the place of the cursor among the things, and their number.
func (t *table) position() (at, of int) {
	for i := range t.rows {
		if t.rows[i].selectable() {
			of++
			if i <= t.cursor {
				at++
			}
		}
	}
	return at, of
}

// scrolls reports whether some rows are out of sight.
func (t *table) scrolls() bool { return len(t.rows) > t.height }

// lines draws the rows in sight.
func (t *table) lines() []string {
	lines := make([]string, 0, t.height)
	for i := t.top; i < min(len(t.rows), t.top+t.height); i++ {
		lines = append(lines, t.line(i))
	}
	return lines
}

func (t *table) line(i int) string {
	r := &t.rows[i]
	if i == t.cursor {
		return r.draw(t.placesOf(r), &draw.Line{Sheet: t.styles.Selected, Ellipsis: t.glyphs.Ellipsis, Limit: t.cells}, t.glyphs, true)
	}
	if r.drawnFor != t.layout || r.drawn == "" {
		r.drawn = r.draw(t.placesOf(r), &draw.Line{Sheet: t.styles.Plain, Ellipsis: t.glyphs.Ellipsis, Limit: t.cells}, t.glyphs, false)
		r.drawnFor = t.layout
	}
	return r.drawn
}

// titlePlaces are the columns whose titles stand above the rows: those of the
// first thing.
func (t *table) titlePlaces() []place {
	if first := t.firstFrom(0, 1); first >= 0 {
		return t.placesOf(&t.rows[first])
	}
	return t.places[ofVMs]
}

// heading is the line of column titles, with a mark at the one sorted by.
func (t *table) heading(view model.View) string {
	places := t.titlePlaces()
	l := draw.Line{Sheet: t.styles.Plain, Ellipsis: t.glyphs.Ellipsis, Limit: t.cells}
	l.Space(gutter)
	for i, p := range places {
		if i > 0 {
			l.Space(gap)
		}
		title, role := p.title, styles.Heading
		if p.id == columnNet {
			title += " " + model.Safe(model.Raw(t.glyphs.Down)) + "/" + model.Safe(model.Raw(t.glyphs.Up))
		}
		if p.sort != "" && p.sort == view.Sort {
			title, role = title+model.Safe(model.Raw(t.direction(view))), styles.Accent
		}
		l.Column(role, title, p.cells, p.right)
	}
	return l.String()
}

func (t *table) direction(view model.View) styles.Glyph {
	if view.Descending {
		return t.glyphs.Descending
	}
	return t.glyphs.Ascending
}
