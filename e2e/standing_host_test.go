package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// standing is what operations change on a host, by what it is: "unit
// microvm@web.service", "current of web". (Records and roots of ours are none of
// it.)
func standing(t *testing.T) map[string]string {
	t.Helper()
	all := make(map[string]string)
	directories, _ := os.ReadDir("/var/lib/microvms")
	for _, d := range directories {
		path := "/var/lib/microvms/" + d.Name()
		if strings.HasPrefix(d.Name(), ".microtui") {
			continue
		}
		all["directory "+d.Name()] = fmt.Sprint(inodeOf(t, path))
		for _, link := range []string{"current", "old", "booted"} {
			if target, err := os.Readlink(path + "/" + link); err == nil {
				all[link+" of "+d.Name()] = target
			}
		}
	}
	for id, place := range inTrash() {
		var entry struct{ Name string }
		text, _ := os.ReadFile("/var/lib/microtui/trash/" + id + "/entry.json")
		if err := json.Unmarshal(text, &entry); err != nil {
			t.Errorf("%s: %v", place, err)
		}
		all["entry "+id] = entry.Name
	}
	for name, target := range gcroots(t) {
		all["gcroot "+name] = target
	}
	links, _ := filepath.Glob("/sys/class/net/*/ifindex")
	for _, path := range links {
		index, _ := os.ReadFile(path)
		all["interface "+filepath.Base(filepath.Dir(path))] = strings.TrimSpace(string(index))
	}
	unitsStanding(t, all)
	processesStanding(all)
	return all
}

// unitsStanding adds the units of VMs that are not at rest: with what run of
// theirs it is, or that they are failed.
func unitsStanding(t *testing.T, all map[string]string) {
	t.Helper()
	shown := shell(t, "systemctl", "show", "--all", "--property=Id,ActiveState,InvocationID", "microvm*", "install-microvm*")
	for block := range strings.SplitSeq(shown, "\n\n") {
		property := make(map[string]string)
		for line := range strings.Lines(block) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
			property[name] = value
		}
		switch state := property["ActiveState"]; state {
		case "inactive", "":
		case "failed":
			all["unit "+property["Id"]] = state
		default:
			all["unit "+property["Id"]] = "up: " + property["InvocationID"]
		}
	}
}

// processesStanding adds the processes of VMs that belong to no unit of them.
func processesStanding(all map[string]string) {
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range lines {
		folder := filepath.Dir(path)
		text, _ := os.ReadFile(path)
		group, _ := os.ReadFile(folder + "/cgroup")
		argv0, _, _ := strings.Cut(string(text), "\x00")
		isOfVM := strings.HasPrefix(argv0, "microvm@") || filepath.Base(argv0) == "virtiofsd"
		if isOfVM && !strings.Contains(string(group), "microvm") {
			all["process "+filepath.Base(folder)] = argv0
		}
	}
}

// looks are two looks at a host, before and after.
type looks struct {
	before, after map[string]string
	// restored are the ids of entries of the trash, by the names of the
	// directories that came back.
	restored map[string]string
}

func twoLooks(before, after map[string]string) looks {
	l := looks{before, after, make(map[string]string)}
	for key, name := range before {
		id, is := strings.CutPrefix(key, "entry ")
		if is && after[key] == "" && before["directory "+name] == "" && after["directory "+name] != "" {
			l.restored[name] = id
		}
	}
	return l
}

// change is a thing that was, or is, another one; empty: it is not there.
type change struct{ name, was, is string }

// comesFrom are the steps that changes come from, by the kind of thing: "stop
// web". What comes from no step is told as it is; what goes with another change
// comes from nothing.
var comesFrom = map[string]func(l looks, c change) string{
	"directory": func(l looks, c change) string {
		switch {
		case c.is == "" && l.inTrash(c.name):
			return "quarantine " + c.name
		case c.is == "":
			return "delete " + c.name
		case l.restored[c.name] != "":
			return "restore " + l.restored[c.name]
		}
		return c.unexplained("directory")
	},
	"entry": func(l looks, c change) string {
		switch {
		case c.is == "" && l.restored[c.was] != c.name:
			return "delete " + c.name
		case c.is == "", l.before["directory "+c.is] != "" && l.after["directory "+c.is] == "":
			return ""
		}
		return c.unexplained("entry")
	},
	"current": func(l looks, c change) string { return l.ofLink("switch", c) },
	"old":     func(l looks, c change) string { return l.ofLink("switch", c) },
	"booted":  func(l looks, c change) string { return l.ofLink("restart", c) },
	"gcroot": func(l looks, c change) string {
		switch id := l.restored[filepath.Base(filepath.Dir(c.is))]; {
		case c.is == "":
			return "remove_root " + c.name
		case c.was == "" && id != "":
			return "restore " + id
		}
		return c.unexplained("gcroot")
	},
	"interface": func(_ looks, c change) string {
		switch {
		case c.is == "":
			return "delete_link " + c.name
		case c.was != "":
			return "restart " + strings.TrimPrefix(c.name, "vm-")
		}
		return c.unexplained("interface")
	},
	"unit": func(_ looks, c change) string {
		switch {
		case c.was == "failed" && c.is == "":
			return "reset_failed " + c.name
		case c.is == "":
			return "stop " + instance(c.name)
		case c.was != "" && c.was != "failed" && c.is != "failed":
			return "restart " + instance(c.name)
		}
		return c.unexplained("unit")
	},
	"process": func(_ looks, c change) string {
		if c.is == "" {
			return "end_process " + c.name
		}
		return c.unexplained("process")
	},
}

func (c change) unexplained(kind string) string {
	return fmt.Sprintf("something else: %s %s was %q, is %q", kind, c.name, c.was, c.is)
}

// ofLink is the step that a link in a VM's directory changed by, if that is the
// same one still.
func (l looks) ofLink(step string, c change) string {
	vm := "directory " + strings.TrimPrefix(c.name, "of ")
	if l.before[vm] != l.after[vm] {
		return ""
	}
	return step + strings.TrimPrefix(c.name, "of")
}

func (l looks) inTrash(name string) bool {
	for key, is := range l.after {
		if strings.HasPrefix(key, "entry ") && is == name {
			return true
		}
	}
	return false
}

func instance(unit string) string {
	_, rest, _ := strings.Cut(unit, "@")
	return strings.TrimSuffix(rest, ".service")
}

// steps are those that what has changed comes from.
func (l looks) steps() (steps []string) {
	keys := slices.Concat(slices.Collect(maps.Keys(l.before)), slices.Collect(maps.Keys(l.after)))
	for _, key := range keys {
		kind, name, _ := strings.Cut(key, " ")
		if c := (change{name, l.before[key], l.after[key]}); c.was != c.is {
			steps = append(steps, comesFrom[kind](l, c))
		}
	}
	slices.Sort(steps)
	steps = slices.Compact(steps)
	return slices.DeleteFunc(steps, func(step string) bool { return step == "" })
}

// hides reports whether a step may have been done though nothing shows it: what
// was stopped may have been failed in between, and what is deleted was in the
// trash before.
func (l looks) hides(step string) bool {
	unit, resets := strings.CutPrefix(step, "reset_failed ")
	name, moves := strings.CutPrefix(step, "quarantine ")
	return resets && l.before["unit "+unit] != "" && l.after["unit "+unit] == "" ||
		moves && l.before["directory "+name] != "" && l.after["directory "+name] == ""
}
