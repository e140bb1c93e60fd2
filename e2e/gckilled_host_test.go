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
	"microtui/lab/fixture"
	"microtui/lab/seeds"
	"microtui/model"
)

// collectable is a host with one of each that a periodic clean-up takes, beside
// what it has to leave alone.
type collectable struct {
	*subject          // a VM that runs
	retired  *subject // an orphan with data
	kept     *subject // in the trash, with data
	keptID   string
	old      string // a copy of the directory of what is to expire in the trash
}

// collectAll lets the clean-up take everything that it may take at all.
const collectAll = "[gc]\norphans = \"clean-data\"\ngrace = \"0s\"\nmost = 100\n"

func newCollectable(t *testing.T) *collectable {
	t.Helper()
	c := &collectable{subject: newSubject(t, "web")}
	for _, vm := range []string{"one", "two", "three", "four", "five"} { // so that few of all are orphans
		c.Create(vm)
	}
	for _, vm := range []string{"db", "retired", "kept", "old"} {
		c.Declare(vm, fixture.NoAutostart())
	}
	c.Switch()
	for _, vm := range []string{"retired", "kept", "old"} {
		c.Undeclare(vm)
	}
	c.Switch()
	c.roots = gcroots(t)
	furnish(t, c.Dir("retired"))
	furnish(t, c.Dir("kept"))
	c.retired = &subject{Host: c.Host, vm: "retired", files: manifest(t, c.Dir("retired"))}
	c.kept = &subject{Host: c.Host, vm: "kept", files: manifest(t, c.Dir("kept"))}
	c.old = filepath.Join(t.TempDir(), "old")
	shell(t, "mv", c.Dir("old"), c.old)
	c.keptID = c.purged(t, "kept")
	configureGC(t, collectAll)
	t.Cleanup(func() { os.RemoveAll("/etc/microtui") })
	return c
}

// purged puts a VM into the trash, and gives its entry's id.
func (c *collectable) purged(t *testing.T, vm string) (id string) {
	t.Helper()
	answer(t, program("purge", vm, "--yes", "--confirm", vm)).says(t, "purge "+vm, 0)
	for entry, of := range trashed(t) {
		if of == vm {
			id = entry
		}
	}
	return id
}

// trashed are the VMs in the trash, by their entries' ids.
func trashed(t *testing.T) map[string]string {
	t.Helper()
	var got struct{ Entries []struct{ ID, Name string } }
	if err := json.Unmarshal([]byte(answer(t, program("trash", "--json")).out), &got); err != nil {
		t.Fatal(err)
	}
	all := make(map[string]string)
	for _, e := range got.Entries {
		all[e.ID] = e.Name
	}
	return all
}

// litter makes what is taken anew, as far as it is gone.
func (c *collectable) litter(t *testing.T) {
	t.Helper()
	expired := false
	for id, vm := range trashed(t) {
		expired = expired || vm == "old"
		if vm == "retired" {
			shell(t, lab.ProgramPath, "restore", id)
		}
	}
	if !expired {
		shell(t, "cp", "-a", c.old, c.Dir("old"))
		age(t, "expires_at", "/var/lib/microtui/trash/"+c.purged(t, "old")+"/entry.json")
	}
	if inodeOf(t, "/sys/class/net/vm-gone") == 0 {
		c.LeakTap("vm-gone")
	}
	if roots := gcroots(t); len(roots) <= len(c.roots) {
		c.DanglingRoots("gone")
	}
}

