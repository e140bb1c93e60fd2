package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"microtui/backend"
	"microtui/config"
	"microtui/model"
	"microtui/styles"
	"microtui/tui"
)

// The system's ssh tells how it understands what it is given.
func TestSSHUnderstands(t *testing.T) {
	path := findSSH(filepath.SplitList(fixedVariables["PATH"]))
	if path == "" {
		t.Skip("needs the Debian packages openssh-client")
	}
	cid := uint32(17)
	running := model.VM{Name: "web", State: model.StateRunning, Current: &model.Runner{Hypervisor: "qemu", VsockCID: &cid}}
	for name, test := range map[string]struct {
		address model.Address
		want    []string
	}{
		"vsock": {model.Address{}, []string{
			"host vsock/17", "user root", "port 22", "stricthostkeychecking false", "userknownhostsfile /dev/null",
			"globalknownhostsfile /dev/null", "forwardagent no", "loglevel ERROR",
		}},
		"address": {model.Address{Host: "web.lan", User: "eve", Port: 2222}, []string{"host web.lan", "user eve", "port 2222", "stricthostkeychecking ask"}},
	} {
		entry, why := model.EntryOf(model.Inventory{}, &running, test.address)
		if why != "" {
			t.Fatal(why)
		}
		// -F: neither this machine's configuration nor this user's counts.
		args := slices.Concat([]string{"-G", "-F", "none"}, entry.Command([]string{"-oProxyCommand=evil", "-l", "mallory"}))
		out, err := exec.Command(path, args...).Output()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		for _, want := range test.want {
			if !slices.Contains(lines, want) {
				t.Errorf("%s: ssh does not understand %q:\n%s", name, want, out)
			}
		}
		if strings.Contains(string(out), "evil") {
			t.Errorf("%s: what is to run in the guest is an option here:\n%s", name, out)
		}
	}
}

// Only root decides what the ssh of root is.
func TestSSHOfOthersIsNotRun(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "ssh"), nil, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, "ssh"), 0o777); err != nil {
		t.Fatal(err)
	}
	if path := findSSH([]string{dir, "/nowhere"}); path != "" {
		t.Errorf("%s is taken", path)
	}
}

func TestLookAsConfigured(t *testing.T) {
	const many, few, none = "TERM=xterm-256color", "TERM=xterm", "TERM=vt100"
	for _, test := range []struct {
		env          []string
		theme, ascii string
		want         tui.TerminalCaps
	}{
		{[]string{many}, "auto", "auto", tui.TerminalCaps{Term: "xterm-256color", Theme: styles.Dark, ASCII: true}},
		{[]string{many, "LANG=C.UTF-8"}, "light", "auto", tui.TerminalCaps{Term: "xterm-256color", Theme: styles.Light}},
		{[]string{many, "COLORFGBG=0;15"}, "dark", "off", tui.TerminalCaps{Term: "xterm-256color", Theme: styles.Dark}},
		{[]string{many, "LANG=C.UTF-8"}, "mono", "on", tui.TerminalCaps{Term: "xterm-256color", Theme: styles.Mono, ASCII: true}},
		{[]string{many, "NO_COLOR=1"}, "auto", "off", tui.TerminalCaps{Term: "xterm-256color", Theme: styles.Mono}},
		{[]string{many, "NO_COLOR=1"}, "dark", "off", tui.TerminalCaps{Term: "xterm-256color", Theme: styles.Dark}},
		{[]string{few}, "light", "off", tui.TerminalCaps{Term: "xterm", Theme: styles.Basic}},
		{[]string{none}, "dark", "off", tui.TerminalCaps{Term: "vt100", Theme: styles.Mono}},
	} {
		if got := terminalFor(test.env, config.Config{Theme: test.theme, ASCII: test.ascii}); got != test.want {
			t.Errorf("%q, theme %s, ascii %s: %+v, want %+v", test.env, test.theme, test.ascii, got, test.want)
		}
	}
}

func TestDefaultsAgree(t *testing.T) {
	if c := config.Default(configurable()); c.Refresh != backend.DefaultInterval {
		t.Errorf("refresh is %s by default, a host is looked at each %s", c.Refresh, backend.DefaultInterval)
	}
}
