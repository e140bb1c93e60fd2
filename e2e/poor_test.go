package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"microtui/lab"
	"microtui/lab/fixture"
	"microtui/tui/screentest"
)

// verdictsOf gives the verdicts on leftovers of a kind.
func (l listing) verdictsOf(kind string) map[string]string {
	verdicts := map[string]string{}
	for _, left := range l.Leftovers {
		if left.Kind == kind {
			verdicts[left.Name] = left.Verdict
		}
	}
	return verdicts
}

// states sums up what runs: "NAME STATE ORIGIN FRESHNESS".
func (l listing) states() []string {
	var states []string
	for _, vm := range l.VMs {
		states = append(states, strings.Join([]string{vm.Name, vm.State, vm.Origin, vm.Freshness}, " "))
	}
	return states
}

// listAs runs a list --json and gives what it says, and its run.
func listAs(t *testing.T, cmd *exec.Cmd) (listing, said) {
	t.Helper()
	s := answer(t, cmd)
	var got listing
	if err := json.Unmarshal([]byte(s.out), &got); err != nil {
		t.Fatalf("status %d, %v: %q, %q", s.status, err, s.out, s.err)
	}
	return got, s
}

// says checks a run's status and that each line on standard error begins as
// wanted.
func (s said) says(t *testing.T, what string, status int, lines ...string) {
	t.Helper()
	got := strings.Split(strings.TrimSuffix(s.err, "\n"), "\n")
	if s.err == "" {
		got = nil
	}
	if s.status != status || len(got) != len(lines) {
		t.Errorf("%s: status %d, want %d; it said %q", what, s.status, status, s.err)
		return
	}
	for i, line := range lines {
		if !strings.HasPrefix(got[i], line) {
			t.Errorf("%s: said %q, want %q", what, got[i], line)
		}
	}
}

// leave quits a screen.
func leave(t *testing.T, s *screentest.Screen) {
	t.Helper()
	s.Type("q")
	if code, stderr := s.Exit(time.Minute); code != 0 || stderr != "" {
		t.Errorf("the screen ended with %d, %q", code, stderr)
	}
	s.Sane()
}

// TestNotRoot: whoever looks sees the same VMs in the same states. What only
// root can see makes verdicts unclear, and is named once.
func TestNotRoot(t *testing.T) {
	lab.Require(t)
	h := fixture.NewHost(t, fixture.Options{})
	cluttered(h)
	const holders = "microtui: cannot read interface holders: "

	asRoot, _ := listAs(t, program("list", "--json"))
	got, s := listAs(t, asNobody(program("list", "--json")))
	s.says(t, "list --json", 0)
	if !slices.Equal(got.states(), asRoot.states()) {
		t.Errorf("nobody is told %q, root %q", got.states(), asRoot.states())
	}
	for _, kind := range []string{"tap", "macvtap"} {
		for name, verdict := range got.verdictsOf(kind) {
			if verdict != "unclear" {
				t.Errorf("%s %s is %s without root", kind, name, verdict)
			}
		}
	}
	if n := len(got.verdictsOf("tap")); n < 2 {
		t.Errorf("%d TAPs are told", n)
	}
	answer(t, asNobody(program("list"))).says(t, "list", 0, holders)
	answer(t, asNobody(program("show", "api"))).says(t, "show", 0, holders)
	answer(t, asNobody(program("show", "nosuch"))).says(t, "show nosuch", 3, "microtui: show nosuch: ", holders)
	answer(t, asNobody(program("observe"))).says(t, "observe", 0)

	screen := screentest.Start(t, 120, 40, asNobody(program()))
	screen.WaitFor("not root")
	screen.Wait("what root sees", func(text string) bool {
		return rowOf(text, "api") == "running imperative" && rowOf(text, "stopped") == "stopped imperative" &&
			strings.Contains(screentest.Line(text, "vm-gone"), "unclear")
	})
	leave(t, screen)

	// A state directory that only its owner can read.
	if err := os.Chmod(h.StateDir(), 0o700); err != nil {
		t.Fatal(err)
	}
	got, _ = listAs(t, asNobody(program("list", "--json")))
	if orphans := got.orphans(); len(orphans) > 0 {
		t.Errorf("orphans where the state directory cannot be read: %q", orphans)
	}
	s = answer(t, asNobody(program("list")))
	if s.status != 0 || !strings.Contains(s.err, "microtui: cannot read state directory: ") || !strings.Contains(s.out, "db") {
		t.Errorf("list: status %d, %q, %q", s.status, s.err, s.out)
	}
	screen = screentest.Start(t, 120, 40, asNobody(program()))
	screen.WaitFor("! state_dir: ")
	leave(t, screen)
}

