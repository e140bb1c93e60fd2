package logview

import (
	"hash/fnv"
	"slices"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
)

// The column with the VM's name, where a log is of several.

// name is a VM's name as it stands before its lines, in a colour of its own.
type name struct {
	Ink          styles.Ink
	Wide, Narrow text.SafeText // filled up with blanks
}

// The widest that names are shown, on a screen and on a narrow one.
const (
	NameCells       = 12
	NarrowNameCells = 5
)

// Names are the names of some VMs; none for a single one.
func Names(vms []model.Raw, s styles.Styles, g styles.Glyphs) map[model.Raw]name {
	if len(vms) < 2 {
		return nil
	}
	longest := 0
	for _, vm := range vms {
		longest = max(longest, draw.Width(draw.Showable(s.Plain, text.Safe(vm))))
	}
	names, tints := make(map[model.Raw]name, len(vms)), tintsOf(vms, s.Tints())
	filled := func(name text.SafeText, cells int) text.SafeText {
		cells = min(cells, longest)
		name = draw.MiddleCut(name, cells, g.Ellipsis)
		return name + draw.BlanksText(cells+1-draw.Width(name))
	}
	for i, vm := range vms {
		safe := draw.Showable(s.Plain, text.Safe(vm))
		names[vm] = name{s.Tint(tints[i]), filled(safe, NameCells), filled(safe, NarrowNameCells)}
	}
	return names
}

// tintsOf gives each VM a tint that follows from its name, but no two the same
// one while there are others.
func tintsOf(vms []model.Raw, n int) []int {
	tints := make([]int, len(vms))
	if n == 0 {
		return tints
	}
	taken := make([]int, n) // how often
	for i, vm := range vms {
		hash := fnv.New32a()
		hash.Write([]byte(vm))
		at := int(hash.Sum32() % uint32(n))
		for least := slices.Min(taken); taken[at] > least; {
			at = (at + 1) % n
		}
		tints[i] = at
		taken[at]++
	}
	return tints
}

// name is what stands before a line; empty: the log is of one VM.
func (k *Layout) name(line *Line) (Piece, bool) {
	if len(k.names) == 0 {
		return Piece{}, false
	}
	_, vm, _ := model.ParseUnitName(line.Unit)
	n := k.names[vm]
	if k.Cells < draw.NarrowCells {
		return Piece{n.Ink, n.Narrow}, true
	}
	return Piece{n.Ink, n.Wide}, true
}
