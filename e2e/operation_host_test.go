package e2e

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"microtui/backend"
	"microtui/backend/home"
	"microtui/backend/operation"
	"microtui/lab"
	"microtui/lab/fixture"
	"microtui/model"
)

// operated is an operation as `ops --json` tells of it.
type operated struct {
	ID, Action, State string
	Names             []string
	Reason            *string
	Steps             []operatedStep
}

func (o operated) String() string {
	why := ""
	if o.Reason != nil {
		why = ": " + *o.Reason
	}
	return fmt.Sprintf("%s of %q, %s, is %s%s: %+v", o.Action, o.Names, o.ID, o.State, why, o.Steps)
}

type operatedStep struct{ Action, Name, State string }

// operations lists all operations, the newest first.
func operations(t *testing.T) []operated {
	t.Helper()
	out, err := exec.Command(lab.ProgramPath, "ops", "--json").Output()
	if err != nil {
		t.Fatalf("ops: %v\n%s", err, out)
	}
	var all struct{ Operations []operated }
	if err := json.Unmarshal(out, &all); err != nil {
		t.Fatal(err)
	}
	return all.Operations
}

func operationOf(t *testing.T, id string) operated {
	t.Helper()
	all := operations(t)
	at := slices.IndexFunc(all, func(o operated) bool { return o.ID == id })
	if at < 0 {
		t.Fatalf("there is no operation %s", id)
	}
	return all[at]
}

// manifest is all that is to be known of a tree of files: by path, the owner,
// the mode, the links to it, the content.
func manifest(t *testing.T, root string) map[string]string {
	t.Helper()
	all := make(map[string]string)
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		var st unix.Stat_t
		if err := unix.Lstat(path, &st); err != nil {
			return err
		}
		content := ""
		switch st.Mode & unix.S_IFMT {
		case unix.S_IFLNK:
			if content, err = os.Readlink(path); err != nil {
				return err
			}
		case unix.S_IFREG:
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			content = fmt.Sprintf("%d bytes %x", len(text), sha256.Sum256(text))
		}
		name, _ := filepath.Rel(root, path)
		all[name] = fmt.Sprintf("%o %d:%d inode %d links %d at %d.%d %s", st.Mode, st.Uid, st.Gid, st.Ino, st.Nlink, st.Mtim.Sec, st.Mtim.Nsec, content)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// furnish puts into a VM's directory what has to come back from the trash as
// it was.
func furnish(t *testing.T, dir string) {
	t.Helper()
	shell(t, "sh", "-ec", `cd "$1"
		mkdir -m 2750 data data/deep
		printf 'all there is' > data/deep/only-copy
		chown 1234:302 data data/deep data/deep/only-copy
		chmod 0640 data/deep/only-copy
		ln data/deep/only-copy hardlink
		ln -s ../elsewhere dangling
		mkfifo -m 0600 pipe
		truncate -s 2M sparse.img
		touch -d 2020-02-02 data/deep`, "sh", dir)
}

// often lets VMs start more often than systemd likes.
func often(t *testing.T, vms ...string) {
	t.Helper()
	for _, vm := range vms {
		for _, unit := range []string{"microvm@", "microvm-set-booted@", "microvm-tap-interfaces@", "microvm-virtiofsd@"} {
			dir := "/run/systemd/system/" + unit + vm + ".service.d"
			if err := os.MkdirAll(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(dir+"/often.conf", []byte("[Unit]\nStartLimitIntervalSec=0\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	shell(t, "systemctl", "daemon-reload")
}

// client is a run of the program that waits for an operation.
type client struct {
	*exec.Cmd
	out, err bytes.Buffer
	id       string
}

// begin runs the program and returns once its operation is recorded.
func begin(t *testing.T, host *fixture.Host, args ...string) *client {
	t.Helper()
	before := recordedIDs(t)
	c := &client{Cmd: program(args...)}
	c.Stdout, c.Stderr = &c.out, &c.err
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	host.Await(strings.Join(args, " ")+" to begin", func() bool {
		for _, id := range recordedIDs(t) {
			if !slices.Contains(before, id) {
				c.id = id
			}
		}
		return c.id != ""
	})
	return c
}

// recordedIDs are the operations whose plan is written.
func recordedIDs(t *testing.T) []string {
	t.Helper()
	plans, err := filepath.Glob("/var/lib/microtui/operations/*/plan.json")
	if err != nil {
		t.Fatal(err)
	}
	ids := make([]string, len(plans))
	for n, plan := range plans {
		ids[n] = filepath.Base(filepath.Dir(plan))
	}
	return ids
}

// end waits for the client, and gives its exit status.
func (c *client) end(t *testing.T) int {
	t.Helper()
	ended := make(chan struct{})
	go func() { _ = c.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(2 * time.Minute):
		_ = c.Process.Kill()
		t.Fatalf("%s does not end: %s%s", c.Args, c.out.String(), c.err.String())
	}
	return c.ProcessState.ExitCode()
}

// restored brings a VM that is in the trash back and starts it.
func restored(t *testing.T, host *fixture.Host, vm string) {
	t.Helper()
	shell(t, lab.ProgramPath, "restore", vm)
	host.Start(vm)
}

// recordOnly records an operation that no service is started for.
func recordOnly(t *testing.T, planOf func(model.Inventory) model.Plan) string {
	t.Helper()
	h := backend.Open(backend.Options{})
	defer h.Close()
	seen, err := h.Observe(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	plan := planOf(model.Interpret(seen)).Chosen()
	if len(plan.Items) == 0 {
		t.Fatalf("there is nothing to do: %+v", plan.Refused)
	}
	header, asked, err := operation.In(home.Path).Create(model.Request{Plan: plan, By: "root"})
	if err != nil {
		t.Fatal(err)
	}
	asked()
	return header.ID
}

func purgeOf(vm string) func(model.Inventory) model.Plan {
	return func(i model.Inventory) model.Plan {
		return model.PlanPurge(i, []model.Raw{model.Raw(vm)}, model.PurgeOptions{})
	}
}

func restoreOf(vm string) func(model.Inventory) model.Plan {
	return func(i model.Inventory) model.Plan { return model.PlanRestore(i, []model.Raw{model.Raw(vm)}) }
}
