// Package newcomer is somebody who sits before the screen for the first time,
// and presses only keys that the screen names. It is for tests only.
//
// It knows how the screen writes of keys ("Enter detail  l log", a list of
// them in the help) and what a terminal sends for them; it must not know which
// key does what.
package newcomer

import (
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"microtui/tui/screentest"
)

// Newcomer is a person at a terminal.
type Newcomer struct {
	*screentest.Screen
	t    testing.TB
	help string // as it was read
}

// Start gives a program's screen to somebody who has never seen it.
func Start(t testing.TB, width, height int, command *exec.Cmd) *Newcomer {
	t.Helper()
	return &Newcomer{Screen: screentest.Start(t, width, height, command), t: t}
}

// Press presses the key that the screen names for what is to be done, known by
// how its hint begins: "clean up" for "X clean up 10 orphans". It waits until
// there is one. Where several lines name one, the lowest counts: it is what is
// on top.
func (n *Newcomer) Press(does string) {
	n.t.Helper()
	screen := n.Wait("a key to "+does, func(screen string) bool { return n.hint(screen, does) != "" })
	key := n.hint(screen, does)
	n.Type(bytesOf(key))
	if key == "Esc" { // with what is typed right after it, it would be another key
		n.Wait("what Esc does", func(now string) bool { return now != screen })
	}
}

// PressUntil presses it until it has been heard: what comes in the first
// moments of a dialog is not.
func (n *Newcomer) PressUntil(does string, holds func(screen string) bool) {
	n.t.Helper()
	n.Wait("a key to "+does, func(screen string) bool { return n.hint(screen, does) != "" })
	n.patiently(holds, func(screen string) {
		if key := n.hint(screen, does); key != "" {
			n.Type(bytesOf(key))
		}
	})
	n.Wait("what is to come of "+does, holds)
}

// PressAsReadUntil is [Newcomer.PressUntil] for a key that the help named.
func (n *Newcomer) PressAsReadUntil(does string, holds func(screen string) bool) {
	n.t.Helper()
	n.patiently(holds, func(string) { n.PressAsRead(does) })
	n.Wait("what is to come of "+does, holds)
}

// patiently does something now and then until a condition holds.
func (n *Newcomer) patiently(holds func(screen string) bool, do func(screen string)) {
	again := time.NewTicker(400 * time.Millisecond)
	defer again.Stop()
	for tries := 0; tries < 50 && !holds(n.Text()); tries++ {
		<-again.C
		if screen := n.Text(); !holds(screen) {
			do(screen)
		}
	}
}

var asked = regexp.MustCompile(`Type (\S+): ([^█]*)█`)

// TypeWhatIsAsked types the word that the screen asks for ("Type queue: █").
func (n *Newcomer) TypeWhatIsAsked() {
	n.t.Helper()
	word := asked.FindStringSubmatch(n.Wait("a word to type", asked.MatchString))[1]
	typed := func(text string) func(string) bool {
		return func(screen string) bool {
			found := asked.FindStringSubmatch(screen)
			return found != nil && found[2] == text
		}
	}
	n.patiently(typed(word[:1]), func(string) { n.Type(word[:1]) })
	n.Type(word[1:])
	n.Wait("the word", typed(word))
}

// ReadHelp opens the help, reads all of it, and closes it. The last line of a
// screen is drawn last.
func (n *Newcomer) ReadHelp() {
	n.t.Helper()
	n.Press("help")
	page := n.Wait("the help", func(screen string) bool {
		return n.hint(screen, "page down") != "" && n.hint(lastLine(screen), "back") != ""
	})
	n.help = page
	for !atEnd(page) {
		last := lastLine(page)
		n.Type(bytesOf(n.hint(n.help, "page down")))
		page = n.Wait("more of the help", func(screen string) bool { return lastLine(screen) != last })
		n.help += "\n" + page
	}
	n.Press("back")
	n.Wait("what was there before", func(screen string) bool { return n.hint(lastLine(screen), "help") != "" })
}

// PressAsRead presses a key that the help named.
func (n *Newcomer) PressAsRead(does string) {
	n.t.Helper()
	key := n.hint(n.help, does)
	if key == "" {
		n.t.Fatalf("the help names no key for %q:\n%s", does, n.help)
	}
	n.Type(bytesOf(key))
}

// GoTo moves the cursor down from the top of a list to the row that begins with
// some words.
func (n *Newcomer) GoTo(row string) {
	n.t.Helper()
	n.PressAsRead("first")
	n.Wait("the cursor on the first row", onFirst)
	for range 200 {
		before := cursorOf(n.Text())
		if strings.HasPrefix(before.row+" ", row+" ") {
			return
		}
		n.PressAsRead("down")
		n.Wait("the cursor below "+before.row, func(screen string) bool { return cursorOf(screen) != before })
	}
	n.t.Fatalf("no row %s:\n%s", row, n.Text())
}

// Sees waits until the screen says all of some texts, however dialogs break
// them into lines.
func (n *Newcomer) Sees(texts ...string) {
	n.t.Helper()
	for _, text := range texts {
		n.Wait(fmt.Sprintf("%q, broken or not", text), func(screen string) bool { return strings.Contains(Flat(screen), text) })
	}
}

// Flat is what a screen says without its lines, frames and columns.
func Flat(screen string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("│", " ").Replace(screen)), " ")
}

// cursor is where the cursor of a list is.
type cursor struct {
	line int
	row  string // the first words of the row: figures after them may change
}

var rowAtCursor = regexp.MustCompile(`^[▸>].\S? *(\S+(?: +\S+){0,2})`)

func cursorOf(screen string) cursor {
	for i, line := range strings.Split(screen, "\n") {
		if found := rowAtCursor.FindStringSubmatch(line); found != nil {
			return cursor{i, strings.Join(strings.Fields(found[1]), " ")}
		}
	}
	return cursor{line: -1}
}

var heading = regexp.MustCompile(`^   [A-Z]{2,}`)

// onFirst reports whether the cursor is right below the titles of a list.
func onFirst(screen string) bool {
	lines := strings.Split(screen, "\n")
	above := cursorOf(screen).line - 1
	if above > 0 && strings.HasPrefix(lines[above], "─ ") { // the title of the first group
		above--
	}
	return above >= 0 && heading.MatchString(lines[above])
}

func lastLine(screen string) string { return screen[strings.LastIndexByte(screen, '\n')+1:] }

// atEnd reports whether a text that is longer than the screen is at its end,
// as "47/47" tells in a corner.
func atEnd(screen string) bool {
	found := regexp.MustCompile(`(\d+)/(\d+)$`).FindStringSubmatch(screen)
	return found == nil || found[1] == found[2]
}
