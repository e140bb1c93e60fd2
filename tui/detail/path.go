package detail

import (
	"microtui/model"
	"microtui/model/doctor"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
)

// The way of a guest's packets, a station on each line, from the guest to the
// network. The one that stops them is marked.

// pathOf is the way through an interface; nil: it is not known.
func pathOf(paths [][]doctor.Hop, name model.Raw) []doctor.Hop {
	for _, path := range paths {
		if len(path) > 1 && path[1].Name == name {
			return path
		}
	}
	return nil
}

func writePath(d *draw.Document, path []doctor.Hop) {
	for at, hop := range path {
		role, sign := styles.Text, d.Glyphs.Down
		if at == 0 {
			sign = d.Glyphs.Bullet
		}
		if hop.Broken != "" {
			role, sign = styles.Bad, d.Glyphs.Broken
		}
		writeHop(d, hop, role, sign)
	}
}

// hopCells is the width of what a station is.
const hopCells = 11

func writeHop(d *draw.Document, hop doctor.Hop, role styles.Role, sign styles.Glyph) {
	words := text.Safe(hop.Name)
	if hop.What == "holder" && words != "" {
		words = "process " + words
	}
	if hop.Detail != "" && words != "" {
		words += ", "
	}
	words += text.Safe(hop.Detail)
	if hop.Broken != "" {
		if words != "" {
			words += ": "
		}
		words += "broken: " + text.Safe(hop.Broken)
	}
	what := text.Safe(hop.What)
	if d.Cells < draw.NarrowCells {
		d.Item(role, sign, what+" "+words)
		return
	}
	const indent = 3
	for at, part := range d.Wrap(words, d.Cells-indent-hopCells) {
		l := d.Line()
		if at == 0 {
			l.Space(1)
			l.Glyph(role, sign)
			l.Space(1)
			l.Column(styles.Dim, what, hopCells, false)
		}
		l.Space(indent + hopCells - l.Width)
		l.Put(role, part)
		d.Lines = append(d.Lines, l.String())
	}
}
