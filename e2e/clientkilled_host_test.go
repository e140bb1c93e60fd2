package e2e

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"microtui/lab"
	"microtui/lab/seeds"
)

// TestClientKilledAtEverySystemCall: who asks for a purge is killed right before
// each system call that changes something, from its first look at the host to
// its last. (In the short run, before some of them.) The purge is not recorded,
// recorded and never begun, or goes on without it.
func TestClientKilledAtEverySystemCall(t *testing.T) {
	lab.Require(t)
	s := newSubject(t, "web")
	seed := seeds.For(t)
	random := rand.New(rand.NewPCG(seed, 0))
	ask := []string{"purge", "web", "--confirm", "web"}
	calls := len(runWatched(t, undisturbed, lab.ProgramPath, ask...))
	restored(t, s.Host, "web")
	ends := make(map[string]int)
	for _, n := range someOf(random, calls, 5) {
		before := recordedIDs(t)
		when := fmt.Sprintf("killed at system call %d, %s", n, runDeadly(t, n, lab.ProgramPath, ask...))
		id := newID(t, before)
		if id == "" {
			ends["not recorded"]++
			s.isUntouched(t, when)
			s.forgets(t)
			leavesNothing(t)
			continue
		}
		ends[s.settled(t, when, s.leftAlone(t, id))]++
	}
	t.Logf("seed %d: %d system calls; %v", seed, calls, ends)
}

// forgets takes what was half recorded for something that was abandoned long
// ago, and lets the next operation begin, which is to clear that away.
func (s *subject) forgets(t *testing.T) {
	t.Helper()
	folders, err := filepath.Glob("/var/lib/microtui/operations/*")
	if err != nil {
		t.Fatal(err)
	}
	half := slices.DeleteFunc(folders, func(folder string) bool { return inodeOf(t, folder+"/plan.json") != 0 })
	for _, folder := range half {
		if err := os.Chtimes(folder, time.Time{}, time.Now().Add(-2*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if len(half) > 0 {
		shell(t, lab.ProgramPath, "purge", s.vm, "--confirm", s.vm)
		restored(t, s.Host, s.vm)
	}
}

// newID is the operation that was recorded since; empty: none was.
func newID(t *testing.T, before []string) string {
	t.Helper()
	for _, id := range recordedIDs(t) {
		if !slices.Contains(before, id) {
			return id
		}
	}
	return ""
}

// leftAlone waits until an operation that nobody waits for has ended. One that
// was never begun is settled, as an administrator does who finds it.
func (s *subject) leftAlone(t *testing.T, id string) string {
	t.Helper()
	recordEarlier(t, id, time.Minute)
	s.Await("operation "+id+" to go on", func() bool { return operationOf(t, id).State != "running" })
	if operationOf(t, id).State == "interrupted" {
		_ = answer(t, program("ops", "settle", id)) // it may be begun in this moment
		s.Await("operation "+id+" to end", func() bool {
			state := operationOf(t, id).State
			return state != "running" && state != "interrupted"
		})
	}
	s.Await("its service to go", func() bool {
		return shell(t, "systemctl", "list-units", "--all", "--plain", "--no-legend", "microtui-"+id+".service") == ""
	})
	return id
}

// recordEarlier makes an operation one that was recorded earlier: for a while,
// one that is not begun is taken for one that is being started.
func recordEarlier(t *testing.T, id string, by time.Duration) {
	t.Helper()
	path := "/var/lib/microtui/operations/" + id + "/plan.json"
	var record map[string]json.RawMessage
	var at time.Time
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &record)
	}
	if err == nil {
		err = json.Unmarshal(record["at"], &at)
	}
	if err == nil {
		record["at"], err = json.Marshal(at.Add(-by))
	}
	if err == nil {
		text, err = json.Marshal(record)
	}
	if err == nil {
		err = os.WriteFile(path+".earlier", text, 0o600)
	}
	if err == nil {
		err = os.Rename(path+".earlier", path)
	}
	if err != nil {
		t.Fatal(err)
	}
}
