package e2e

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"microtui/lab"
	"microtui/lab/fixture"
	"microtui/tui/screentest"
	"microtui/tui/screentest/newcomer"
)

// TestVerdictsOfANormalUser: once root has used the program, whoever looks is
// told the same verdicts, but of what rests on who holds an interface, and of a
// VM that runs where only root can see: it may be in another's directory by now,
// or another in its own, so that no leftover is proven. Of all
// that the program keeps, the keep list alone can be read, and nothing listed.
func TestVerdictsOfANormalUser(t *testing.T) {
	lab.Require(t)
	const home, keepList = "/var/lib/microtui", "/var/lib/microtui/keep.json"
	h := fixture.NewHost(t, fixture.Options{})
	cluttered(h)
	if err := os.Mkdir(home, 0o700); err != nil { // as somebody may have made it
		t.Fatal(err)
	}
	answer(t, program("keep", "handmade", "--note", "by hand")).says(t, "keep", 0)
	answer(t, program("purge", "retired", "--yes")).says(t, "purge", 0)

	restsOnHolders := regexp.MustCompile(`^(tap|macvtap|process) `)
	verdicts := func(cmd *exec.Cmd) []string {
		got, _ := listAs(t, cmd)
		return slices.DeleteFunc(got.lines(), restsOnHolders.MatchString)
	}
	asRoot := verdicts(program("list", "--json", "--all"))
	asAnybody := slices.Clone(asRoot)
	for at, line := range asAnybody {
		if line == "removed running undeclared current orphan" {
			asAnybody[at] = "removed running undeclared current unclear"
		}
	}
	if diff := cmp.Diff(asAnybody, verdicts(asNobody(program("list", "--json", "--all")))); diff != "" {
		t.Errorf("verdicts (- as root's, + a normal user's):\n%s", diff)
	}
	for _, want := range []string{"handmade stopped manual current kept", "removed running undeclared current orphan", "gcroot gone orphan"} {
		if !slices.Contains(asRoot, want) {
			t.Errorf("root is not told %q: %q", want, asRoot)
		}
	}
	if s := answer(t, asNobody(program("keep", "--list"))); s.status != 0 || !strings.Contains(s.out, "by hand") {
		t.Errorf("the keep list: status %d, %q, %q", s.status, s.out, s.err)
	}

	kept := strings.Split(shell(t, "sh", "-c", "find "+home+" | sort"), "\n")
	open := answer(t, asNobody(exec.Command("sh", append([]string{"-c",
		`for path; do for is in -r -w -x; do [ $is "$path" ] && echo "$is $path"; done; done; exit 0`, "sh"}, kept...)...)))
	if want := "-x " + home + "\n-r " + keepList + "\n"; open.status != 0 || open.err != "" || open.out != want {
		t.Errorf("open to everybody: %q, want %q; %q", open.out, want, open.err)
	}
	for _, closed := range []string{"/plan.json", "/entry.json", "/state", "/operations", "/trash"} {
		if !slices.ContainsFunc(kept, func(path string) bool { return strings.HasSuffix(path, closed) }) {
			t.Errorf("nothing to hide that ends in %s: %q", closed, kept)
		}
	}
}

// TestJourneyOfANormalUser: somebody without rights looks at everything, with
// the keys that the screen names. All that can be read is shown; what cannot
// be says why, and each action that root is required. Nothing is changed.
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
	n.Sees("not root", "only root can see which process holds an interface, since")
	n.ReadHelp()

	const needsRoot = "not permitted: run as root"
	told := func(screen string) bool {
		return strings.Contains(screen[strings.LastIndexByte(screen, '\n')+1:], needsRoot)
	}
	for _, does := range []string{"update", "roll back", "purge", "keep, or stop keeping", "clean up"} {
		n.GoTo("api")
		n.PressAsRead(does)
		n.Wait("why not "+does, told)
	}
	n.GoTo("api")
	n.Press("menu")
	n.Wait("the reasons beside the actions", func(screen string) bool { return strings.Count(screen, needsRoot) >= 3 })
	n.PressUntil("close", func(screen string) bool { return !strings.Contains(screen, needsRoot) })

	n.GoTo("removed")
	n.Press("detail")
	n.Sees("removed · running · undeclared", "cannot be seen without root")
	for _, tab := range []string{"units", "interfaces", "shares", "volumes", "evidence", "generations"} {
		n.Press("next tab")
		n.WaitFor("▸" + tab)
	}
	n.Press("next tab")
	n.Sees("Not permitted to read the journal: run as root or join the group systemd-journal")
	n.Press("back")
	n.WaitFor("NAME▴")

	n.PressAsRead("doctor")
	n.Sees("nothing is known to protect its", "not fully checked: root is required")
	n.PressAsRead("operations")
	n.Sees("The operations could not be read", needsRoot)
	n.PressAsRead("trash")
	n.Sees("Only root can see the trash.")
	n.PressAsRead("VMs")
	n.Press("quit")
	if code, stderr := n.Exit(time.Minute); code != 0 || stderr != "" {
		t.Errorf("the screen ended with %d, %q", code, stderr)
	}
	n.Sane()

	for _, verb := range []string{"start", "stop", "restart"} { // polkit is asked, and says no
		if s := answer(t, asNobody(program(verb, "api"))); s.status != 3 || !strings.Contains(s.err, "not permitted: ") || !strings.Contains(s.err, "allow it with a polkit rule") {
			t.Errorf("%s: status %d, %q", verb, s.status, s.err)
		}
	}
	answer(t, asNobody(program("trash"))).says(t, "trash", 3, "microtui: trash: "+needsRoot)
	after, _ := listAs(t, program("list", "--json", "--all"))
	if !slices.Equal(before.lines(), after.lines()) {
		t.Errorf("something changed: %q, was %q", after.lines(), before.lines())
	}
}
