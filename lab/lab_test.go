package lab_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"microtui/lab"
)

// These tests look at a lab from outside: they boot their own.

// testBinary is in the environment of a test binary that is to boot a lab and
// wait to be killed.
const testBinary = "LAB_TEST_BOOT_AND_WAIT"

func TestMain(m *testing.M) {
	lab.Init()
	if os.Getenv(testBinary) != "" {
		bootAndWait()
	}
	os.Exit(m.Run())
}

// bootAndWait boots a lab, says the process id of its PID 1 and never ends it.
func bootAndWait() {
	l, err := lab.Boot(context.Background(), lab.Options{})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(l.PID())
	if os.Getenv(testBinary) == "panic" {
		panic("as wanted")
	}
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, syscall.SIGUSR1)
	<-interrupted
}

func boot(t *testing.T, o lab.Options) *lab.Lab {
	t.Helper()
	needLab(t)
	l, err := lab.Boot(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// needLab is lab.Require for tests that run outside.
func needLab(t *testing.T) {
	t.Helper()
	reason := lab.Unavailable()
	switch {
	case reason != "" && os.Getenv("MICROTUI_LAB") == "require":
		t.Fatal(reason)
	case reason != "":
		t.Skip(reason)
	case os.Getenv("MICROTUI_LAB") == "off":
		t.Skip("MICROTUI_LAB=off")
	}
}

func inside(t *testing.T, l *lab.Lab, name string, args ...string) string {
	t.Helper()
	out, err := l.Command(t.Context(), name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// TestLab asks all its questions of one lab: each boot waits for its turn.
func TestLab(t *testing.T) {
	start := time.Now()
	l := boot(t, lab.Options{Hostname: "here"})
	t.Logf("up after %v", time.Since(start))
	for name, test := range map[string]func(*testing.T, *lab.Lab){
		"is a running system":            testSystem,
		"starts and stops units":         testUnits,
		"has its own network":            testNetwork,
		"ends commands by their context": testCommand,
	} {
		t.Run(name, func(t *testing.T) { test(t, l) })
	}
}

func testSystem(t *testing.T, l *lab.Lab) {
	for question, want := range map[string]string{
		"systemctl is-system-running":          "running",
		"systemctl is-active dbus.service":     "active",
		"systemctl is-active systemd-journald": "active",
		"cat /proc/1/comm":                     "systemd",
		"hostname":                             "here",
		"stat -f -c %T /sys/fs/cgroup":         "cgroup2fs",
		"stat -f -c %T /var/lib":               "tmpfs",
		"cat /sys/class/net/lo/flags":          "0x9",
		"busctl get-property org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager Virtualization": `s "container-other"`,
	} {
		argv := strings.Fields(question)
		if got := inside(t, l, argv[0], argv[1:]...); got != want {
			t.Errorf("%s: %s, want %s", question, got, want)
		}
	}
}

func testUnits(t *testing.T, l *lab.Lab) {
	inside(t, l, "systemd-run", "--unit=probe", "sh", "-c", "echo hello from probe; exec sleep inf")
	if got := inside(t, l, "systemctl", "is-active", "probe"); got != "active" {
		t.Errorf("probe is %s", got)
	}
	if got := inside(t, l, "cat", "/sys/fs/cgroup/system.slice/probe.service/cgroup.procs"); got == "" {
		t.Error("the unit's cgroup is empty")
	}
	inside(t, l, "systemctl", "stop", "probe")
	inside(t, l, "journalctl", "--sync")
	if got := inside(t, l, "journalctl", "-o", "cat", "-u", "probe"); !strings.Contains(got, "hello from probe") {
		t.Errorf("journal: %s", got)
	}
}

func testNetwork(t *testing.T, l *lab.Lab) {
	inside(t, l, "ip", "tuntap", "add", "name", "lab-tap0", "mode", "tap")
	if got := inside(t, l, "cat", "/sys/class/net/lab-tap0/tun_flags"); got == "" {
		t.Error("no TAP")
	}
	if _, err := os.Stat("/sys/class/net/lab-tap0"); err == nil {
		t.Error("the TAP is on the machine")
	}
}

func testCommand(t *testing.T, l *lab.Lab) {
	ctx, cancel := context.WithCancel(t.Context())
	cmd := l.Command(ctx, "sh", "-c", "echo $$; exec sleep inf")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	text := make([]byte, 16)
	n, err := out.Read(text)
	if err != nil {
		t.Fatal(err)
	}
	pid := strings.TrimSpace(string(text[:n]))
	cancel()
	if err := cmd.Wait(); err == nil {
		t.Error("the command ended well")
	}
	lab.Await(t, "process "+pid+" inside to end", func() bool {
		return l.Command(t.Context(), "test", "-e", "/proc/"+pid).Run() != nil
	})
}

func TestFilesAndFolders(t *testing.T) {
	needLab(t)
	folder := t.TempDir()
	source := filepath.Join(folder, "tool")
	if err := os.WriteFile(source, []byte("#!/bin/sh\necho tool\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	l := boot(t, lab.Options{Files: map[string]string{"tool": source}, Bind: []string{folder}})
	if got := inside(t, l, lab.Folder+"/tool"); got != "tool" {
		t.Errorf("tool says %s", got)
	}
	inside(t, l, "cp", "/proc/1/comm", folder+"/kept")
	inside(t, l, "cp", "/proc/1/comm", "/etc/lost")
	if _, err := os.Stat(folder + "/kept"); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat("/etc/lost"); err == nil {
		t.Error("a file of the lab is on the machine")
	}
}

// outside is what a lab could leave behind.
type outside struct {
	groups, mounts, devices, links, settings []string
}

func look(t *testing.T) outside {
	t.Helper()
	read := func(path string) string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	list := func(pattern string) []string {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		return paths
	}
	return outside{
		groups:   withoutLiving(list(groupTree() + "/microtui-lab-*")),
		mounts:   slices.Collect(strings.Lines(read("/proc/self/mountinfo"))),
		devices:  append(list("/dev/*"), list("/dev/shm/*")...),
		links:    list("/sys/class/net/*"),
		settings: []string{read("/proc/sys/fs/file-max"), read("/proc/sys/fs/nr_open"), read("/proc/sys/kernel/hostname")},
	}
}

func TestNothingStaysBehind(t *testing.T) {
	// Both looks are taken while a lab of this test runs: there is no other
	// then, not even one in its last breath.
	l := boot(t, lab.Options{})
	before := look(t)
	pid := l.PID()
	inside(t, l, "ip", "link", "add", "a0", "type", "veth", "peer", "name", "b0")
	inside(t, l, "ip", "link", "add", "link", "a0", "name", "mv0", "type", "macvtap", "mode", "bridge")
	inside(t, l, "systemd-run", "--unit=probe", "sleep", "inf")
	inside(t, l, "sh", "-c", "setsid sleep inf >/dev/null 2>&1 &")
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("PID 1 of the lab: %v", err)
	}
	boot(t, lab.Options{})
	after := look(t)
	for what, lists := range map[string][2][]string{
		"cgroups":  {before.groups, after.groups},
		"mounts":   {before.mounts, after.mounts},
		"devices":  {before.devices, after.devices},
		"links":    {before.links, after.links},
		"settings": {before.settings, after.settings},
	} {
		if diff := cmp.Diff(lists[0], lists[1]); diff != "" {
			t.Errorf("%s (-before +after):\n%s", what, diff)
		}
	}
}

// groupTree is where the machine's cgroup2 tree is mounted.
func groupTree() string {
	if hybrid := "/sys/fs/cgroup/unified"; exists(hybrid) {
		return hybrid
	}
	return "/sys/fs/cgroup"
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// withoutLiving leaves out the cgroups of labs whose keeper lives.
func withoutLiving(groups []string) []string {
	return slices.DeleteFunc(groups, func(group string) bool {
		pid := strings.TrimPrefix(filepath.Base(group), "microtui-lab-")
		_, err := os.Stat("/proc/" + pid)
		return err == nil
	})
}

func TestEndsWithTheProgram(t *testing.T) {
	needLab(t)
	for name, end := range map[string]func(*exec.Cmd) error{
		"killed":      func(c *exec.Cmd) error { return c.Process.Kill() },
		"interrupted": func(c *exec.Cmd) error { return syscall.Kill(-c.Process.Pid, syscall.SIGINT) },
		"timed out":   func(c *exec.Cmd) error { return c.Process.Signal(syscall.SIGQUIT) },
		"panic":       func(c *exec.Cmd) error { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			program, pid := startProgram(t, name)
			keeper := parentOf(t, pid)
			if err := end(program); err != nil {
				t.Fatal(err)
			}
			if err := program.Wait(); err == nil {
				t.Error("the program ended well")
			}
			lab.Await(t, "PID 1 of the lab to end", func() bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) })
			lab.Await(t, "the keeper to clean up", func() bool { return syscall.Kill(keeper, 0) != nil })
			if left := look(t).groups; slices.ContainsFunc(left, func(g string) bool { return strings.HasSuffix(g, fmt.Sprint("lab-", keeper)) }) {
				t.Errorf("%v stayed behind", left)
			}
		})
	}
}

// startProgram starts a program that boots a lab and waits, and gives the
// process id of the lab's PID 1.
func startProgram(t *testing.T, name string) (program *exec.Cmd, pid int) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program = exec.Command(self)
	program.Env = append(os.Environ(), testBinary+"="+name)
	program.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fscanln(out, &pid); err != nil {
		t.Fatal(err)
	}
	return program, pid
}

// parentOf reads a process's parent.
func parentOf(t *testing.T, pid int) int {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	var parent int
	_, after, _ := strings.Cut(string(stat), ") ")
	if _, err := fmt.Sscanf(after, "%1s %d", new(string), &parent); err != nil {
		t.Fatal(err)
	}
	return parent
}
