package packaging

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"

	"microtui/lab"
)

// machine is a host that has nothing of microtui.
type machine struct {
	*testing.T
	*lab.Lab
}

func (m machine) run(args ...string) string {
	m.Helper()
	return run(m.T, m.Command(context.Background(), args[0], args[1:]...))
}

// needsLab skips a test where no host can be booted that takes the package.
func needsLab(t *testing.T) {
	t.Helper()
	if os.Getenv("MICROTUI_LAB") == "off" {
		t.Skip("MICROTUI_LAB=off")
	}
	if reason := lab.Unavailable(); reason != "" {
		skip(t, "needs a lab: "+reason)
	}
	if _, err := exec.LookPath("dpkg"); err != nil {
		skip(t, "needs dpkg")
	}
}

// says fails unless a command prints something.
func (m machine) says(want string, args ...string) {
	m.Helper()
	out, _ := m.Command(context.Background(), args[0], args[1:]...).CombinedOutput()
	if !strings.Contains(string(out), want) {
		m.Errorf("%q says %q, not %q", args, out, want)
	}
}

// older is the package as if it had been released before.
func older(t *testing.T, deb string) string {
	t.Helper()
	folder := t.TempDir()
	shell(t, "dpkg-deb", "-R", deb, folder+"/x")
	shell(t, "sed", "-i", "s/^Version: .*/Version: 0.0.1-1/", folder+"/x/DEBIAN/control")
	shell(t, "dpkg-deb", "--root-owner-group", "-Znone", "-b", folder+"/x", folder+"/old.deb")
	return folder + "/old.deb"
}

// TestDebianPackage: it installs, is upgraded and removed where systemd runs,
// and starts nothing by itself. What a timer was told to do it goes on doing
// after an upgrade, and what can be restored outlives the program.
func TestDebianPackage(t *testing.T) {
	needsLab(t)
	deb := only(t, theRelease(t)+"/*.deb")
	l, err := lab.Boot(context.Background(), lab.Options{Beside: true, Files: map[string]string{"new.deb": deb, "old.deb": older(t, deb)}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	m := machine{t, l}
	m.run("sh", "-c", "mkdir -p /var/lib/dpkg/info /var/lib/dpkg/updates && touch /var/lib/dpkg/status")

	m.run("dpkg", "-i", "/run/lab/old.deb")
	m.says("0.0.1-1", "dpkg-query", "-W", "microtui")
	m.says("microtui v1.2.3-rc.1 ", "microtui", "version")
	for _, timer := range []string{"microtui-gc.timer", "microtui-metrics.timer"} {
		m.says("disabled", "systemctl", "is-enabled", timer)
		m.says("inactive", "systemctl", "is-active", timer)
	}
	m.run("getent", "group", "microtui")
	m.run("systemd-analyze", "verify", "--man=no", "microtui-gc.timer", "microtui-metrics.timer")
	nobody := []string{"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"}
	m.run(append(nobody, "microtui", "list")...)
	m.says("running", append(nobody, "microtui", "--demo", "list")...)
	m.says("MICROTUI", "sh", "-c", "zcat /usr/share/man/man1/microtui.1.gz")
	for shell, file := range map[string]string{
		"bash": "/usr/share/bash-completion/completions/microtui",
		"zsh":  "/usr/share/zsh/vendor-completions/_microtui",
		"fish": "/usr/share/fish/vendor_completions.d/microtui.fish",
	} {
		if _, err := exec.LookPath(shell); err == nil {
			m.run(shell, "-n", file)
		}
		m.run("test", "-s", file)
	}
	m.run("systemctl", "start", "microtui-gc.service")

	m.run("systemctl", "enable", "--now", "microtui-gc.timer")
	m.run("sh", "-c", "mkdir -p /var/lib/microtui/trash && touch /var/lib/microtui/trash/kept")
	m.run("dpkg", "-i", "/run/lab/new.deb")
	m.says("1.2.3~rc.1-1", "dpkg-query", "-W", "microtui")
	m.says("enabled", "systemctl", "is-enabled", "microtui-gc.timer")
	m.says("active", "systemctl", "is-active", "microtui-gc.timer")

	m.run("dpkg", "-r", "microtui")
	m.says("LoadState=not-found", "systemctl", "show", "-p", "LoadState", "microtui-gc.timer")
	m.run("dpkg", "-P", "microtui")
	m.says("no packages found", "dpkg-query", "-W", "microtui")
	if left := m.run("find", "/usr", "/etc", "/var/lib/microtui", "-xdev", "-name", "*microtui*"); left != "/var/lib/microtui" {
		t.Errorf("what is left: %s", left)
	}
	m.run("test", "-e", "/var/lib/microtui/trash/kept")
}
