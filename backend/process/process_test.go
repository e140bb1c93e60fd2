package process

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"microtui/lab"
	"microtui/model"
)

func TestVMInItsUnit(t *testing.T) {
	lab.Require(t)
	dir := vmDir(t, "web")
	unit := startUnit(t, "web")
	pid, err := strconv.Atoi(command(t, "systemctl", "show", "-P", "MainPID", string(unit.Name)))
	must(t, err)
	titled(t, pid, "microvm@host-web")
	idOf := func(path string) model.FileID {
		info, err := os.Stat(path)
		must(t, err)
		stat := info.Sys().(*syscall.Stat_t)
		return model.FileID{Dev: stat.Dev, Ino: stat.Ino}
	}

	r := New()
	ask := question()
	ask.Units = []model.Unit{unit, {Name: "microvm@gone.service", Properties: &model.UnitProperties{ControlGroup: "/gone"}}, {Name: "x"}}
	got := reading(t, r, ask)
	p := find(got, pid)
	if p == nil {
		t.Fatalf("process %d is not among %+v", pid, got.Processes)
	}
	want := model.Process{
		PID: pid, Started: p.Started, UID: microvmUser, Comm: "sleep", Argv0: "microvm@host-web", Cgroup: unit.Properties.ControlGroup,
		Cwd:    &model.ProcessDir{Path: model.Raw(dir), ID: idOf(dir)},
		Writes: []model.FileID{idOf(dir + "/disk.img")},
	}
	if diff := cmp.Diff(want, *p); diff != "" || p.Started == 0 {
		t.Error(diff)
	}
	if len(got.Usage) != 1 || got.Usage[0].Unit != unit.Name || got.Usage[0].CPUUsec == nil || *got.Usage[0].CPUUsec == 0 ||
		got.Usage[0].Memory == nil || *got.Usage[0].Memory < 100_000 {
		t.Errorf("usage %+v", got.Usage)
	}

	// Its directory is deleted under it, long after it settled.
	later(r, ask, time.Hour)
	must(t, os.RemoveAll(dir))
	got = later(r, ask, time.Hour+time.Second)
	if p = find(got, pid); p == nil || p.Cwd == nil || !p.Cwd.Deleted || string(p.Cwd.Path) != dir {
		t.Errorf("deleted directory: %+v", p)
	}
	got = later(r, ask, 2*time.Hour)
	if p = find(got, pid); p == nil || len(p.Deleted) != 1 || string(p.Deleted[0]) != dir+"/disk.img" {
		t.Errorf("deleted file: %+v", p)
	}

	command(t, "systemctl", "kill", "-s", "KILL", string(unit.Name))
	deadline := time.Now().Add(10 * time.Second)
	for got = reading(t, r, ask); len(got.Processes)+len(got.Usage) > 0 && time.Now().Before(deadline); {
		got = reading(t, r, ask)
	}
	if len(got.Processes)+len(got.Usage) > 0 {
		t.Errorf("after its end: %+v", got)
	}
}

func TestOutsideUnits(t *testing.T) {
	lab.Require(t)
	dir := vmDir(t, "out")
	named := run(t, 1234, "/", "microvm@anything")
	works := run(t, 0, dir, "sleep")
	run(t, microvmUser, "/tmp", "sleep")
	run(t, 0, stateDirPath, "microvm@") // no name
	for _, cmd := range []*exec.Cmd{named, works} {
		titled(t, cmd.Process.Pid, cmd.Args[0])
	}
	got := reading(t, New(), question())
	if len(got.Processes) != 2 {
		t.Errorf("%+v", got.Processes)
	}
	if p := find(got, named.Process.Pid); p == nil || p.UID != 1234 || p.Argv0 != "microvm@anything" {
		t.Errorf("%+v", p)
	}
	if p := find(got, works.Process.Pid); p == nil || p.Cwd == nil || string(p.Cwd.Path) != dir {
		t.Errorf("%+v", p)
	}
}