// losesNothing fails where something that a clean-up may not touch is not as it
// was, or what it moves is in no place.
func (c *collectable) losesNothing(t *testing.T, when string) {
	t.Helper()
	if c.Property("microvm@web.service", "ActiveState") != "active" {
		t.Errorf("%s: web does not run", when)
	}
	c.isWhole(t, when, c.Dir("web"))
	c.kept.isWhole(t, when, "/var/lib/microtui/trash/"+c.keptID+"/state")
	at := c.Dir("retired")
	for id, vm := range trashed(t) {
		if vm == "retired" {
			at = "/var/lib/microtui/trash/" + id + "/state"
		}
	}
	c.retired.isWhole(t, when, at)
	for root, target := range c.roots {
		if now := gcroots(t)[root]; now != target {
			t.Errorf("%s: gcroot %s leads to %q", when, root, now)
		}
	}
	if text, err := os.ReadFile(gcSightings); err != nil && !os.IsNotExist(err) || err == nil && !json.Valid(text) {
		t.Errorf("%s: the record of leftovers: %v: %s", when, err, text)
	}
}

// collects fails unless an undisturbed clean-up takes all that is to be taken.
func (c *collectable) collects(t *testing.T, when string) {
	t.Helper()
	answer(t, program("gc")).says(t, "gc, "+when, 0)
	c.losesNothing(t, when+", collected")
	if rest := list(t, "--all").orphans(); len(rest) > 0 {
		t.Errorf("%s: an undisturbed clean-up leaves %q", when, rest)
	}
	if names := trashIDs(t); !slices.Equal(names, []string{"kept", "retired"}) {
		t.Errorf("%s: an undisturbed clean-up leaves in the trash %q", when, names)
	}
	leavesNothing(t)
}

// TestGCKilledAtEverySystemCall: the periodic clean-up is killed right before
// each system call that changes something, and so is the operation that it
// begins. (In the short run, before some of them.) Nothing is lost, and the next
// run takes what is left.
func TestGCKilledAtEverySystemCall(t *testing.T) {
	lab.Require(t)
	c := newCollectable(t)
	seed := seeds.For(t)
	random := rand.New(rand.NewPCG(seed, 0))

	c.litter(t)
	asking := len(runWatched(t, undisturbed, lab.ProgramPath, "gc"))
	c.losesNothing(t, "undisturbed")
	c.collects(t, "undisturbed")
	c.litter(t)
	collecting := len(runWatched(t, undisturbed, lab.ProgramPath, "operation", "run", recordOnly(t, collectionOf)))
	c.losesNothing(t, "undisturbed")
	if asking < 15 || collecting < 40 {
		t.Fatalf("a clean-up has %d system calls that change something, its operation %d", asking, collecting)
	}

	ends := make(map[string]int)
	for _, n := range someOf(random, asking, 3) {
		c.litter(t)
		before := recordedIDs(t)
		when := fmt.Sprintf("killed at system call %d, %s", n, runDeadly(t, n, lab.ProgramPath, "gc"))
		end := "not recorded"
		if id := newID(t, before); id != "" {
			end = operationOf(t, c.leftAlone(t, id)).State
		}
		ends["clean-up "+end]++
		c.losesNothing(t, when)
		c.forgetsHalf(t)
		c.collects(t, when)
	}
	for _, n := range someOf(random, collecting, 4) {
		c.litter(t)
		id := recordOnly(t, collectionOf)
		when := killAt(t, n, id)
		ends["operation "+operationOf(t, id).State]++
		c.losesNothing(t, when)
		c.collects(t, when)
	}
	t.Logf("seed %d: %d and %d system calls; %v", seed, asking, collecting, ends)
}

// collectionOf is what the periodic clean-up takes with [collectAll].
func collectionOf(i model.Inventory) model.Plan {
	return model.PlanCollect(i, model.Sight(i, nil), model.CollectPolicy{Orphans: model.CollectData, Most: 100, Trash: true})
}

// forgetsHalf takes what was half recorded for something abandoned long ago,
// which the next operation clears away.
func (c *collectable) forgetsHalf(t *testing.T) {
	t.Helper()
	folders, err := filepath.Glob("/var/lib/microtui/operations/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		if inodeOf(t, folder+"/plan.json") == 0 {
			if err := os.Chtimes(folder, time.Time{}, time.Now().Add(-2*time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
	}
}
