package table

import (
	"slices"
	"strings"

	"microtui/model"
	"microtui/model/order"
	"microtui/model/text"
	"microtui/tui/draw"
)

// columnID names a column of the table.
type columnID int

// The columns, as they stand from left to right.
const (
	Severity columnID = iota // of a finding
	Name
	State
	Steps // of an operation
	Kind  // of a leftover
	Origin
	Freshness
	CPU
	Memory
	Disk
	Net
	Up
	Started // of an operation
	Size    // of a leftover, and in the trash
	Age     // in the trash
	Expires // in the trash
	By      // who asked for it
	Notes
	Rule // of a finding
	ColumnCount
)

// column is what there is to know about a column. It is as wide as the widest
// text in it needs, between least and most; what no data needs goes to the
// notes.
type column struct {
	id          columnID
	title       text.SafeText
	sort        model.SortKey // empty: not sorted by
	least, most int
	claim       int // what it gets, if there is room, before the next in rank gets any
	right       bool
	rank        int // the order in which columns get room: 0 first
}

const (
	gutter = 3 // cursor, verdict, mark
	gap    = 2 // between columns

	// sortedRank is the rank of the column that is sorted by: right after the
	// name's. Who sorts wants to see by what.
	sortedRank = 1
)

// Set says which columns a row has.
type Set int

// The sets of columns. Leftovers have one of their own: below the VMs and in
// their own view.
const (
	OfVMs Set = iota
	OfLeftovers
	OfOperations
	OfTrash
	OfFindings
	columnSets
)

var columnsOf = [columnSets][]column{
	OfVMs: {
		{id: Name, title: "NAME", sort: model.SortName, least: 8, claim: 20, most: 32, rank: 0},
		{id: State, title: "STATE", sort: model.SortState, least: 8, claim: 10, most: 13, rank: 2},
		{id: Origin, title: "ORIGIN", sort: model.SortOrigin, least: 8, claim: 10, most: 14, rank: 5},
		{id: Freshness, title: "FRESHNESS", sort: model.SortFreshness, least: 10, claim: 13, most: 13, rank: 7},
		{id: CPU, title: "CPU", sort: model.SortCPU, least: 5, claim: 7, most: 7, right: true, rank: 4},
		{id: Memory, title: "MEM", sort: model.SortMemory, least: 4, claim: 5, most: 5, right: true, rank: 6},
		{id: Disk, title: "DISK", sort: model.SortDisk, least: 4, claim: 5, most: 5, right: true, rank: 10},
		{id: Net, title: "NET", sort: model.SortNet, least: 8, claim: 11, most: 11, right: true, rank: 9},
		{id: Up, title: "UP", sort: model.SortUptime, least: 3, claim: 4, most: 4, right: true, rank: 8},
		{id: Notes, title: "NOTES", least: 12, claim: 24, most: 400, rank: 3},
	},
	OfLeftovers: {
		{id: Name, title: "NAME", sort: model.SortName, least: 8, claim: 40, most: 40, rank: 0},
		{id: Kind, title: "KIND", least: 7, most: 9, rank: 2},
		{id: Size, title: "SIZE", sort: model.SortDisk, least: 5, most: 5, right: true, rank: 4},
		{id: Notes, title: "NOTES", least: 12, claim: 27, most: 400, rank: 3},
	},
	OfOperations: {
		{id: Name, title: "OPERATION", least: 8, claim: 24, most: 40, rank: 0},
		{id: State, title: "STATE", least: 5, claim: 11, most: 11, rank: 1},
		{id: Steps, title: "STEPS", least: 5, most: 7, right: true, rank: 4},
		{id: Started, title: "STARTED", least: 12, most: 12, rank: 2},
		{id: By, title: "BY", least: 5, most: 12, rank: 5},
		{id: Notes, title: "NOTES", least: 10, claim: 24, most: 400, rank: 3},
	},
	OfTrash: {
		{id: Name, title: "NAME", least: 8, claim: 20, most: 32, rank: 0},
		{id: Origin, title: "ORIGIN", least: 8, most: 14, rank: 5},
		{id: Size, title: "SIZE", least: 4, most: 5, right: true, rank: 1},
		{id: Age, title: "AGE", least: 3, most: 4, right: true, rank: 2},
		{id: Expires, title: "EXPIRES", least: 7, most: 10, rank: 3},
		{id: By, title: "BY", least: 5, most: 12, rank: 6},
		{id: Notes, title: "NOTES", least: 10, claim: 24, most: 400, rank: 4},
	},
	OfFindings: {
		{id: Severity, title: "SEVERITY", least: 8, most: 8, rank: 2},
		{id: Name, title: "ABOUT", least: 8, claim: 20, most: 32, rank: 0},
		{id: Notes, title: "FINDING", least: 12, claim: 44, most: 400, rank: 1},
		{id: Rule, title: "RULE", least: 16, most: 26, rank: 3},
	},
}

