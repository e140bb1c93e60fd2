package tui

import (
	"slices"

	"microtui/model"
	"microtui/tui/draw"
)

// columnID names a column of the table.
type columnID int

// The columns, as they stand from left to right.
const (
	columnSeverity columnID = iota // of a finding
	columnName
	columnState
	columnSteps // of an operation
	columnKind  // of a leftover
	columnOrigin
	columnFreshness
	columnCPU
	columnMemory
	columnNet
	columnUp
	columnStarted // of an operation
	columnSize    // of a leftover, and in the trash
	columnAge     // in the trash
	columnExpires // in the trash
	columnBy      // who asked for it
	columnNotes
	columnRule // of a finding
	columnCount
)

// column is what there is to know about a column. It is as wide as the widest
// text in it needs, between least and most; what no data needs goes to the
// notes.
type column struct {
	id          columnID
	title       model.SafeText
	sort        model.SortKey // empty: not sorted by
	least, most int
	claim       int // what it gets, if there is room, before the next in rank gets any
	right       bool
	rank        int // the order in which columns get room: 0 first
}

const (
	gutter = 3 // cursor, verdict, mark
	gap    = 2 // between columns
)

// columnSet says which columns a row has.
type columnSet int

// The sets of columns. Leftovers have one of their own: below the VMs and in
// their own view.
const (
	ofVMs columnSet = iota
	ofLeftovers
	ofOperations
	ofTrash
	ofFindings
	columnSets
)

// setOf is the set of columns of a thing.
func setOf(kind model.Kind) columnSet {
	switch kind {
	case model.KindVM:
		return ofVMs
	case kindOperation:
		return ofOperations
	case model.KindTrash:
		return ofTrash
	case kindFinding:
		return ofFindings
	}
	return ofLeftovers
}

var columnsOf = [columnSets][]column{
	ofVMs: {
		{id: columnName, title: "NAME", sort: model.SortName, least: 8, claim: 20, most: 32, rank: 0},
		{id: columnState, title: "STATE", sort: model.SortState, least: 8, claim: 10, most: 13, rank: 1},
		{id: columnOrigin, title: "ORIGIN", sort: model.SortOrigin, least: 8, claim: 10, most: 14, rank: 4},
		{id: columnFreshness, title: "FRESHNESS", sort: model.SortFreshness, least: 10, claim: 13, most: 13, rank: 6},
		{id: columnCPU, title: "CPU", sort: model.SortCPU, least: 5, claim: 7, most: 7, right: true, rank: 3},
		{id: columnMemory, title: "MEM", sort: model.SortMemory, least: 4, claim: 5, most: 5, right: true, rank: 5},
		{id: columnNet, title: "NET", sort: model.SortNet, least: 8, claim: 11, most: 11, right: true, rank: 8},
		{id: columnUp, title: "UP", sort: model.SortUptime, least: 3, claim: 4, most: 4, right: true, rank: 7},
		{id: columnNotes, title: "NOTES", least: 12, claim: 24, most: 400, rank: 2},
	},
	ofLeftovers: {
		{id: columnName, title: "NAME", sort: model.SortName, least: 8, claim: 40, most: 40, rank: 0},
		{id: columnKind, title: "KIND", least: 7, most: 9, rank: 1},
		{id: columnSize, title: "SIZE", least: 4, most: 5, right: true, rank: 3},
		{id: columnNotes, title: "NOTES", least: 12, claim: 27, most: 400, rank: 2},
	},
	ofOperations: {
		{id: columnName, title: "OPERATION", least: 8, claim: 24, most: 40, rank: 0},
		{id: columnState, title: "STATE", least: 5, claim: 11, most: 11, rank: 1},
		{id: columnSteps, title: "STEPS", least: 5, most: 7, right: true, rank: 4},
		{id: columnStarted, title: "STARTED", least: 12, most: 12, rank: 2},
		{id: columnBy, title: "BY", least: 5, most: 12, rank: 5},
		{id: columnNotes, title: "NOTES", least: 10, claim: 24, most: 400, rank: 3},
	},
	ofTrash: {
		{id: columnName, title: "NAME", least: 8, claim: 20, most: 32, rank: 0},
		{id: columnOrigin, title: "ORIGIN", least: 8, most: 14, rank: 5},
		{id: columnSize, title: "SIZE", least: 4, most: 5, right: true, rank: 1},
		{id: columnAge, title: "AGE", least: 3, most: 4, right: true, rank: 2},
		{id: columnExpires, title: "EXPIRES", least: 7, most: 10, rank: 3},
		{id: columnBy, title: "BY", least: 5, most: 12, rank: 6},
		{id: columnNotes, title: "NOTES", least: 10, claim: 24, most: 400, rank: 4},
	},
	ofFindings: {
		{id: columnSeverity, title: "SEVERITY", least: 8, most: 8, rank: 2},
		{id: columnName, title: "ABOUT", least: 8, claim: 20, most: 32, rank: 0},
		{id: columnNotes, title: "FINDING", least: 12, claim: 44, most: 400, rank: 1},
		{id: columnRule, title: "RULE", least: 16, most: 26, rank: 3},
	},
}

// place is a column with its width on this screen.
type place struct {
	column
	cells int
}

// arrangeColumns decides which columns are shown in so many cells, and how
// wide. Columns get their least width in the order of their rank until one
// does not fit; what is left goes to those that can use it, the notes last.
func arrangeColumns(columns []column, widest [columnCount]int, cells int) []place {
	ranked := slices.Clone(columns)
	slices.SortFunc(ranked, func(a, b column) int { return a.rank - b.rank })
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
		if places[i].id == columnNotes {
			continue
		}
		more := max(0, min(free, places[i].wish(widest, cells)-places[i].cells))
		places[i].cells += more
		free -= more
	}
	if notes := slices.IndexFunc(places, func(p place) bool { return p.id == columnNotes }); notes >= 0 {
		places[notes].cells += free
	}
	at := func(p place) int { return slices.IndexFunc(columns, func(c column) bool { return c.id == p.id }) }
	slices.SortFunc(places, func(a, b place) int { return at(a) - at(b) })
	return places
}

// wish is the width that a column can use. Names leave two thirds of the
// screen to the rest, where there is a rest.
func (c column) wish(widest [columnCount]int, cells int) int {
	if c.id == columnName && cells >= draw.NarrowCells {
		return min(c.most, widest[c.id], max(c.least, cells/3))
	}
	return min(c.most, widest[c.id])
}
