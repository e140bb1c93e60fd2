package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"microtui/lab"
	"microtui/lab/fixture"
	"microtui/model"
	"microtui/model/text"
	"microtui/tui/screentest"
)

// hostileNames are names that a VM's directory can have.
var hostileNames = []string{
	"-rf", "--help", "a b", "$(id)", "`id`", "x;id", "é", "a\nb", "\x1b[31mred", "\x1b]0;owned\x07", "\u202egnp.exe",
	"\u009b2J", "\x9b2J", "\xff\xfe", strings.Repeat("a", 255), "@", "%i", "*", "~", "a\\x2db", "booted-x", "\u200b",
}

// hostileHost is a host on which everything has such a name, its own included.
func hostileHost(t *testing.T) *fixture.Host {
	t.Helper()
	h := fixture.NewHost(t, fixture.Options{})
	for _, name := range hostileNames {
		h.Manual(name, fixture.HostName("guest"))
	}
	h.Start("-rf", "--help", "booted-x")
	h.Create("carrier", fixture.Tap("\x1b[5mtap"), fixture.Share("tag", "/srv/\x1b[2Jshare"), fixture.Volume("\x1b[2J.img", 8))
	h.Text("carrier", "flake", "\x1b]52;c;ZXZpbA==\x07")
	h.Data("\x1b[2Jdata")
	h.LeakTap("\x1b[31mtap")
	h.Root("\x1b[31mroot", "\x1b[31mgone", "current")
	name, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Sethostname([]byte(name)) })
	if err := unix.Sethostname([]byte("\x1b]0;host\x07")); err != nil {
		t.Fatal(err)
	}
	return h
}

// TestHostileNames: whatever a directory is called, every answer has it, byte
// for byte in JSON, and none moves the terminal.
func TestHostileNames(t *testing.T) {
	lab.Require(t)
	hostileHost(t)
	names := append([]string{"carrier", "\x1b[2Jdata", "\x1b[31mtap", "\x1b[31mroot"}, hostileNames...)

	output := answer(t, program("list"))
	told := answer(t, program("list", "--json"))
	observed := answer(t, program("observe", "--json"))
	for what, s := range map[string]said{"list": output, "list --json": told, "observe": observed} {
		if s.status != 0 || s.err != "" {
			t.Errorf("%s: status %d, %q", what, s.status, s.err)
		}
		inert(t, what, s.out)
	}
	vms := decodeVMs(t, told.out)
	for _, name := range hostileNames {
		want := "stopped manual kept"
		if slices.Contains([]string{"-rf", "--help", "booted-x"}, name) {
			want = "running manual kept"
		}
		if got := vms[name]; got != want {
			t.Errorf("%q is told to be %q, want %q", name, got, want)
		}
	}
	for _, name := range names {
		page := answer(t, program("show", "--", name))
		if page.status != 0 || page.err != "" {
			t.Errorf("show %q: status %d, %q", name, page.status, page.err)
		}
		inert(t, "show", page.out)
		title, _, _ := strings.Cut(page.out, "\n")
		if !strings.HasSuffix(title, string(text.Safe(name))) {
			t.Errorf("the page of %q is titled %q", name, title)
		}
	}
	details := answer(t, program(append([]string{"show", "--json", "--"}, names...)...))
	if got := decodeVMs(t, details.out); len(got) != len(hostileNames)+1 || details.status != 0 {
		t.Errorf("show --json: status %d, %d VMs", details.status, len(got))
	}
	inert(t, "show --json", details.out)
	unknown := []string{"show", "--"}
	for _, name := range hostileNames {
		unknown = append(unknown, "x"+name[:min(len(name), 200)])
	}
	s := answer(t, program(unknown...))
	if s.status != 3 || strings.Count(s.err, "\n") != len(hostileNames) {
		t.Errorf("names that nothing has: status %d, %q", s.status, s.err)
	}
	inert(t, "an error", s.err)
}

func decodeVMs(t *testing.T, s string) map[string]string {
	t.Helper()
	var told struct {
		VMs []struct {
			Name                   model.Raw
			State, Origin, Verdict string
		}
	}
	if err := json.Unmarshal([]byte(s), &told); err != nil {
		t.Fatal(err)
	}
	vms := map[string]string{}
	for _, vm := range told.VMs {
		vms[string(vm.Name)] = vm.State + " " + vm.Origin + " " + vm.Verdict
	}
	return vms
}

