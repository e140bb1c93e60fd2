package e2e

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"microtui/lab"
	"microtui/lab/fixture"
	"microtui/tui/screentest"
	"microtui/tui/screentest/newcomer"
)

// TestConsoleOverSSH: with the polkit rule that is shipped and the recipes of
// packaging/README.md, a member of group microtui looks, starts and stops over a
// real sshd, and cannot purge; somebody else only looks. Both are told why, and
// nothing that the client sends along changes what is done.
func TestConsoleOverSSH(t *testing.T) {
	lab.Require(t)
	for _, needed := range []string{"/usr/lib/polkit-1/polkitd", "/usr/sbin/sshd"} {
		if _, err := os.Stat(needed); err != nil {
			t.Skip("needs the Debian packages openssh-client openssh-server polkitd")
		}
	}
	h := fixture.NewHost(t, fixture.Options{})
	cluttered(h)
	h.Start("db")
	installRule(t)
	shell(t, "groupadd", "--system", "microtui")
	c := startConsole(t)
	operator := c.user(t, "ann", "microtui", `restrict,pty,command="`+lab.ProgramPath+`"`)
	viewer := c.user(t, "vic", "", `restrict,pty,command="`+lab.ProgramPath+` --read-only"`)
	state := func(vm string) string {
		return strings.TrimSpace(answer(t, exec.Command("systemctl", "is-active", "microvm@"+vm+".service")).out)
	}

	n := newcomer.Start(t, 80, 24, operator)
	n.WaitFor("db")
	n.ReadHelp()
	n.GoTo("db")
	n.PressAsRead("stop")
	n.PressUntil("stop", func(string) bool { return state("db") != "active" })
	n.Wait("db is stopped", func(string) bool { return state("db") == "inactive" })
	n.Wait("that it is stopped on the screen", func(screen string) bool { return strings.Contains(screentest.Line(screen, " db "), " stopped ") })
	n.GoTo("db")
	n.PressAsReadUntil("start", func(string) bool { return state("db") == "active" })
	n.GoTo("removed")
	n.PressAsRead("purge")
	n.WaitFor("not permitted: run as root")
	n.Press("quit")

	n = newcomer.Start(t, 80, 24, viewer)
	n.WaitFor("db")
	n.ReadHelp()
	n.GoTo("db")
	n.PressAsRead("stop")
	n.WaitFor("read-only")
	n.Press("quit")
	if state("db") != "active" || state("removed") != "active" {
		t.Errorf("db is %s, removed is %s", state("db"), state("removed"))
	}
}

// installRule puts the rule that is shipped where polkitd reads it.
func installRule(t *testing.T) {
	t.Helper()
	rule, err := os.ReadFile("../packaging/polkit/50-microtui.rules")
	if err != nil {
		t.Fatal(err)
	}
	path := "/etc/polkit-1/rules.d/50-microtui.rules"
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, rule, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(path) })
	shell(t, "systemctl", "restart", "polkit.service")
}

// console is an sshd of its own, for users whose key gives them microtui.
type console struct {
	folder string
	port   string
}

const sshdConfig = `ListenAddress 127.0.0.1
Port %s
HostKey %s
PidFile none
UsePAM no
PasswordAuthentication no
AuthorizedKeysFile %s/%%u.keys
StrictModes no
AcceptEnv *
PermitUserEnvironment yes
`

func startConsole(t *testing.T) console {
	t.Helper()
	folder, err := os.MkdirTemp("/run", "console-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
		t.Fatal(err)
	}
	shell(t, "ip", "link", "set", "lo", "up")
	c := console{folder: folder, port: "2022"}
	shell(t, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder+"/host")
	config := folder + "/sshd_config"
	if err := os.WriteFile(config, fmt.Appendf(nil, sshdConfig, c.port, folder+"/host", folder), 0o644); err != nil {
		t.Fatal(err)
	}
	shell(t, "systemd-run", "--unit=console", "/usr/sbin/sshd", "-D", "-e", "-f", config)
	t.Cleanup(func() { _ = exec.Command("systemctl", "stop", "console.service").Run() })
	for limit := time.After(time.Minute); ; {
		if link, err := net.Dial("tcp", "127.0.0.1:"+c.port); err == nil {
			link.Close()
			return c
		}
		select {
		case <-limit:
			t.Fatalf("sshd does not answer: %s", answer(t, exec.Command("journalctl", "-u", "console", "-n", "20")).out)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// user makes an account whose key has options, and gives the command by which it
// comes in, with an environment that would do harm if anybody heeded it.
func (c console) user(t *testing.T, name, group, options string) *exec.Cmd {
	t.Helper()
	args := []string{"--create-home", "--shell", "/bin/sh"}
	if group != "" {
		args = append(args, "--groups", group)
	}
	shell(t, "useradd", append(args, name)...)
	t.Cleanup(func() { _ = exec.Command("userdel", "--remove", "--force", name).Run() })
	shell(t, "usermod", "--password", "*", name)
	key := filepath.Join(c.folder, name)
	shell(t, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
	public, err := os.ReadFile(key + ".pub")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(key+".keys", append([]byte(options+" "), public...), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("ssh", "-F", "none", "-tt", "-p", c.port, "-i", key, "-o", "BatchMode=yes", "-o", "LogLevel=ERROR",
		"-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
		"-o", "SetEnv=SUDO_USER=root SUDO_UID=0 DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nowhere PATH=/nowhere XDG_CONFIG_HOME=/nowhere",
		name+"@127.0.0.1", "purge", "removed", "--yes")
	cmd.Env = program().Env
	return cmd
}
