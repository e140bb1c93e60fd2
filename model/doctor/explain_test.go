package doctor_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"microtui/model/doctor"
)

// The headings of a page, in their order; the last may be missing.
var headings = []string{
	"What it means", "Why it happens", "How to check", "How to fix it", "What microtui can do", "Upstream",
}

// block is what stands in a page to be typed or written.
type block struct {
	rule  string
	lines []string
}

func (b block) isNix() bool { return strings.HasPrefix(b.lines[0], "# in ") }

// blocks are the indented parts of all pages.
func blocks() []block {
	var all []block
	for _, r := range doctor.Rules() {
		for part := range strings.SplitSeq(r.Explanation, "\n\n") {
			if !strings.HasPrefix(part, "    ") {
				continue
			}
			b := block{rule: r.ID}
			for line := range strings.SplitSeq(strings.TrimRight(part, "\n"), "\n") {
				b.lines = append(b.lines, strings.TrimPrefix(line, "    "))
			}
			all = append(all, b)
		}
	}
	return all
}

func TestPages(t *testing.T) {
	files, err := os.ReadDir("explain")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(doctor.Rules()) {
		t.Errorf("%d pages for %d rules", len(files), len(doctor.Rules()))
	}
	for _, r := range doctor.Rules() {
		if r.Title == "" || strings.HasSuffix(r.Title, ".") || len(r.Kinds) == 0 || len(r.Needs) == 0 || r.Severity == "" {
			t.Errorf("%s is not complete: %+v", r.ID, r)
		}
		var seen []string
		for line := range strings.SplitSeq(r.Explanation, "\n") {
			switch {
			case slices.Contains(headings, line):
				seen = append(seen, line)
			case strings.Contains(line, "\t"), strings.HasSuffix(line, " "), strings.HasPrefix(line, "#"), strings.Contains(line, "**"):
				t.Errorf("%s: no plain text: %q", r.ID, line)
			case utf8.RuneCountInString(line) > 78 && !strings.HasPrefix(line, "    "):
				t.Errorf("%s: longer than 78: %q", r.ID, line)
			}
		}
		if !slices.Equal(seen, headings) && !slices.Equal(seen, headings[:len(headings)-1]) {
			t.Errorf("%s has the parts %q", r.ID, seen)
		}
	}
}

// others are the pages that name another rule's: they have to be there.
var ofRule = regexp.MustCompile(`--explain ([a-z][a-z-]+)`)

func TestPagesNameRules(t *testing.T) {
	for _, r := range doctor.Rules() {
		for _, name := range ofRule.FindAllStringSubmatch(r.Explanation, -1) {
			if _, known := doctor.Find(name[1]); !known {
				t.Errorf("%s names the rule %s, which there is not", r.ID, name[1])
			}
		}
	}
}

// programs are what pages may tell to run: what NixOS has in every system, and
// what belongs to the subject.
var programs = []string{
	"awk", "bridge", "cat", "chown", "cp", "cut", "df", "du", "echo", "find", "grep", "id", "install", "ip", "journalctl",
	"ln", "ls", "microvm", "mv", "networkctl", "nix", "nix-collect-garbage", "nix-store", "nixos-option", "nixos-rebuild",
	"pgrep", "printf", "readlink", "rm", "setpriv", "ssh", "stat", "systemctl", "systemd-cgls", "tail", "truncate",
}

// commands of microtui that pages and advice may name.
var ours = []string{
	"doctor", "keep", "logs", "ops", "purge", "restart", "restore", "rollback", "ssh", "start", "stop", "trash", "update",
}

var called = regexp.MustCompile(`\bmicrotui ([a-z]+)\b`)

func TestCommands(t *testing.T) {
	for _, b := range blocks() {
		if b.isNix() {
			continue
		}
		for _, line := range b.lines {
			command, isCommand := strings.CutPrefix(line, "$ ")
			if !isCommand {
				t.Errorf("%s: neither a command nor Nix: %q", b.rule, line)
				continue
			}
			if program, _, _ := strings.Cut(command, " "); !slices.Contains(programs, program) {
				t.Errorf("%s: an unknown program: %q", b.rule, line)
			}
			if out, err := exec.Command("bash", "-n", "-c", command).CombinedOutput(); err != nil {
				t.Errorf("%s: %q: %s", b.rule, line, out)
			}
		}
	}
	for _, r := range doctor.Rules() {
		for _, call := range called.FindAllStringSubmatch(r.Explanation, -1) {
			if !slices.Contains(ours, call[1]) && !slices.Contains([]string{"can", "compares", "takes"}, call[1]) {
				t.Errorf("%s: microtui has no command %q", r.ID, call[1])
			}
		}
	}
}

