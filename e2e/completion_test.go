package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"microtui/lab"
	"microtui/lab/fixture"
	"microtui/tui/screentest"
)

// TestCompletionInShells: in a real bash, zsh and fish, a word that was begun is
// completed from what the host has, and a Tab where nothing fits says nothing.
func TestCompletionInShells(t *testing.T) {
	lab.Require(t)
	for _, shell := range []struct {
		name string
		args []string
		// setUp makes completions of a file work: as a login shell has them.
		setUp string
		needs string // file of a package beyond the shell
	}{
		{"bash", []string{"--norc", "--noprofile", "-i"}, "source /usr/share/bash-completion/bash_completion; source %s", "/usr/share/bash-completion/bash_completion"},
		{"zsh", []string{"-f", "-i"}, "autoload -U compinit; compinit -u -D; source %s; compdef _microtui microtui", ""},
		{"fish", []string{"--no-config", "-i"}, "source %s", ""},
	} {
		t.Run(shell.name, func(t *testing.T) {
			path, err := exec.LookPath(shell.name)
			if _, missing := os.Stat(shell.needs); err != nil || shell.needs != "" && missing != nil {
				t.Skip("needs the Debian packages bash-completion fish zsh")
			}
			folder := t.TempDir()
			if err := os.Symlink(program().Path, filepath.Join(folder, "microtui")); err != nil {
				t.Fatal(err)
			}
			script := filepath.Join(folder, "completion")
			if err := os.WriteFile(script, []byte(answer(t, program("completion", shell.name)).out), 0o644); err != nil {
				t.Fatal(err)
			}
			// Some write what is typed to standard error.
			cmd := exec.Command("/bin/sh", append([]string{"-c", `exec "$0" "$@" 2>&1`, path}, shell.args...)...)
			cmd.Dir = folder
			cmd.Env = append(program().Env, "TERM=xterm", "PATH="+folder+":"+os.Getenv("PATH"), "HOME="+folder, "PS1=ready> ", "fish_greeting=")
			s := screentest.Start(t, 100, 30, cmd)
			s.Type(fmt.Sprintf(shell.setUp, script) + "; echo set'' up\r")
			s.WaitFor("set up")
			s.Type("clear\r")
			s.WaitGone("set up")
			s.Type("microtui --demo purge old\t")
			s.WaitFor("purge old-web")
			s.Type("\x15microtui --demo keep --kind tap vm-g\t")
			s.WaitFor("tap vm-gone")
			s.Type("\x15microtui --observation /nowhere show d\t; echo over''lived\x01echo \r")
			if screen := s.WaitFor("overlived"); strings.Contains(screen, "no such file") {
				t.Errorf("a Tab told of an error:\n%s", screen)
			}
		})
	}
}

// TestCompletionOfHost: the names of a real host's things, of which nothing but
// names and the lines of units was read, are those of its list.
func TestCompletionOfHost(t *testing.T) {
	lab.Require(t)
	h := fixture.NewHost(t, fixture.Options{})
	cluttered(h)
	h.Start("db")
	for _, test := range []struct {
		args string
		want string
	}{
		{"start d", ""},
		{"start st", "stopped\tstopped\n"},
		{"stop d", "db\trunning\n"},
		{"show re", "removed\trunning\nretired\tstopped\n"},
		{"keep --kind macvtap mv", "mv-gone\tup\n"},
		{"keep --kind gcroot booted-g", "booted-gone\n"},
		{"keep --kind unit microvm@d", "microvm@db.service\tactive\n"},
		{"list ../", ""},
	} {
		out := answer(t, program(append([]string{"__complete"}, strings.Fields(test.args)...)...)).out
		if got, _, _ := strings.Cut(out, ":"); got != test.want {
			t.Errorf("%s: %q, want %q", test.args, got, test.want)
		}
	}
}
