package lab

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Options say what a lab is to hold. The zero value is a bare host.
type Options struct {
	// Hostname of the lab; empty: "nixhost".
	Hostname string
	// Files are copied to /run/lab/NAME, executable: name to path outside.
	Files map[string]string
	// Program builds microtui, in the module around the working directory,
	// and has it at [ProgramPath].
	Program bool
	// Beside lets the lab run beside others at once, without waiting for its
	// turn. It is for labs that make no macvtap interface: the device of one is
	// /dev/tapN, with the number of an interface that every lab counts from
	// one, and /dev is the machine's. So are loop devices, names of the device
	// mapper and vsock CIDs: a lab that makes some has to choose its own.
	Beside bool
	// Bind are folders outside that the lab sees, writable, at their own
	// paths. Everything else it writes is gone when it ends.
	Bind []string
}

// Folder is where the files of [Options] lie inside.
const Folder = "/run/lab"

// Lab is a booted host.
type Lab struct {
	pid      int
	cgroup   *os.File
	lifeline io.Closer
	keeper   *exec.Cmd
}

// longWait is after which time a wait for another lab is mentioned.
const longWait = 2 * time.Second

// Boot boots a host and returns when it is up. One lab runs on a machine at a
// time, but for those with [Options.Beside]: Boot waits for the others, and says
// so on standard error when that takes long. ctx covers the boot only; the lab lives until [Lab.Close], or
// until this process is gone.
func Boot(ctx context.Context, o Options) (*Lab, error) {
	if reason := Unavailable(); reason != "" {
		return nil, errors.New("boot lab: " + reason)
	}
	if o.Hostname == "" {
		o.Hostname = "nixhost"
	}
	if o.Program {
		path, err := BuildProgram()
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(filepath.Dir(path))
		o.Files = with(o.Files, filepath.Base(ProgramPath), path)
	}
	options, err := json.Marshal(o)
	if err != nil {
		return nil, fmt.Errorf("boot lab: %w", err)
	}
	keeper := stageCommand(stageKeeper, options)
	lifeline, err := keeper.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("boot lab: %w", err)
	}
	news, err := keeper.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("boot lab: %w", err)
	}
	if err := keeper.Start(); err != nil {
		return nil, fmt.Errorf("start keeper: %w", err)
	}
	l := &Lab{lifeline: lifeline, keeper: keeper}
	stop := context.AfterFunc(ctx, func() { lifeline.Close() })
	defer stop()
	if err := l.follow(news); err != nil {
		l.Close()
		return nil, errors.Join(err, ctx.Err())
	}
	return l, nil
}

// with is a copy of a map with one more entry.
func with(files map[string]string, name, path string) map[string]string {
	more := map[string]string{name: path}
	maps.Copy(more, files)
	return more
}

// follow reads what the keeper reports until the host is up.
func (l *Lab) follow(news io.Reader) error {
	patience := time.AfterFunc(longWait, func() {
		fmt.Fprintln(os.Stderr, "lab: waiting for another lab on this machine to end")
	})
	defer patience.Stop()
	lines := bufio.NewScanner(news)
	for lines.Scan() {
		what, rest, _ := strings.Cut(lines.Text(), " ")
		switch what {
		case newsLocked:
			patience.Stop()
		case newsError:
			return errors.New("boot lab: " + strings.ReplaceAll(rest, "\x00", "\n"))
		case newsReady:
			pid, cgroup, _ := strings.Cut(rest, " ")
			return l.join(pid, cgroup)
		}
	}
	return errors.New("boot lab: the keeper ended")
}

// join opens what [Lab.Command] needs.
func (l *Lab) join(pid, cgroup string) (err error) {
	if l.pid, err = strconv.Atoi(pid); err != nil {
		return fmt.Errorf("read keeper's report: %w", err)
	}
	if l.cgroup, err = os.Open(cgroup); err != nil {
		return fmt.Errorf("open cgroup of lab: %w", err)
	}
	return nil
}

// PID is the process id, outside, of the lab's PID 1.
func (l *Lab) PID() int { return l.pid }

// Close ends the lab with everything in it and returns when nothing of it is
// left. It may be called more than once.
func (l *Lab) Close() error {
	l.lifeline.Close()
	if l.cgroup != nil {
		l.cgroup.Close()
	}
	if l.keeper.ProcessState != nil {
		return nil
	}
	if err := l.keeper.Wait(); err != nil {
		return fmt.Errorf("end lab: %w", err)
	}
	return nil
}

// Command is a command to run inside, as root, in the root folder and with the
// environment of this process; it counts as a process of the lab and dies with
// ctx. Standard streams are the caller's to set.
func (l *Lab) Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	argv := append([]string{
		"--target", strconv.Itoa(l.pid), "--all", "--root", "--wd", "--",
		// nsenter forks to enter the PID namespace and does not pass a
		// signal on: the command has to notice the end of it by itself.
		"setpriv", "--pdeathsig", "KILL", "--", name}, args...)
	cmd := exec.CommandContext(ctx, "nsenter", argv...)
	cmd.Env = os.Environ()
	cmd.WaitDelay = 10 * time.Second
	cmd.SysProcAttr = intoCgroup(l.cgroup)
	return cmd
}

// RoleCommand is a command to run inside: this program in a role (see [Role]).
// path is where [Options] put it.
func (l *Lab) RoleCommand(ctx context.Context, role, path string, args ...string) *exec.Cmd {
	cmd := l.Command(ctx, path, args...)
	cmd.Env = append(cmd.Env, stageVariable+"="+role)
	return cmd
}
