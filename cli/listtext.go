package cli

import (
	"fmt"
	"strings"

	"microtui/model"
	"microtui/model/text"
	"microtui/styles"
	"microtui/tone"
	"microtui/wording"
)

// writeList writes the table of VMs, that of leftovers, and a line of figures.
func (s *session) writeList(a answer, o listOptions, named bool) {
	var out strings.Builder
	defer func() { s.answer.WriteString(out.String()) }()
	if len(a.vms)+len(a.leftovers) == 0 {
		switch {
		case o.filter != "":
			fmt.Fprintln(&out, "nothing matches the filter")
		case !named:
			fmt.Fprintln(&out, s.Style.text(s.nothing(a, o)))
		case o.orphans && s.refused == 0:
			fmt.Fprintln(&out, "none of these is a proven orphan")
		}
		return
	}
	if len(a.vms) > 0 {
		s.vmTable(a, model.GroupKey(o.group)).write(&out)
	}
	if len(a.leftovers) > 0 {
		if len(a.vms) > 0 {
			out.WriteByte('\n')
		}
		s.leftoverTable(a).write(&out)
	}
	if !named && !o.orphans && o.filter == "" {
		fmt.Fprintf(&out, "\n%s\n", s.Style.inked(styles.Dim, string(s.Style.text(figures(a.inventory)))))
	}
}

// nothing says why the list is empty.
func (s *session) nothing(a answer, o listOptions) text.SafeText {
	if o.orphans && a.inventory.HostKind == model.HostKindPopulated {
		if unclear := model.Count(a.inventory).Unclear; unclear > 0 {
			return text.Safef("no proven orphans; %d unclear, see microtui list", unclear)
		}
		return "no orphans"
	}
	dir := a.inventory.StateDir
	if dir == "" {
		dir = "the state directory"
	}
	if why, ok := hostKinds[a.inventory.HostKind]; ok {
		return text.Safef(why, dir)
	}
	return text.Safef("no VMs and no leftovers in %s", dir)
}

func (s *session) vmTable(a answer, by model.GroupKey) *table {
	t := &table{style: s.Style, width: s.Style.Width}
	header := []text.SafeText{"", "NAME", "STATE", "ORIGIN", "FRESHNESS"}
	if a.measured {
		header = append(header, "CPU", "IN/S", "OUT/S")
	}
	t.add(styles.Heading, append(header, "MEMORY", "UP", "NOTES")...)
	for _, g := range by.Groups(a.vms) {
		if g.Name != "" {
			t.add(styles.Heading)
			t.add(styles.Heading, groupHeading(g, by))
		}
		for _, vm := range g.VMs {
			s.addVM(t, a, vm)
		}
	}
	return t
}

// groupHeading is a group's name, how many VMs it has, and, where the name does
// not say it, how many of them run.
func groupHeading(g model.Group, by model.GroupKey) text.SafeText {
	title := wording.Of(model.State(g.Name)) + ": " + model.Counted(len(g.VMs), "VM")
	if by == model.GroupState {
		return title
	}
	return title + text.Safef(", %d running", g.Running())
}

func (s *session) addVM(t *table, a answer, vm model.VM) {
	glyph, role := tone.VerdictSign(vm.Verdict, s.Style.glyphs()), tone.Verdict(vm.Verdict)
	line := []text.SafeText{
		text.Safe(glyph), text.Safe(vm.Name), wording.Of(vm.State),
		wording.Of(vm.Origin), wording.Of(vm.Freshness),
	}
	if a.measured {
		rate := a.rates[vm.Name]
		line = append(line, s.known(rate.CPUPercent, model.FormatPercent),
			s.known(rate.RxPerSecond, model.FormatRate), s.known(rate.TxPerSecond, model.FormatRate))
	}
	t.add(role, append(line, known(s, vm.Memory, model.FormatBytes), wording.Up(&vm, a.inventory.At), wording.Notes(vm.Verdict, vm.Why, vm.Notes))...)
}

func (s *session) leftoverTable(a answer) *table {
	t := &table{style: s.Style, width: s.Style.Width}
	t.add(styles.Heading, "", "LEFTOVER", "KIND", "SIZE", "NOTES")
	for _, l := range a.leftovers {
		glyph, role := tone.VerdictSign(l.Verdict, s.Style.glyphs()), tone.Verdict(l.Verdict)
		t.add(role, text.Safe(glyph), text.Safe(l.Ref.Name), wording.Of(l.Ref.Kind),
			sizeOf(l), wording.Notes(l.Verdict, l.Why, l.Notes))
	}
	return t
}

func sizeOf(l model.Leftover) text.SafeText {
	if l.Bytes == nil {
		return ""
	}
	return model.FormatBytes(*l.Bytes)
}

func (s *session) known(value *float64, format func(float64) text.SafeText) text.SafeText {
	return known(s, value, format)
}

// known formats a figure, or shows that it is unknown.
func known[T any](s *session, value *T, format func(T) text.SafeText) text.SafeText {
	if value == nil {
		return text.Safe(s.Style.glyphs().Unknown)
	}
	return format(*value)
}

// figures counts the host's VMs, leftovers and findings in a line.
func figures(i model.Inventory) text.SafeText {
	c, found := model.Count(i), severities(i.Findings)
	parts := []string{string(model.Counted(c.VMs, "VM")), fmt.Sprintf("%d running", c.Running)}
	for _, more := range []struct {
		n    int
		text text.SafeText
	}{
		{c.Paused, text.Safef("%d paused", c.Paused)},
		{c.CrashLoop, text.Safef("%d in a crash loop", c.CrashLoop)}, {c.Failed, text.Safef("%d failed", c.Failed)},
		{c.Orphans, model.Counted(c.Orphans, "orphan")}, {c.Suspects, model.Counted(c.Suspects, "suspect")},
		{c.Unclear, text.Safef("%d unclear", c.Unclear)},
		{found[model.SeverityError], model.Counted(found[model.SeverityError], "error")},
		{found[model.SeverityWarning], model.Counted(found[model.SeverityWarning], "warning")},
	} {
		if more.n > 0 {
			parts = append(parts, string(more.text))
		}
	}
	return text.Safef("%s: %s", i.Host.Name, strings.Join(parts, ", "))
}
