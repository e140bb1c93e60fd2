package fire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"microtui/lab"
)

// deed is something that the program is asked to do.
type deed struct {
	name string // of its operation
	args []string
	vm   string // the one that it is about
}

var deeds = []deed{
	{"purge", []string{"purge", web, "--confirm", web}, web},
	{"clean-up", []string{"purge", "--orphans", "--yes", "--include-data", "--include-running"}, gone},
	{"update", []string{"update", shop, "--restart", "--yes"}, shop},
}

// client is a run of the program that waits for what it asked for.
type client struct {
	*exec.Cmd
	out, err bytes.Buffer
	ended    chan struct{}
	before   []string // operations
}

// ask runs the program.
func (f *fleet) ask(args ...string) *client {
	f.Helper()
	c := &client{Cmd: exec.Command(lab.ProgramPath, append(args, "--json")...), ended: make(chan struct{}), before: operationIDs()}
	c.Env = []string{"TERM=dumb", "LANG=C.UTF-8", "HOME=/root"}
	c.Stdout, c.Stderr = &c.out, &c.err
	f.must(c.Start())
	go func() { _ = c.Wait(); close(c.ended) }()
	return c
}

// patience is how long anything may take: the longest wait of an operation is a
// minute, for systemd to come back.
const patience = 4 * time.Minute

// await waits for the client.
func (f *fleet) await(c *client) {
	f.Helper()
	select {
	case <-c.ended:
	case <-time.After(patience):
		_ = c.Process.Kill()
		f.Fatalf("%q does not end: %s%s", c.Args, c.out.String(), c.err.String())
	}
}

// said is what it said, in a line.
func (c *client) said() string {
	return fmt.Sprintf("exit %d %s%s", c.ProcessState.ExitCode(), strings.Join(strings.Fields(c.out.String()), " "), c.err.String())
}

func operationIDs() []string {
	plans, _ := filepath.Glob("/var/lib/microtui/operations/*/plan.json")
	ids := make([]string, len(plans))
	for n, plan := range plans {
		ids[n] = filepath.Base(filepath.Dir(plan))
	}
	return ids
}

// newIDs are the operations that were recorded since the client began.
func (c *client) newIDs() []string {
	return slices.DeleteFunc(operationIDs(), func(id string) bool { return slices.Contains(c.before, id) })
}

// operation is an operation as `ops --json` tells of it.
type operation struct {
	ID, Action, State, Reason string
	Steps                     []struct{ Action, Name, VM, State, Reason string }
}

func (o operation) String() string {
	text := fmt.Sprintf("%s %s is %s (%s):", o.Action, o.ID, o.State, o.Reason)
	for _, s := range o.Steps {
		text += fmt.Sprintf(" %s %s %s", s.Action, s.Name, s.State)
		if s.Reason != "" {
			text += " (" + s.Reason + ")"
		}
	}
	return text
}

func (f *fleet) operations() []operation {
	f.Helper()
	out, err := exec.Command(lab.ProgramPath, "ops", "--json").Output()
	if err != nil {
		f.Fatalf("ops: %v\n%s", err, out)
	}
	var all struct{ Operations []operation }
	f.must(json.Unmarshal(out, &all))
	return all.Operations
}

// settled waits until nothing goes on any more, and settles what was left open,
// as an administrator does. It gives the operations that the client asked for.
func (f *fleet) settled(c *client) (ended []operation, settled int) {
	f.Helper()
	var open time.Time // since when one was seen left open
	for until := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		all := f.operations()
		left := slices.IndexFunc(all, func(o operation) bool { return o.State == "interrupted" })
		goesOn := slices.ContainsFunc(all, func(o operation) bool { return o.State == "running" })
		switch {
		case time.Now().After(until):
			f.Fatalf("does not end: %v", all)
		case goesOn, left >= 0 && open.IsZero():
			if left >= 0 && !goesOn {
				open = time.Now()
			}
			continue
		case left >= 0 && time.Since(open) < 2*time.Second: // systemd may be about to start it again
			continue
		case left >= 0:
			settled++
			out, err := exec.Command(lab.ProgramPath, "ops", "settle", all[left].ID).CombinedOutput()
			if err != nil && settled > 3 {
				f.Fatalf("ops settle %s: %v: %s", all[left].ID, err, out)
			}
			open = time.Time{}
			continue
		}
		ids := c.newIDs()
		ended = slices.DeleteFunc(all, func(o operation) bool { return !slices.Contains(ids, o.ID) })
		return ended, settled
	}
}

// executors are the processes that carry operations out.
func executors() []int {
	return processes(func(words []string) bool {
		return len(words) > 3 && words[1] == "operation" && words[2] == "run"
	})
}

func nixes() []int {
	return processes(func(words []string) bool { return strings.HasPrefix(filepath.Base(words[0]), "nix") })
}

func processes(is func(words []string) bool) (pids []int) {
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range lines {
		text, err := os.ReadFile(path)
		if err != nil || len(text) == 0 || !is(strings.Split(string(text), "\x00")) {
			continue
		}
		pid := 0
		if _, err := fmt.Sscanf(path, "/proc/%d/", &pid); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

func kill(pids ...int) (hit bool) {
	for _, pid := range pids {
		err := unix.Kill(pid, unix.SIGKILL)
		hit = hit || !errors.Is(err, unix.ESRCH)
	}
	return hit
}