// TestNoBus: root is told all without a bus. Without systemd's answer the VMs are
// still told, their states unknown, and the screen says why and goes on trying.
func TestNoBus(t *testing.T) {
	lab.Require(t)
	h := fixture.NewHost(t, fixture.Options{})
	h.Create("api", fixture.Tap("vm-api"))
	h.Create("idle")
	h.Start("api")
	stopBus(t)
	got, s := listAs(t, program("list", "--json"))
	s.says(t, "list --json without a bus", 0)
	if want := []string{"api running imperative current", "idle stopped imperative current"}; !slices.Equal(got.states(), want) {
		t.Errorf("told without a bus: %q", got.states())
	}
	hideSystemd(t)
	const units = "microtui: cannot read systemd units: "
	got, s = listAs(t, program("list", "--json"))
	s.says(t, "list --json", 0)
	if want := []string{"api unknown imperative current", "idle unknown imperative current"}; !slices.Equal(got.states(), want) {
		t.Errorf("told: %q", got.states())
	}
	answer(t, program("list")).says(t, "list", 0, units)
	answer(t, program("show", "api")).says(t, "show", 0, units)
	answer(t, program("show", "nosuch")).says(t, "show nosuch", 3, "microtui: show nosuch: ", units)

	screen := screentest.Start(t, 120, 30, program())
	screen.Wait("both VMs, and why their states are unknown", func(text string) bool {
		return rowOf(text, "api") == "unknown imperative" && rowOf(text, "idle") == "unknown imperative" && strings.Contains(text, "! systemd: ")
	})
	showSystemd(t)
	startBus(t)
	screen.Wait("their states", func(text string) bool {
		return rowOf(text, "api") == "running imperative" && rowOf(text, "idle") == "stopped imperative" && !strings.Contains(text, "! systemd: ")
	})
	leave(t, screen)
}

// TestNothingHere: an empty host, one whose state directory is not there, and
// one without microvm.nix's module each get a line, and a page.
func TestNothingHere(t *testing.T) {
	lab.Require(t)
	h := fixture.NewHost(t, fixture.Options{})
	for _, c := range []struct {
		what string
		make func()
		line string
		page string
	}{
		{"an empty host", func() {}, "no VMs: this is a microvm.nix host, but no VM is declared and /var/lib/microvms holds none\n",
			"A microvm.nix host without VMs."},
		{"no state directory", func() { os.RemoveAll(h.StateDir()) },
			"no VMs: this is a microvm.nix host, but no VM is declared and /var/lib/microvms holds none\n",
			"A microvm.nix host without VMs."},
		{"no host module", func() {
			h.HostModule(false)
			h.Switch()
		}, "not a microvm.nix host: there is no microvm@ template and nothing in /var/lib/microvms\n", "No microvm.nix host here."},
		{"no NixOS either", func() {
			shell(t, "rm", "-r", "/run/current-system", "/run/booted-system", "/etc/static", "/nix/var/nix/profiles", "/etc/systemd/system")
			shell(t, "mkdir", "/etc/systemd/system")
			shell(t, "systemctl", "daemon-reload")
		}, "not a microvm.nix host: there is no microvm@ template and nothing in /var/lib/microvms\n", "No microvm.nix host here."},
	} {
		c.make()
		s := answer(t, program("list"))
		s.says(t, c.what, 0)
		if s.out != c.line {
			t.Errorf("%s: list says %q", c.what, s.out)
		}
		got, s := listAs(t, program("list", "--json"))
		s.says(t, c.what+", as JSON", 0)
		if len(got.VMs)+len(got.Leftovers)+len(got.Faults) > 0 {
			t.Errorf("%s: told %+v", c.what, got)
		}
		answer(t, program("show", "db")).says(t, c.what+": show", 3, "microtui: show db: unknown name; ")
		screen := screentest.Start(t, 100, 30, program())
		screen.WaitFor(c.page)
		leave(t, screen)
	}
}
