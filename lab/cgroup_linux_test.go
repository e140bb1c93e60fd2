package lab_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"microtui/lab"
)

// inGroup starts a process in a new cgroup of the machine's.
func inGroup(t *testing.T, name string) *os.Process {
	t.Helper()
	path := filepath.Join(groupTree(), name)
	if err := os.Mkdir(path, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(path) })
	group, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer group.Close()
	cmd := exec.Command("sleep", "inf")
	cmd.SysProcAttr = &syscall.SysProcAttr{UseCgroupFD: true, CgroupFD: int(group.Fd())}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return cmd.Process
}

// TestSparesStrangers has cgroups on the machine that are called as a lab's
// are, or were once.
func TestSparesStrangers(t *testing.T) {
	needLab(t)
	strangers := map[string]*os.Process{}
	for _, format := range []string{"lab-foo-%d", "lab-%d", "microtui-lab-%d"} {
		name := fmt.Sprintf(format, os.Getpid())
		strangers[name] = inGroup(t, name)
	}
	if err := boot(t, lab.Options{}).Close(); err != nil {
		t.Fatal(err)
	}
	for name, process := range strangers {
		group, err := os.ReadFile(fmt.Sprintf("/proc/%d/cgroup", process.Pid))
		if err != nil || !strings.Contains(string(group), "/"+name+"\n") {
			t.Errorf("the process in %s: %s %v", name, group, err)
		}
	}
}

// TestSweepsTheKilled has a lab whose keeper could not end it.
func TestSweepsTheKilled(t *testing.T) {
	needLab(t)
	program, pid := startProgram(t, "killed keeper")
	defer program.Wait()
	defer program.Process.Kill()
	keeper := parentOf(t, pid)
	group := filepath.Join(groupTree(), fmt.Sprint("microtui-lab-", keeper))
	if !exists(group) {
		t.Fatalf("no cgroup %s", group)
	}
	if err := syscall.Kill(keeper, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	boot(t, lab.Options{})
	if exists(group) {
		t.Errorf("%s stayed behind", group)
	}
}

// TestBeside boots a lab while another has the machine's turn.
func TestBeside(t *testing.T) {
	turn := boot(t, lab.Options{Hostname: "turn"})
	beside := boot(t, lab.Options{Hostname: "beside", Beside: true})
	inside(t, beside, "ip", "tuntap", "add", "name", "lab-tap0", "mode", "tap")
	if exists("/proc/" + fmt.Sprint(turn.PID()) + "/root/sys/class/net/lab-tap0") {
		t.Error("the TAP is in the other lab")
	}
	if err := beside.Close(); err != nil {
		t.Error(err)
	}
	if got := inside(t, turn, "systemctl", "is-system-running"); got != "running" {
		t.Errorf("the other lab is %s", got)
	}
	another := boot(t, lab.Options{Hostname: "another", Beside: true})
	if err := turn.Close(); err != nil {
		t.Error(err)
	}
	if got := inside(t, another, "hostname"); got != "another" {
		t.Errorf("the lab beside says %s", got)
	}
}
