package model

import (
	"slices"

	"microtui/model/text"
)

// Comparison is a pair of runners of a VM whose closures are compared.
type Comparison struct {
	VM            Raw
	Before, After Raw // store paths
}

// ClosureDiff is how one closure differs from another (`nix store
// diff-closures`).
type ClosureDiff struct {
	Before, After Raw // store paths
	Changes       []ClosureChange
	BytesBefore   *uint64 // of the whole closure; nil: unknown
	BytesAfter    *uint64
}

// ClosureChange is a package that differs: its versions before and after, the
// empty list where it is not part of that closure, and where only its size
// differs. Line is what nix said where that could not be taken apart; then it
// is all there is.
type ClosureChange struct {
	Package Raw   `json:"package"`
	Before  []Raw `json:"before"`
	After   []Raw `json:"after"`
	Bytes   int64 `json:"bytes"` // larger by so many; negative: smaller
	Line    Raw   `json:"line,omitempty"`
}

// Text says a change as one line: "linux: 6.12.41 → 6.12.58, +2.2 MiB".
func (c ClosureChange) Text() text.SafeText {
	if c.Line != "" {
		return text.Safe(c.Line)
	}
	versions := func(all []Raw) Raw {
		named := slices.DeleteFunc(slices.Clone(all), func(v Raw) bool { return v == "" })
		switch {
		case len(all) == 0:
			return "∅"
		case len(named) == 0:
			return "ε" // as nix calls a package without a version
		}
		return Raw(Listed(named))
	}
	line := text.Safef("%s", c.Package)
	if len(c.Before)+len(c.After) > 0 {
		line += text.Safef(": %s → %s", versions(c.Before), versions(c.After))
	}
	switch {
	case c.Bytes > 0:
		line += text.Safef(", +%s", FormatBytes(uint64(c.Bytes)))
	case c.Bytes < 0:
		line += text.Safef(", -%s", FormatBytes(uint64(-c.Bytes)))
	}
	return line
}

// Lines say a difference, of a VM, as lines: what changed, each package, and
// how large the closures are.
func (d ClosureDiff) Lines(vm Raw) []text.SafeText {
	if d.Before == d.After {
		return []text.SafeText{text.Safef("%s: no differences", vm)}
	}
	lines := []text.SafeText{text.Safef("%s: %s → %s", vm, d.Before, d.After)}
	for _, c := range d.Changes {
		lines = append(lines, "  "+c.Text())
	}
	if len(d.Changes) == 0 {
		lines = append(lines, "  no package version changed")
	}
	if d.BytesBefore != nil && d.BytesAfter != nil {
		lines = append(lines, text.Safef("  closure %s → %s", FormatBytes(*d.BytesBefore), FormatBytes(*d.BytesAfter)))
	}
	return lines
}