// inert fails a test whose text would do anything to a terminal but fill
// lines.
func inert(t *testing.T, what, output string) {
	t.Helper()
	if !utf8.ValidString(output) {
		t.Errorf("%s is not UTF-8", what)
	}
	for line := range strings.Lines(output) {
		line = strings.TrimSuffix(line, "\n")
		for _, r := range line {
			if string(text.Safe(string(r))) != string(r) && !isMark(r) {
				t.Errorf("%s has %q in %q", what, r, line)
				break
			}
		}
	}
}

// isMark: alone, a combining mark is not safe; after a letter it is.
func isMark(r rune) bool { return r >= 0x300 && r <= 0x36f }

// allowed are the sequences that the program itself may send to a terminal.
var allowed = regexp.MustCompile(`\x1b\[[0-9;:]*[mABCDEFGHJKLMPSTXdr]` + // colours, moves, erasure
	`|\x1bM|\x1b\[\?(25|1000|1006|1049|2004|2026)[hl]` + // cursor, mouse, alternate screen, bracketed paste, whole frames
	`|\x1b\[2[23];2t|\x1b\]2;microtui\x07`) // the title, kept and given back

// inTerminal is what a terminal got, without what the program may send.
func inTerminal(raw string) string {
	return strings.NewReplacer("\r", "", "\x18", "", "\b", "").Replace(allowed.ReplaceAllString(raw, ""))
}

// TestHostileNamesOnATerminal: list with colours, and every page of the
// screen.
func TestHostileNamesOnATerminal(t *testing.T) {
	lab.Require(t)
	hostileHost(t)
	for _, args := range [][]string{{"list"}, {"show", "--", "\x1b[31mred"}} {
		s := screentest.Start(t, 200, 60, program(args...))
		s.WaitFor("^[[31mred")
		s.Exit(time.Minute)
		inert(t, strings.Join(args, " "), inTerminal(s.Raw()))
	}

	s := screentest.Start(t, 160, 50, program())
	for _, want := range []string{
		"-rf", "--help", "a b", "$(id)", "booted-x", "a^Jb", "^[[31mred", "‹U+202E›gnp.exe", "‹U+009B›2J", "‹9B›2J", "‹FF›‹FE›", "^[[31mtap",
	} {
		s.WaitFor(want)
	}
	lookAtTabs(s) // of the first: an escape sequence
	for range len(hostileNames) {
		s.Type("j\r")
		s.WaitFor("▸overview")
		s.Type("\x1b")
		s.WaitFor("FRESHNESS")
	}
	for _, name := range []string{"carrier", "help"} { // (a leading - would take away)
		s.Type("/" + name + "\r")
		s.WaitFor("/" + name + " (1)")
		lookAtTabs(s)
		s.Type("\x1b")
		s.WaitGone("/" + name + " (1)")
	}
	leave(t, s)
	inert(t, "the screen", inTerminal(s.Raw()))
}

var openTab = regexp.MustCompile(`▸([a-z]+)`)

// lookAtTabs opens the page of the VM under the cursor, every tab of it, and
// leaves it.
func lookAtTabs(s *screentest.Screen) {
	s.Type("\r")
	s.WaitFor("▸overview")
	for tab := ""; tab != "overview"; {
		before := tab
		s.Type("]")
		s.Wait("the tab after "+before, func(screen string) bool {
			found := openTab.FindStringSubmatch(screen)
			if found == nil || found[1] == before || before == "" && found[1] == "overview" {
				return false
			}
			tab = found[1]
			return true
		})
	}
	s.Type("\x1b")
	s.WaitFor("FRESHNESS")
}

// TestLookingRunsNothing: list, show and observe execute no other program,
// whatever they find. (Runners are read, never run; there is no shell.)
func TestLookingRunsNothing(t *testing.T) {
	lab.Require(t)
	strace, err := exec.LookPath("strace")
	if err != nil {
		missing := t.Skip
		if os.Getenv("MICROTUI_LAB") == "require" {
			missing = t.Fatal
		}
		missing("needs the Debian package strace")
	}
	hostileHost(t)
	for _, args := range [][]string{{"list"}, {"list", "--json", "--all"}, {"show", "--", "-rf", "$(id)", "carrier"}, {"observe", "--json"}} {
		trace := filepath.Join(t.TempDir(), "trace")
		traced := exec.Command(strace, append([]string{"-f", "-qq", "-e", "trace=execve,execveat", "-o", trace, lab.ProgramPath}, args...)...)
		traced.Env = program().Env
		if s := answer(t, traced); s.status != 0 {
			t.Fatalf("%v: status %d, %q", args, s.status, s.err)
		}
		calls, err := os.ReadFile(trace)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Count(string(calls), "exec") != 1 || !strings.Contains(string(calls), `execve("`+lab.ProgramPath+`"`) {
			t.Errorf("%v executed:\n%s", args, calls)
		}
	}
}
