package detail

import (
	"slices"
	"time"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tui/draw"
	"microtui/tui/scene"
	"microtui/wording"
)

// The generations of a VM: what it booted, what its next start runs, what it
// can be rolled back to, and what the configuration declares.

// GenerationsTab is the tab of a VM that shows its runners.
const GenerationsTab text.SafeText = "generations"

// generation is a runner that something of a VM names.
type generation struct {
	what   text.SafeText
	runner model.Raw
	at     time.Time // when the link was set; zero: unknown, or it is no link
	gone   bool      // it is not there
}

func generationsOf(vm *model.VM) []generation {
	var all []generation
	if dir := vm.Directory; dir != nil {
		for _, l := range []struct {
			what text.SafeText
			link *model.Symlink
		}{{"booted", dir.Booted}, {"current", dir.Current}, {"old", dir.Old}} {
			if l.link != nil {
				all = append(all, generation{l.what, l.link.Target, l.link.Modified, l.link.Dangling})
			}
		}
	}
	if vm.Declared != nil && vm.Declared.Runner != "" {
		all = append(all, generation{what: "declared", runner: vm.Declared.Runner})
	}
	return all
}

// generationMeanings say what each is, for the reader.
var generationMeanings = map[text.SafeText]text.SafeText{
	"booted":   "what its last start ran",
	"current":  "what its next start runs",
	"old":      "what a roll-back returns to",
	"declared": "what the host's configuration says",
}

// Pairs are the runners worth comparing: what a restart, a roll-back and a
// rebuild would change.
func Pairs(vm *model.VM) []model.Comparison {
	by := map[text.SafeText]generation{}
	for _, g := range generationsOf(vm) {
		by[g.what] = g
	}
	var all []model.Comparison
	for _, pair := range [][2]text.SafeText{{"booted", "current"}, {"old", "current"}, {"current", "declared"}} {
		before, after := by[pair[0]], by[pair[1]]
		c := model.Comparison{VM: vm.Name, Before: before.runner, After: after.runner}
		if c.Before == "" || c.After == "" || c.Before == c.After || before.gone || after.gone || slices.Contains(all, c) {
			continue
		}
		all = append(all, c)
	}
	return all
}

func writeGenerations(d *draw.Document, about Subject) {
	all := generationsOf(about.VM)
	if len(all) == 0 {
		None(d, "It has no directory, and no runner is known.")
		return
	}
	for _, g := range all {
		meaning := generationMeanings[g.what]
		if set := wording.Moment(g.at); set != "" {
			meaning += "; since " + set
		}
		d.Field(g.what, styles.Text, meaning)
		d.Field("", styles.Dim, text.Safe(g.runner))
		if g.gone {
			d.Field("", styles.Bad, text.Safe(d.Glyphs.Broken)+" missing: collected, or never built")
		}
	}
	writeClosures(d, about)
}

func writeClosures(d *draw.Document, about Subject) {
	wanted := Pairs(about.VM)
	d.Heading("Difference")
	if len(wanted) == 0 {
		None(d, "All links point to the same runner.")
		return
	}
	for _, c := range wanted {
		at := slices.IndexFunc(about.Closures.Known, func(k scene.Difference) bool { return k.Comparison == c })
		switch {
		case slices.Contains(about.Closures.Asked, c):
			d.Paragraph(styles.Busy, "Comparing closures ...", 1)
		case at >= 0:
			writeDifference(d, about.Closures.Known[at])
		default:
			d.Paragraph(styles.Dim, "Not compared yet"+d.Keys.Mention(": ", "compare", " compares closures")+".", 1)
			return
		}
	}
}

func writeDifference(d *draw.Document, diff scene.Difference) {
	if diff.Err != nil {
		d.Item(styles.Warn, d.Glyphs.Attention, "The comparison failed: "+text.Safe(diff.Err.Error()))
		return
	}
	for n, line := range diff.Diff.Lines(diff.VM) {
		role, indent := styles.Text, 4
		if n == 0 {
			role, indent = styles.Strong, 1
		}
		d.Paragraph(role, draw.TrimLeft(line), indent)
	}
}
