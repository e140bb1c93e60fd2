package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"microtui/lab"
)

// TestPurgeAgainstStarts: somebody starts the VM without pause while it is
// purged. It is removed or not; but never while something of it runs.
func TestPurgeAgainstStarts(t *testing.T) {
	lab.Require(t)
	s := newSubject(t, "web")
	least, most := 3, 30
	if long() {
		least = 20
	}
	ends, raced, turn := make(map[string]int), 0, 0
	for ; turn < least || raced == 0 && turn < most; turn++ {
		c := begin(t, s.Host, "purge", "web", "--confirm", "web")
		record := "/var/lib/microtui/operations/" + c.id + "/steps.jsonl"
		stop := keepDoing(func() {
			// Each second time only once it is stopped: else its stop is cancelled
			// over and over, and no purge comes as far as the move.
			text, _ := os.ReadFile(record)
			if turn%2 == 1 || strings.Contains(string(text), `"event":"done"`) {
				_ = exec.Command("systemctl", "start", "--no-block", "microvm@web.service").Run()
			}
		})
		status := c.end(t)
		if startsDuring(t, c.id) > 0 {
			raced++
		}
		state := s.isMovedOrNot(t, c.id)
		stop()
		ends[state]++
		if (state == "done") != (status == 0) {
			t.Errorf("status %d, and it is %s", status, state)
		}
		s.recover(t, c.id)
	}
	t.Logf("%d ended %v; in %d of them it was started meanwhile", turn, ends, raced)
	if raced == 0 {
		t.Error("it was never started while it was purged")
	}
}

// isMovedOrNot fails where a purge that was disturbed has not ended, or moved
// the directory though something works in it. It gives how it ended.
func (s *subject) isMovedOrNot(t *testing.T, id string) (state string) {
	t.Helper()
	o, place := operationOf(t, id), "/var/lib/microtui/trash/"+id+".1/state"
	if users := workingIn(place); len(users) > 0 {
		t.Errorf("it is in the trash, and in use: %v", users)
	}
	if o.State == "interrupted" || o.State == "running" || o.State != "done" && o.Reason == nil {
		t.Errorf("%+v", o)
	}
	moved := slices.ContainsFunc(o.Steps, func(s operatedStep) bool { return s.Action == "quarantine" && s.State == "done" })
	if there := inodeOf(t, place) != 0; there != moved || o.State == "done" && !moved {
		t.Errorf("it is in the trash: %v; %+v", there, o)
	}
	return o.State
}

// recover makes the VM run again, as it was, after a purge that was disturbed.
func (s *subject) recover(t *testing.T, id string) {
	t.Helper()
	if place := "/var/lib/microtui/trash/" + id + ".1/state"; inodeOf(t, place) != 0 {
		s.isWhole(t, "purged against starts", place)
		s.Stop(s.vm) // systemd may try it again and again
		shell(t, lab.ProgramPath, "restore", s.vm)
	}
	s.Await("the units to come to rest", func() bool {
		return shell(t, "systemctl", "list-jobs", "--no-legend", "--plain") == ""
	})
	_ = exec.Command("systemctl", "reset-failed").Run()
	s.Host.Start(s.vm)
	s.isUntouched(t, "after operation "+id)
	leavesNothing(t)
}

// TestStartedInTheMiddle: somebody starts the VM, and waits until it runs, right
// before a system call of its purge that changes something; in the short run,
// before the one that moves its directory.
func TestStartedInTheMiddle(t *testing.T) {
	lab.Require(t)
	s := newSubject(t, "web")
	const all = 110 // a purge has a few less
	ends, again := make(map[string]int), 0
	for n := range all {
		if !long() && n > 0 {
			break
		}
		id, begun := recordOnly(t, purgeOf("web")), false
		runWatched(t, func(at int, name string) bool {
			if !begun && (at == n || n == 0 && name == "renameat2") {
				begun = true
				_ = exec.Command("systemctl", "start", "microvm@web.service").Run() // without its directory it fails
			}
			return false
		}, lab.ProgramPath, "operation", "run", id)
		ends[s.isMovedOrNot(t, id)]++
		text, _ := os.ReadFile("/var/lib/microtui/operations/" + id + "/steps.jsonl")
		again += strings.Count(string(text), "it was started again")
		s.recover(t, id)
	}
	t.Logf("%v; it was stopped once more %d times", ends, again)
	if again == 0 {
		t.Error("it never ran when its directory was moved")
	}
}

// TestPurgeOfOneInUse: what still works in the directory when it is moved gets
// it back: the purge is refused, names it, and leaves the VM running.
func TestPurgeOfOneInUse(t *testing.T) {
	lab.Require(t)
	s := newSubject(t, "web")
	drop := "/run/systemd/system/microvm@web.service.d/lingers.conf"
	text := "[Service]\nKillMode=process\nExecStartPost=+/bin/sh -c 'sleep 1000 & echo $! > /run/lingers'\n"
	if err := os.WriteFile(drop, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	shell(t, "systemctl", "daemon-reload")
	shell(t, "systemctl", "restart", "microvm@web.service")
	lingers := strings.TrimSpace(shell(t, "cat", "/run/lingers"))
	got := answer(t, program("purge", "web", "--confirm", "web"))
	if got.status != 1 || !strings.Contains(got.err, "process "+lingers+" (sleep)") || !strings.Contains(got.err, "in use") {
		t.Errorf("%+v", got)
	}
	s.isUntouched(t, "when it was in use")
	leavesNothing(t)
	shell(t, "sh", "-c", "kill "+lingers+" $(cat /run/lingers)")
}

// keepDoing does something again and again until it is told to stop.
func keepDoing(what func()) (stop func()) {
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-end:
				return
			default:
				what()
			}
		}
	}()
	return sync.OnceFunc(func() { close(end); <-ended })
}

// startsDuring counts how often systemd took a VM's start up, by its journal,
// between begin and end of an operation.
func startsDuring(t *testing.T, id string) int {
	t.Helper()
	shell(t, "journalctl", "--sync")
	text := shell(t, "journalctl", "--output=cat", "--no-pager", "MICROTUI_OPERATION="+id, "+", "UNIT=microvm@web.service")
	count, during := 0, false
	for line := range strings.Lines(text) {
		switch {
		case strings.Contains(line, "operation "+id) && strings.Contains(line, " begins"):
			during = true
		case strings.Contains(line, "operation "+id) && strings.Contains(line, " ended"):
			during = false
		case during && (strings.HasPrefix(line, "Started ") || strings.HasPrefix(line, "Starting ")):
			count++
		}
	}
	return count
}

// workingIn lists the processes that work at or below a path.
func workingIn(path string) (users []string) {
	links, _ := filepath.Glob("/proc/[0-9]*/cwd")
	for _, link := range links {
		if at, err := os.Readlink(link); err == nil && strings.HasPrefix(at, path) {
			users = append(users, link+" "+at)
		}
	}
	return users
}
