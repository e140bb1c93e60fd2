package tui

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"microtui/tui/screentest"
	"microtui/tui/screentest/newcomer"
)

// What people come to do, as it is done by somebody who sees the screen for
// the first time: each key that is pressed is one that the screen names at that
// moment, or that the help named. (A normal user, who may only look, is in the
// tests of the program.)

func arrive(t *testing.T, width, height int, scenario string) *newcomer.Newcomer {
	t.Helper()
	t.Parallel()
	n := newcomer.Start(t, width, height, theProgram(scenario))
	n.WaitFor("23 VMs")
	n.ReadHelp()
	return n
}

// depart quits from the table.
func depart(t *testing.T, n *newcomer.Newcomer) {
	t.Helper()
	n.PressAsRead("quit")
	leaves(t, n.Screen, exitDone)
}

func inRow(name, text string) func(string) bool {
	return func(screen string) bool { return strings.Contains(screentest.Line(screen, " "+name+" "), text) }
}

func gone(text string) func(string) bool {
	return func(screen string) bool { return !strings.Contains(screen, text) }
}

// Somebody who came to start a VM, see its log, clean up and leave needs
// nothing but what is on the screen.
func TestJourneyFromTheHintsAlone(t *testing.T) {
	n := arrive(t, 80, 24, "demo")
	n.GoTo("build stopped")
	n.Press("start")
	n.Sees("build started")
	n.Wait("that it runs", inRow("build", "running"))
	n.GoTo("build running") // any key takes the message away
	n.Press("log")
	n.Sees("build · log", "console")
	n.Press("clean up")
	n.Sees("Clean up 8 of 10?")
	n.PressUntil("clean up 8", has("of 8 steps"))
	n.Sees("Clean up 8 things: done")
	n.PressUntil("close", gone("Clean up 8"))
	n.Sees("2 orphans")
	n.PressAsRead("quit")
	leaves(t, n.Screen, exitDone)
}

// Web is down. Why? One of its units has failed; its log and the doctor say
// more; then it is started again.
func TestJourneyWhyWebIsDown(t *testing.T) {
	n := arrive(t, 80, 24, "web is down")
	n.Sees("2 failed")
	n.GoTo("web")
	n.Wait("that it failed", inRow("web", "failed"))
	n.Press("detail")
	n.Sees("virtiofsd failed: exit code 1")
	n.Press("log")
	n.Sees("web · log", "microvm-virtiofsd@web.service: Main process exited", "status=1/FAILURE")
	n.Press("back")
	n.WaitFor("NAME▴")
	n.PressAsRead("doctor")
	n.WaitFor("FINDING")
	n.GoTo("warning web")
	n.Press("explain")
	n.Sees("virtiofsd: a source or its socket is missing")
	n.Press("its VM")
	n.Sees("web · failed")
	n.Press("start")
	n.Sees("web · running")
	n.PressAsRead("VMs")
	depart(t, n)
}

// The disk is full. What do old VMs hold? The clean-up says it of each; what
// holds data is ticked by hand, and gone for good only from the trash, by its
// name.
func TestJourneyFreeDiskSpace(t *testing.T) {
	n := arrive(t, 80, 24, "demo")
	n.Press("clean up")
	n.WaitFor("Clean up 8 of 10?")
	n.WaitFor("queue  519M, holds data")
	down(n, "undo: microtui restore queue")
	n.Sees("declared in generation 35, gone since generation 36", "holds data")
	n.PressUntil("tick", has("[x] vm        queue"))
	n.PressUntil("clean up 9", has("Type 9: "))
	n.TypeWhatIsAsked()
	n.PressUntil("clean up 9", has("of 9 steps"))
	n.Sees("Clean up 9 things: done")
	n.PressUntil("close", gone("Clean up 9"))
	n.PressAsRead("trash")
	n.Sees("trash · 519M")
	n.Press("empty")
	n.Sees("Delete queue for good?", "519M on disk", "cannot be undone", "Frees 519M")
	n.TypeWhatIsAsked()
	n.Press("delete")
	n.WaitFor("Delete queue for good: done")
	n.PressUntil("close", gone("Delete queue"))
	n.Sees("The trash is empty.")
	n.Press("back")
	n.Wait("one orphan, which runs", func(screen string) bool {
		return strings.Contains(screen, "1 orphan ") && screentest.Line(screen, " queue ") == "" && inRow("removed", "running")(screen)
	})
	depart(t, n)
}

// down moves the cursor of a list in a dialog down until it says something.
func down(n *newcomer.Newcomer, text string) {
	before := inDialog(n.Text())
	moved := func(screen string) bool { return inDialog(screen) != before }
	n.PressAsReadUntil("down", moved)
	for !strings.Contains(newcomer.Flat(inDialog(n.Text())), text) {
		before = inDialog(n.Text())
		n.PressAsReadUntil("down", moved)
	}
}

var dialogLine = regexp.MustCompile(`(?m)│.*│`)

func inDialog(screen string) string { return strings.Join(dialogLine.FindAllString(screen, -1), "\n") }

// Three VMs are out of date. They are marked and updated together, after their
// differences were read, and one of them is restarted.
func TestJourneyUpdateThreeRestartOne(t *testing.T) {
	n := arrive(t, 120, 40, "three are outdated")
	for i, name := range []string{"api", "build", "twin"} {
		n.GoTo(name)
		n.PressAsRead("mark and move on")
		n.WaitFor(fmt.Sprintf("%d marked", i+1))
	}
	n.Press("update")
	n.WaitFor("Update api, build, twin")
	n.Sees("Update 3 marked VMs?", "linux: 6.12.41 → 6.12.58", "it keeps running what it booted until it is restarted")
	n.PressUntil("update 3", func(screen string) bool {
		return strings.Contains(screen, "of 3 steps") || strings.Contains(screen, "done")
	})
	n.WaitFor("Update 3 things: done")
	n.PressUntil("close", gone("Update 3"))
	n.GoTo("api")
	n.Wait("that it runs an older runner", inRow("api", "reboot needed"))
	n.Press("restart")
	n.Sees("Restart api?")
	n.PressUntil("restart", gone("Restart api?"))
	n.Sees("api restarted")
	n.GoTo("api")
	n.Wait("the new runner", inRow("api", "current"))
	depart(t, n)
}

// A guest crashes again and again. What did it say before it died?
func TestJourneyLastWordsOfACrash(t *testing.T) {
	n := arrive(t, 80, 24, "demo")
	n.Sees("1 crash loop")
	n.GoTo("crash")
	n.Wait("that it crashes", inRow("crash", "crash loop"))
	n.Press("log")
	n.WaitFor("crash · log")
	n.PressAsRead("full-screen log")
	n.WaitFor("following")
	n.Press("search")
	n.Type("fatal")
	n.Press("find")
	n.Sees("app[88]: reading /run/secrets/token: no such file or directory", "app[88]: fatal: cannot start without its token",
		"microvm@crash.service: Main process exited", "status=3")
	n.Press("back")
	n.Wait("no search", gone("/fatal"))
	n.Press("back")
	depart(t, n)
}
