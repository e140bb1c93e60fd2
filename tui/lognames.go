package tui

import (
	"hash/fnv"
	"slices"

	"microtui/model"
	"microtui/styles"
	"microtui/tui/draw"
)

// The column with the VM's name, where a log is of several.

// logName is a VM's name as it stands before its lines, in a colour of its own.
type logName struct {
	ink          styles.Ink
	wide, narrow model.SafeText // filled up with blanks
}

// The widest that names are shown, on a screen and on a narrow one.
const (
	nameCells       = 12
	narrowNameCells = 5
)

// logNames are the names of some VMs; none for a single one.
func logNames(vms []model.Raw, s styles.Styles, g styles.Glyphs) map[model.Raw]logName {
	if len(vms) < 2 {
		return nil
	}
	longest := 0
	for _, vm := range vms {
		longest = max(longest, draw.Width(draw.Showable(s.Plain, model.Safe(vm))))
	}
	names, tints := make(map[model.Raw]logName, len(vms)), tintsOf(vms, s.Tints())
	filled := func(name model.SafeText, cells int) model.SafeText {
		cells = min(cells, longest)
		name = draw.MiddleCut(name, cells, g.Ellipsis)
		return name + draw.BlanksText(cells+1-draw.Width(name))
	}
	for i, vm := range vms {
		safe := draw.Showable(s.Plain, model.Safe(vm))
		names[vm] = logName{s.Tint(tints[i]), filled(safe, nameCells), filled(safe, narrowNameCells)}
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
func (k *logLook) name(line *logLine) (piece, bool) {
	if len(k.names) == 0 {
		return piece{}, false
	}
	_, vm, _ := model.ParseUnitName(line.Unit)
	n := k.names[vm]
	if k.cells < draw.NarrowCells {
		return piece{n.ink, n.narrow}, true
	}
	return piece{n.ink, n.wide}, true
}