// A directory may have a name that looks like the kernel's mark.
func TestNameThatLooksDeleted(t *testing.T) {
	lab.Require(t)
	dir := vmDir(t, "odd (deleted)")
	cmd := run(t, 0, dir, "sleep")
	p := find(reading(t, New(), question()), cmd.Process.Pid)
	if p == nil || p.Cwd == nil || p.Cwd.Deleted || string(p.Cwd.Path) != dir {
		t.Errorf("%+v", p)
	}
	must(t, os.RemoveAll(dir))
	p = find(reading(t, New(), question()), cmd.Process.Pid)
	if p == nil || p.Cwd == nil || !p.Cwd.Deleted || string(p.Cwd.Path) != dir {
		t.Errorf("%+v", p)
	}
}

func TestHolders(t *testing.T) {
	lab.Require(t)
	ours := run(t, microvmUser, "/", "sleep", tap(t, "vm-ours"))
	theirs := run(t, 1234, "/", "sleep", tap(t, "vm-theirs"))
	r := New()
	self := os.Getpid()

	got := reading(t, r, question("vm-ours"))
	if p := find(got, ours.Process.Pid); p == nil || len(p.Holds) != 1 || p.Holds[0] != "vm-ours" {
		t.Errorf("ours: %+v", p)
	}
	if find(got, theirs.Process.Pid) != nil || find(got, self) != nil {
		t.Errorf("searched all though the holder was found: %+v", got.Processes)
	}
	got = reading(t, r, question("vm-ours", "vm-theirs"))
	if p := find(got, theirs.Process.Pid); p == nil || len(p.Holds) != 1 || p.Holds[0] != "vm-theirs" {
		t.Errorf("theirs: %+v", p)
	}
	if p := find(got, self); p == nil || len(p.Holds) != 2 {
		t.Errorf("this process: %+v", p)
	}
	stop(theirs)
	if got = reading(t, r, question("vm-theirs")); find(got, theirs.Process.Pid) != nil {
		t.Error("a holder that ended still holds")
	}
}

func TestHolderOfMacvtap(t *testing.T) {
	lab.Require(t)
	command(t, "ip", "link", "add", "veth-a", "type", "veth", "peer", "name", "veth-b")
	t.Cleanup(func() { exec.Command("ip", "link", "delete", "veth-a").Run() })
	command(t, "ip", "link", "add", "link", "veth-a", "name", "mv-web", "type", "macvtap", "mode", "bridge")
	index := strings.TrimSpace(string(must2(os.ReadFile("/sys/class/net/mv-web/ifindex"))))
	device, err := os.OpenFile("/dev/tap"+index, os.O_RDWR|syscall.O_NONBLOCK, 0)
	must(t, err)
	defer device.Close()
	cmd := run(t, microvmUser, "/", "sleep", device)
	p := find(reading(t, New(), question()), cmd.Process.Pid)
	if p == nil || len(p.Holds) != 1 || p.Holds[0] != "mv-web" {
		t.Errorf("%+v", p)
	}
}

func must2(text []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return text
}

// The number of a process that ended is given to another: what was known of
// the first must not be told of the second.
func TestReusedNumber(t *testing.T) {
	lab.Require(t)
	proc := t.TempDir() // of our own, since /proc/sys may be read-only
	must(t, unix.Mount("proc", proc, "proc", 0, ""))
	t.Cleanup(func() { unix.Unmount(proc, 0) })
	r := New()
	for range 5 {
		first := run(t, 0, "/", "microvm@first")
		pid := first.Process.Pid
		titled(t, pid, "microvm@first")
		later(r, question(), time.Hour)
		if got := later(r, question(), time.Hour); find(got, pid) == nil {
			t.Fatal("the first is not seen")
		}
		stop(first)
		must(t, os.WriteFile(proc+"/sys/kernel/ns_last_pid", []byte(strconv.Itoa(pid-1)), 0))
		second := run(t, 0, "/", "sleep")
		reused := second.Process.Pid == pid
		if got := later(r, question(), time.Hour); reused && find(got, pid) != nil {
			t.Fatalf("the second is taken for the first: %+v", find(got, pid))
		}
		stop(second)
		if reused {
			return
		}
	}
	t.Fatal("no number was given again")
}

// A process that becomes another program late is seen after a while.
func TestLateChange(t *testing.T) {
	lab.Require(t)
	in, out, err := os.Pipe()
	must(t, err)
	cmd := exec.Command("/bin/bash", "-c", "read; exec -a microvm@late sleep inf")
	cmd.Stdin = in
	must(t, cmd.Start())
	t.Cleanup(func() { stop(cmd) })
	r := New()
	later(r, question(), time.Hour)
	_, err = out.WriteString("\n")
	must(t, err)
	titled(t, cmd.Process.Pid, "microvm@late")
	if p := find(later(r, question(), time.Hour+2*examineAge+time.Second), cmd.Process.Pid); p == nil || p.Argv0 != "microvm@late" {
		t.Errorf("%+v", p)
	}
}

