package trash

import (
	"encoding/json"
	"os"
	"testing"

	"microtui/lab"
	"microtui/model"
)

// lostRecords is a host whose program's folder is on a file system of its own,
// which loseRecords makes anew, as a root that is wiped at boot.
func lostRecords(t *testing.T) *host {
	h := onFilesystem(t, "tmpfs")
	mounted(t, h.path("lib"), "-t", "tmpfs", "tmpfs")
	return h
}

func (h *host) loseRecords() {
	command(h.t, "umount", "-l", h.path("lib"))
	mounted(h.t, h.path("lib"), "-t", "tmpfs", "tmpfs")
}

// TestTrashKnowsItself: what is in the trash is found, restored and deleted when
// the program's folder is gone, and when it was made anew.
func TestTrashKnowsItself(t *testing.T) {
	lab.Require(t)
	h := lostRecords(t)
	for _, name := range []string{"db", "web", "old"} {
		h.quarantined(name)
	}
	before := h.list()
	h.loseRecords()
	h.same(before, h.list())

	h.must(h.PutBack(before[0].ID))
	h.wantContent(h.state("db/disk.img"), "data of db")
	_, err := h.delete(before[1].ID)
	h.must(err)
	if moved, err := h.Moved(before[2].ID); !moved || err != nil {
		t.Error(moved, err)
	}
	// The folder is made anew by the next purge; both are listed.
	next := h.quarantined("new")
	h.same([]model.TrashEntry{before[2], next}, h.list())
	h.loseRecords()
	h.same([]model.TrashEntry{before[2], next}, h.list())
	for _, e := range h.list() {
		h.must(h.PutBack(e.ID))
	}
	h.wantNames(h.state(besideName))
}

func (h *host) same(want, got []model.TrashEntry) {
	h.t.Helper()
	wanted, err := json.Marshal(want)
	h.must(err)
	found, err := json.Marshal(got)
	h.must(err)
	if string(wanted) != string(found) {
		h.t.Errorf("in the trash is\n%s\nnot\n%s", found, wanted)
	}
}

// TestTrashOfAnotherHost: the disk is mounted elsewhere, on a host that has a
// trash of its own. Paths are those of the place where it is found.
func TestTrashOfAnotherHost(t *testing.T) {
	lab.Require(t)
	h := lostRecords(t)
	entry := h.entry("db", h.vm("db"))
	entry.Roots = []model.GCRoot{{Name: "db", Target: model.Raw(h.state("db/current"))}}
	_, err := h.Quarantine(entry)
	h.must(err)
	h.loseRecords()
	h.must(os.Rename(h.state(""), h.path("vms")))
	h.must(os.Mkdir(h.state(""), 0o755))
	h.Trash, err = Open(Paths{Record: h.path("lib/microtui"), StateDir: h.path("vms")})
	h.must(err)
	all := h.list()
	if len(all) != 1 || string(all[0].From) != h.path("vms/db") || string(all[0].Roots[0].Target) != h.path("vms/db/current") ||
		string(all[0].Place) != h.path("vms", besideName, entry.ID, "state") {
		t.Fatalf("%+v", all)
	}
	h.must(h.PutBack(entry.ID))
	h.wantContent(h.path("vms/db/disk.img"), "data of db")
}

// TestRecordsOfBoth: of two records of an entry the one beside the directory
// wins; where only the program's folder has one, it is put beside.
func TestRecordsOfBoth(t *testing.T) {
	lab.Require(t)
	h := lostRecords(t)
	e := h.quarantined("db")
	beside := h.state(besideName + "/" + e.ID + "/" + recordName)
	h.must(os.Remove(beside))
	if all := h.list(); len(all) != 1 || all[0].Place != e.Place {
		t.Errorf("a record of an earlier version: %+v", all)
	}
	h.must(h.Complete())
	if !exists(beside) {
		t.Error("it was not put beside")
	}
	h.must(os.WriteFile(h.recordPath(e.ID, recordName), []byte(`{"id":"`+e.ID+`","name":"db","from":"`+h.state("db")+`","directory":{"dev":1,"ino":2},"by":"mallory"}`), 0o600))
	if all := h.list(); len(all) != 1 || all[0].By != "alice" || all[0].Directory != e.Directory {
		t.Errorf("%+v", all)
	}
	// Another host's entry with the id of one that is here, whole, hides neither.
	other := h.state(besideName)
	h.must(os.MkdirAll(h.recordPath(e.ID, stateName), 0o700))
	if _, err := h.List(); err == nil {
		t.Error("two directories, and no fault")
	}
	h.wantNames(other, e.ID)
}