// place is a column with its width on this screen.
type place struct {
	column
	cells int
}

// columns are those of a set, with the one that the rows are sorted by among
// them, whether it is wanted or not.
func (t *Table) columns(set Set) []column {
	all := slices.Clone(t.Columns[set])
	sorted := func(c column) bool { return c.sort == t.SortedBy && c.sort != "" }
	at := slices.IndexFunc(all, sorted)
	if there := slices.IndexFunc(columnsOf[set], sorted); at < 0 && there >= 0 {
		at = len(all)
		if all[at-1].id == Notes {
			at--
		}
		all = slices.Insert(all, at, columnsOf[set][there])
	}
	if at >= 0 && all[at].id != Name {
		all[at].rank = sortedRank
	}
	return all
}

// arrangeColumns decides which columns are shown in so many cells, and how
// wide. Columns get their least width in the order of their rank until one
// does not fit; what is left goes to those that can use it, the notes last.
func arrangeColumns(columns []column, widest [ColumnCount]int, cells int) []place {
	ranked := slices.Clone(columns)
	order.By(ranked, func(a, b *column) int { return a.rank - b.rank })
	free := cells - gutter
	var places []place
	for _, c := range ranked {
		need := c.least
		if len(places) > 0 {
			need += gap
		}
		if need > free {
			break
		}
		free -= need
		extra := max(0, min(free, min(c.claim, c.wish(widest, cells))-c.least))
		free -= extra
		places = append(places, place{c, c.least + extra})
	}
	for i := range places {
		if places[i].id == Notes {
			continue
		}
		more := max(0, min(free, places[i].wish(widest, cells)-places[i].cells))
		places[i].cells += more
		free -= more
	}
	if notes := slices.IndexFunc(places, func(p place) bool { return p.id == Notes }); notes >= 0 {
		places[notes].cells += free
	}
	at := func(p *place) int { return slices.IndexFunc(columns, func(c column) bool { return c.id == p.id }) }
	order.By(places, func(a, b *place) int { return at(a) - at(b) })
	return places
}

// wish is the width that a column can use. Names leave two thirds of the
// screen to the rest, where there is a rest.
func (c column) wish(widest [ColumnCount]int, cells int) int {
	if c.id == Name && cells >= draw.NarrowCells {
		return min(c.most, widest[c.id], max(c.least, cells/3))
	}
	return min(c.most, widest[c.id])
}

// Columns are the columns of the table of VMs, by name, as they stand where
// nothing else is wanted.
func Columns() []string {
	names := make([]string, 0, len(columnsOf[OfVMs]))
	for _, c := range columnsOf[OfVMs] {
		names = append(names, c.name())
	}
	return names
}

func (c *column) name() string {
	if c.sort != "" {
		return string(c.sort)
	}
	return strings.ToLower(string(c.title))
}

// WantedColumns are the columns of each kind of row; of VMs those that are
// named, in that order. Without its name nobody knows which VM a row is: it is
// always there.
func WantedColumns(names []string) [columnSets][]column {
	sets := columnsOf
	if len(names) == 0 {
		return sets
	}
	if !slices.Contains(names, string(model.SortName)) {
		names = slices.Concat([]string{string(model.SortName)}, names)
	}
	var chosen []column
	for _, name := range names {
		at := slices.IndexFunc(columnsOf[OfVMs], func(c column) bool { return c.name() == name })
		if at >= 0 {
			chosen = append(chosen, columnsOf[OfVMs][at])
		}
	}
	sets[OfVMs] = chosen
	return sets
}