// Processes come and go all the time.
func TestVanishingProcesses(t *testing.T) {
	lab.Require(t)
	dir := vmDir(t, "busy")
	cmd := exec.Command("/bin/bash", "-c", "while :; do (exec -a microvm@busy /bin/true) & wait; done")
	cmd.Dir = dir
	must(t, cmd.Start())
	t.Cleanup(func() { stop(cmd) })
	r := New()
	seen := make(map[int]bool)
	for range 300 {
		for _, p := range reading(t, r, question("vm-none")).Processes {
			seen[p.PID] = true
			if p.Started == 0 || p.Comm == "" {
				t.Errorf("half a process: %+v", p)
			}
		}
	}
	if len(seen) < 10 {
		t.Errorf("only %d processes were seen: nothing came or went", len(seen))
	}
}

func TestUnprivileged(t *testing.T) {
	if os.Geteuid() != 0 && os.Getenv(nobodyVariable) == "" {
		t.Skip("needs root, to run as nobody")
	}
	if os.Geteuid() == 0 {
		asNobody(t)
		return
	}
	got := New().Read(context.Background(), question("vm-none"))
	var sources []model.Source
	for _, fault := range got.Faults {
		sources = append(sources, fault.Source)
		if strings.Contains(string(fault.Error), "\n") {
			t.Errorf("%q", fault.Error)
		}
	}
	if len(sources) == 0 || sources[0] != model.SourceHolders {
		t.Errorf("faults %+v", got.Faults)
	}
}

// nobodyVariable is set in a test that runs again as nobody.
const nobodyVariable = "TEST_AS_NOBODY"

// asNobody runs a test again as user nobody.
func asNobody(t *testing.T) {
	t.Helper()
	self, err := os.Open("/proc/self/exe")
	must(t, err)
	defer self.Close()
	cmd := exec.Command("/proc/self/fd/3", "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.ExtraFiles, cmd.Dir, cmd.Env = []*os.File{self}, "/", []string{"MICROTUI_LAB=off", nobodyVariable + "=1"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS") {
		t.Errorf("as nobody: %v\n%s", err, out)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	got := New().Read(ctx, question())
	if len(got.Faults) == 0 || got.Faults[0].Source != model.SourceProcesses {
		t.Errorf("%+v", got.Faults)
	}
}

// BenchmarkRead reads the processes of many VMs, each in a cgroup of its own:
// anew, and again once they have settled.
func BenchmarkRead(b *testing.B) {
	lab.Require(b)
	for _, vms := range []int{20, 300, 1000} {
		ask := question()
		for i := range vms {
			name := fmt.Sprintf("microvm@vm-%d.service", i)
			folder := "/sys/fs/cgroup/" + name
			must(b, os.MkdirAll(folder, 0o755))
			group, err := os.Open(folder)
			must(b, err)
			cmd := exec.Command("/bin/sleep", "inf")
			cmd.Args[0] = "microvm@vm"
			cmd.SysProcAttr = &syscall.SysProcAttr{UseCgroupFD: true, CgroupFD: int(group.Fd())}
			must(b, cmd.Start())
			group.Close()
			b.Cleanup(func() { stop(cmd); os.Remove(folder) })
			ask.Units = append(ask.Units, model.Unit{Name: model.Raw(name), Properties: &model.UnitProperties{ControlGroup: model.Raw("/" + name)}})
		}
		b.Run(fmt.Sprintf("first/%d", vms), func(b *testing.B) {
			for b.Loop() {
				if got := New().Read(context.Background(), ask); len(got.Processes) < vms {
					b.Fatal(len(got.Processes))
				}
			}
		})
		r, after := New(), time.Hour
		later(r, ask, after)
		b.Run(fmt.Sprintf("again/%d", vms), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				after += 2 * time.Second // the steady interval
				if got := later(r, ask, after); len(got.Usage) != vms {
					b.Fatal(len(got.Usage))
				}
			}
		})
	}
}
