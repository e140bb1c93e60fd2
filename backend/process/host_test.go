package process

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"microtui/lab"
	"microtui/model"
)

func TestMain(m *testing.M) {
	if role := roles[os.Getenv(roleVariable)]; role != nil {
		playRole(role)
	}
	lab.Main(m, lab.Options{})
}

const (
	stateDirPath = "/var/lib/microvms"
	microvmUser  = 65534 // nobody
)

// hypervisor is a stand-in: it holds a volume open, and has the name of one.
const template = `[Service]
WorkingDirectory=/var/lib/microvms/%i
ExecStart=/bin/bash -c 'exec 9<>disk.img; exec -a microvm@host-%i sleep inf'
User=nobody
`

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func command(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// vmDir makes a VM's directory.
func vmDir(t testing.TB, vm string) string {
	t.Helper()
	dir := filepath.Join(stateDirPath, vm)
	must(t, os.MkdirAll(dir, 0o755))
	must(t, os.WriteFile(dir+"/disk.img", nil, 0o644))
	must(t, os.Chown(dir+"/disk.img", microvmUser, 0))
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// startUnit starts microvm@VM.service and returns the unit as systemd tells
// of it.
func startUnit(t testing.TB, vm string) model.Unit {
	t.Helper()
	must(t, os.WriteFile("/etc/systemd/system/microvm@.service", []byte(template), 0o644))
	name := "microvm@" + vm + ".service"
	command(t, "systemctl", "daemon-reload")
	command(t, "systemctl", "start", name)
	t.Cleanup(func() { exec.Command("systemctl", "kill", "-s", "KILL", name).Run() })
	group := command(t, "systemctl", "show", "-P", "ControlGroup", name)
	return model.Unit{Name: model.Raw(name), Properties: &model.UnitProperties{ControlGroup: model.Raw(group)}}
}

// run starts a program that stays, as a user, with files open from 3 on.
func run(t testing.TB, uid uint32, dir, argv0 string, files ...*os.File) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("/bin/sleep", "inf")
	cmd.Args[0], cmd.Dir, cmd.ExtraFiles = argv0, dir, files
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	must(t, cmd.Start())
	t.Cleanup(func() { stop(cmd) })
	return cmd
}

func stop(cmd *exec.Cmd) {
	cmd.Process.Kill()
	cmd.Wait()
}

// tap makes a persistent TAP and opens it.
func tap(t testing.TB, name string) *os.File {
	t.Helper()
	command(t, "ip", "tuntap", "add", "name", name, "mode", "tap", "vnet_hdr")
	t.Cleanup(func() { exec.Command("ip", "link", "delete", name).Run() })
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC, 0)
	must(t, err)
	file := os.NewFile(uintptr(fd), "tun")
	t.Cleanup(func() { file.Close() })
	request, err := unix.NewIfreq(name)
	must(t, err)
	request.SetUint16(unix.IFF_TAP | unix.IFF_NO_PI | unix.IFF_VNET_HDR)
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.TUNSETIFF, uintptr(unsafe.Pointer(request)))
	if errno != 0 {
		t.Fatal(errno)
	}
	return file
}

func question(taps ...model.Raw) Question {
	uid := uint32(microvmUser)
	return Question{StateDir: stateDirPath, MicrovmUID: &uid, Taps: taps}
}

// reading reads, and fails on faults other than those of the cgroup tree.
func reading(t testing.TB, r *Reader, ask Question) Reading {
	t.Helper()
	got := r.Read(context.Background(), ask)
	for _, fault := range got.Faults {
		t.Errorf("fault: %s: %s", fault.Source, fault.Error)
	}
	return got
}

// later reads as if some time had passed, in which processes settle.
func later(r *Reader, ask Question, after time.Duration) Reading {
	return r.read(context.Background(), ask, time.Now().Add(after), sinceBoot()+after)
}

func find(r Reading, pid int) *model.Process {
	for i := range r.Processes {
		if r.Processes[i].PID == pid {
			return &r.Processes[i]
		}
	}
	return nil
}

// titled waits until a process has replaced itself by what it is to be.
func titled(t testing.TB, pid int, title string) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for time.Now().Before(deadline) {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if strings.HasPrefix(string(text), title+"\x00") {
			return
		}
	}
	t.Fatalf("process %d did not become %s", pid, title)
}
