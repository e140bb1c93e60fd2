package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"microtui/lab"
	"microtui/lab/fixture"
	"microtui/tui/screentest"
	"microtui/tui/screentest/newcomer"
)

// TestJourneyOfANormalUser: somebody without rights looks at everything, with
// the keys that the screen names. All that can be read is shown; what cannot
// be says why, and each action that it needs root. Nothing is changed.
func TestJourneyOfANormalUser(t *testing.T) {
	lab.Require(t)
	h := fixture.NewHost(t, fixture.Options{})
	cluttered(h)
	answer(t, program("purge", "retired", "--yes")).says(t, "purge", 0) // there are operations and a trash to hide
	before, _ := listAs(t, program("list", "--json", "--all"))

	n := newcomer.Start(t, 100, 30, asNobody(program()))
	n.Wait("every VM in its state", func(screen string) bool {
		return rowOf(screen, "api") == "running imperative" && rowOf(screen, "db") == "running declared" &&
			strings.Contains(newcomer.Flat(screentest.Line(screen, " removed ")), "removed running undeclared") && rowOf(screen, "stopped") == "stopped imperative"
	})
	n.Sees("not root", "can be seen as root only, since", "+1 more")
	n.ReadHelp()

	const needsRoot = "not permitted: run as root"
	told := func(screen string) bool {
		return strings.Contains(screen[strings.LastIndexByte(screen, '\n')+1:], needsRoot)
	}
	for _, does := range []string{"start", "stop", "restart", "update", "roll back", "purge", "protect: keep, or drop", "clean up"} {
		n.GoTo("api")
		n.PressAsRead(does)
		n.Wait("why not "+does, told)
	}
	n.GoTo("api")
	n.Press("menu")
	n.Wait("the reasons beside the actions", func(screen string) bool { return strings.Count(screen, needsRoot) >= 7 })
	n.PressUntil("close", func(screen string) bool { return !strings.Contains(screen, needsRoot) })

	n.GoTo("removed")
	n.Press("detail")
	n.Sees("removed · running · undeclared", "verdict unclear", "what is kept can be seen as root only")
	for _, tab := range []string{"units", "interfaces", "shares", "volumes", "evidence", "generations"} {
		n.Press("next tab")
		n.WaitFor("▸" + tab)
	}
	n.Press("next tab")
	n.Sees("Not permitted to read the journal: run as root or join the group systemd-journal")
	n.Press("back")
	n.WaitFor("NAME▴")

	n.PressAsRead("doctor")
	n.Sees("the next garbage collection takes its runner away", "not checked in full: it needs root")
	n.PressAsRead("operations")
	n.Sees("The operations could not be read", needsRoot)
	n.PressAsRead("trash")
	n.Sees("What is in the trash can be seen as root only.")
	n.PressAsRead("VMs")
	n.Press("quit")
	if code, stderr := n.Exit(2 * time.Second); code != 0 || stderr != "" {
		t.Errorf("the screen ended with %d, %q", code, stderr)
	}
	n.Sane()

	answer(t, asNobody(program("trash"))).says(t, "trash", 3, "microtui: trash: "+needsRoot)
	after, _ := listAs(t, program("list", "--json", "--all"))
	if !slices.Equal(before.lines(), after.lines()) {
		t.Errorf("something changed: %q, was %q", after.lines(), before.lines())
	}
}
