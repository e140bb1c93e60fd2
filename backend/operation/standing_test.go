package operation_test

import (
	"fmt"
	"slices"
	"strings"

	"microtui/model"
)

// standing is all of a host that an operation can change, as lines. Numbers
// that a restart makes anew are left out.
func standing(o model.Observation) []string {
	var lines []string
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	for _, d := range o.StateDir.Directories {
		add("directory %s %v current=%s old=%s booted=%s", d.Name, d.ID, leads(d.Current), leads(d.Old), leads(d.Booted))
	}
	for _, f := range o.StateDir.Other {
		add("other %s %s", f.Name, f.Type)
	}
	for _, e := range o.Trash {
		add("trash %s of %s %v", e.ID, e.From, e.Directory)
	}
	for _, l := range o.Links {
		add("link %s %s", l.Name, l.Kind)
	}
	for _, r := range o.GCRoots {
		add("root %s %s", r.Name, r.Target)
	}
	for _, u := range o.Units {
		if u.Active != "inactive" {
			add("unit %s %s", u.Name, u.Active)
		}
	}
	for _, p := range o.Processes {
		add("process %s of %s", p.Comm, p.Cgroup)
	}
	for _, k := range o.Keep {
		add("keep %s %s", k.Kind, k.Name)
	}
	slices.Sort(lines)
	return lines
}

func leads(l *model.Symlink) string {
	if l == nil {
		return "none"
	}
	return string(l.Target)
}

// differs says in which lines two hosts differ; empty: in none.
func differs(before, after []string) string {
	var all []string
	for _, line := range before {
		if !slices.Contains(after, line) {
			all = append(all, "- "+line)
		}
	}
	for _, line := range after {
		if !slices.Contains(before, line) {
			all = append(all, "+ "+line)
		}
	}
	return strings.Join(all, "\n")
}
