package lab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// bootTime is how long a boot may take. A loaded machine needs a few seconds.
const bootTime = 2 * time.Minute

// keep is the keeper's life: wait for the lab's turn, boot it, and end
// it when standard input closes, which happens in whatever way the program
// that wanted it goes away.
func keep() error {
	// The thread that starts the builder must not end before it: the builder
	// dies with that thread.
	runtime.LockOSThread()
	signal.Ignore(unix.SIGINT, unix.SIGTERM, unix.SIGHUP, unix.SIGPIPE)
	orphaned := make(chan struct{})
	go func() {
		io.Copy(io.Discard, os.Stdin)
		close(orphaned)
	}()
	err := keepLab(orphaned)
	if err != nil {
		fmt.Println(newsError, strings.ReplaceAll(err.Error(), "\n", "\x00"))
	}
	return err
}

func keepLab(orphaned <-chan struct{}) error {
	tree, err := cgroupTree()
	if err != nil {
		return err
	}
	o, err := readOptions()
	if err != nil {
		return err
	}
	if o.Beside {
		fmt.Println(newsLocked)
		return keepIn(tree, orphaned)
	}
	lock, err := lockTree(tree, orphaned)
	if err != nil || lock == nil {
		return err
	}
	defer lock.Close()
	fmt.Println(newsLocked)
	devices := macvtapDevices()
	return errors.Join(keepIn(tree, orphaned), awaitNoDevices(devices))
}

// keepIn runs a lab in a cgroup of its own below the tree, after removing what
// killed keepers left there.
func keepIn(tree string, orphaned <-chan struct{}) error {
	if err := sweep(tree); err != nil {
		return err
	}
	group := filepath.Join(tree, groupName+strconv.Itoa(os.Getpid()))
	lock, err := makeGroup(group)
	if err != nil {
		return err
	}
	defer lock.Close()
	return runLab(group, orphaned)
}

// runLab boots a lab in a cgroup, stays until it is no longer wanted, and ends
// it.
func runLab(group string, orphaned <-chan struct{}) (err error) {
	builder, stderr, err := startBuilder(group)
	if err != nil {
		return errors.Join(err, endGroup(group))
	}
	gone := make(chan struct{})
	go func() {
		builder.Wait()
		close(gone)
	}()
	defer func() {
		err = errors.Join(err, endGroup(group))
		<-gone
	}()
	ready := filepath.Join("/proc", strconv.Itoa(builder.Process.Pid), "root", readyFile)
	timeout := time.After(bootTime)
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-orphaned:
			return nil
		case <-gone:
			return fmt.Errorf("PID 1 of the lab ended (%v): %s", builder.ProcessState, stderr)
		case <-timeout:
			return fmt.Errorf("the lab was not up after %v\n%s", bootTime, examine(builder.Process.Pid))
		case <-look.C:
			if _, err := os.Stat(ready); err != nil {
				continue
			}
			look.Stop()
			timeout = nil
			fmt.Println(newsReady, builder.Process.Pid, filepath.Join(group, enteredGroup))
		}
	}
}

// enteredGroup is the cgroup, below the lab's root, of the processes that
// enter it from outside. They cannot sit in the root itself where controllers
// are on (cgroups(7), "no internal processes").
const enteredGroup = "entered"

func startBuilder(group string) (*exec.Cmd, *bytes.Buffer, error) {
	if err := os.Mkdir(filepath.Join(group, enteredGroup), 0o755); err != nil {
		return nil, nil, fmt.Errorf("make cgroup: %w", err)
	}
	dir, err := os.Open(group)
	if err != nil {
		return nil, nil, fmt.Errorf("open cgroup: %w", err)
	}
	defer dir.Close()
	builder := stageCommand(stageBuilder, []byte(os.Getenv(optionsVariable)))
	builder.SysProcAttr.Cloneflags = unix.CLONE_NEWPID | unix.CLONE_NEWNS | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC | unix.CLONE_NEWNET
	builder.SysProcAttr.Pdeathsig = unix.SIGKILL
	builder.SysProcAttr.UseCgroupFD = true
	builder.SysProcAttr.CgroupFD = int(dir.Fd())
	var stderr bytes.Buffer
	builder.Stderr = &stderr
	if err := builder.Start(); err != nil {
		return nil, nil, fmt.Errorf("start PID 1 of the lab: %w", err)
	}
	return builder, &stderr, nil
}

// macvtapDevices are the machine's /dev/tapN: they are named by the number of
// an interface, which each lab counts from one.
func macvtapDevices() []string {
	devices, _ := filepath.Glob("/dev/tap[0-9]*")
	return devices
}

// awaitNoDevices waits until the macvtaps of a lab are gone from /dev. The
// kernel takes a network namespace apart some time after its last process
// ended, and would take the devices of the next lab with it.
func awaitNoDevices(before []string) error {
	deadline := time.After(bootTime)
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	isNew := func(device string) bool { return !slices.Contains(before, device) }
	for slices.ContainsFunc(macvtapDevices(), isNew) {
		select {
		case <-look.C:
		case <-deadline:
			return errors.New("macvtap devices of the lab are still in /dev")
		}
	}
	return nil
}

// examine says what a lab that does not come up is waiting for.
func examine(pid int) string {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	out := []byte{}
	for _, argv := range [][]string{
		{"systemctl", "--no-pager", "list-jobs"},
		{"systemctl", "--no-pager", "--failed"},
		{"journalctl", "--no-pager", "-n", "40"},
	} {
		enter := append([]string{"-t", strconv.Itoa(pid), "-a", "-r", "-w", "--"}, argv...)
		text, _ := exec.CommandContext(ctx, "nsenter", enter...).CombinedOutput()
		out = append(out, text...)
	}
	return string(out)
}

// ownSession keeps the terminal's signals away: the program decides.
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