// changing are the commands that do not only read: those of nix that list roots
// delete stale links while they do.
var changing = regexp.MustCompile(`--roots\b|--print-roots|--gc\b|collect-garbage|--vacuum|reset-failed|\bsystemctl (start|stop|restart|kill|enable|disable|mask|daemon-re)|` +
	`\bip (link|addr|route|tuntap) (add|set|del)|^\$ (chown|cp|install|ln|mv|rm|truncate)\b`)

// TestCheckingOnlyReads: who checks whether something is wrong changes nothing by
// that.
func TestCheckingOnlyReads(t *testing.T) {
	from, to := headings[2]+"\n", headings[3]+"\n"
	for _, r := range doctor.Rules() {
		_, rest, found := strings.Cut(r.Explanation, from)
		part, _, ends := strings.Cut(rest, to)
		if !found || !ends {
			t.Errorf("%s has no part %q", r.ID, from)
		}
		for line := range strings.Lines(part) {
			if changing.MatchString(strings.TrimSpace(line)) {
				t.Errorf("%s: to check it is to change something: %q", r.ID, line)
			}
		}
	}
}

// outer is a module around a snippet: what is free in it in a real
// configuration.
const outer = `{ config, lib, pkgs, inputs, self, modulesPath, ... }: {
%s
}
`

// TestSnippets evaluates what is to be written into a configuration, as far as
// that goes without nixpkgs: its syntax, its names, and its values.
func TestSnippets(t *testing.T) {
	nix, err := exec.LookPath("nix-instantiate")
	if err != nil {
		t.Skip("needs the Debian packages nix-bin")
	}
	dir := t.TempDir()
	var all strings.Builder
	count := 0
	for _, b := range blocks() {
		if !b.isNix() {
			continue
		}
		file := fmt.Sprintf("%s/%d.nix", dir, count)
		count++
		if err := os.WriteFile(file, fmt.Appendf(nil, outer, strings.Join(b.lines, "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&all, "  { name = %q; value = import %s; }\n", b.rule, file)
	}
	if count < 20 {
		t.Fatalf("only %d snippets found", count)
	}
	// Paths that are to be there are replaced by any file; packages by text.
	text := `let
  lib = { mkAfter = x: x; getExe' = package: name: "/bin/${name}"; };
  arguments = { inherit lib; config = {}; pkgs.iproute2 = "iproute2"; self = "/self"; modulesPath = "/";
    inputs.microvm.nixosModules.host = {}; };
in map (s: builtins.deepSeq (s.value arguments) s.name) [
` + all.String() + "]\n"
	main := filepath.Join(dir, "all.nix")
	if err := os.WriteFile(main, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(nix, "--eval", "--strict", "--readonly-mode", main).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got := strings.Count(string(out), `"`) / 2; got != count {
		t.Errorf("%d of %d snippets evaluated: %s", got, count, out)
	}
}

// microvmOptions are the options of microvm.nix (71beea0) that snippets set.
var microvmOptions = []string{
	"autostart", "balloon", "binScripts.tap-up", "credentialFiles", "guest.enable", "host.enable", "host.startupTimeout",
	"host.useNotifySockets", "interfaces", "mem", "stateDir", "vms", "volumes", "vsock.cid",
}

var setting = regexp.MustCompile(`(?m)^microvm\.([a-zA-Z.-]+)`)

func TestSnippetsSetOptionsThatThereAre(t *testing.T) {
	for _, b := range blocks() {
		for _, m := range setting.FindAllStringSubmatch(strings.Join(b.lines, "\n"), -1) {
			if b.isNix() && !slices.ContainsFunc(microvmOptions, func(o string) bool { return m[1] == o || strings.HasPrefix(m[1], o+".") }) {
				t.Errorf("%s: microvm.%s is no option", b.rule, m[1])
			}
		}
	}
}
