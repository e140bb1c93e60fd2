package trash

import (
	"os"
	"testing"

	"microtui/lab"
	"microtui/model"
)

// subvolumeVM is a VM's directory that is a subvolume, on btrfs.
func (h *host) subvolumeVM(name string) model.FileID {
	h.t.Helper()
	command(h.t, "btrfs", "-q", "subvolume", "create", h.state(name))
	h.must(os.WriteFile(h.state(name+"/disk.img"), []byte("data of "+name), 0o640))
	return h.id(h.state(name))
}

// TestSubvolumeIntoTrash: a subvolume moves to the trash, into the program's
// folder or beside the others, comes back, and is deleted. Another subvolume in
// its place is not taken for it, though all have one inode.
func TestSubvolumeIntoTrash(t *testing.T) {
	lab.Require(t)
	for what, other := range map[string]func(h *host){
		"one mount": func(*host) {},
		"beside":    func(h *host) { mounted(h.t, h.path("lib"), "-t", "tmpfs", "tmpfs") },
	} {
		t.Run(what, func(t *testing.T) {
			h := onFilesystem(t, "btrfs")
			other(h)
			id := h.subvolumeVM("db")
			if _, err := h.check("db", id); err != nil {
				t.Fatal(err)
			}
			e, err := h.Quarantine(h.entry("db", id))
			h.must(err)
			if all := h.list(); len(all) != 1 || len(all[0].Evidence) > 0 || all[0].Subvolume == "" {
				t.Errorf("%+v", all)
			}
			h.must(h.PutBack(e.ID))
			h.wantContent(h.state("db/disk.img"), "data of db")

			e, err = h.Quarantine(h.entry("db", id))
			h.must(err)
			_, err = h.delete(e.ID)
			h.must(err)
			if exists(string(e.Place)) {
				t.Error("it is still there")
			}

			e, err = h.Quarantine(h.entry("web", h.subvolumeVM("web")))
			h.must(err)
			h.must(os.Rename(string(e.Place), h.state("away")))
			command(t, "btrfs", "-q", "subvolume", "create", string(e.Place))
			if moved, err := h.Moved(e.ID); moved || err != nil {
				t.Errorf("another subvolume is taken for it: %v", err)
			}
		})
	}
}

// fromSnapshot makes the state directory a snapshot of what it was.
func (h *host) fromSnapshot() {
	h.t.Helper()
	command(h.t, "btrfs", "-q", "subvolume", "snapshot", h.state(""), h.path("snapshot"))
	h.must(os.Rename(h.state(""), h.path("before")))
	h.must(os.Rename(h.path("snapshot"), h.state("")))
}

// TestStubs: a folder that a snapshot has in a subvolume's place is refused
// before anything is done; in a VM's directory it is in nobody's way.
func TestStubs(t *testing.T) {
	lab.Require(t)
	h := onFilesystem(t, "btrfs")
	h.must(os.Remove(h.state("")))
	command(t, "btrfs", "-q", "subvolume", "create", h.state(""))
	h.subvolumeVM("db")
	h.vm("web")
	h.must(os.Mkdir(h.state("web/in"), 0o755))
	command(t, "btrfs", "-q", "subvolume", "create", h.state("web/in/snapshots"))
	h.fromSnapshot()

	stub, web := h.id(h.state("db")), h.id(h.state("web"))
	_, err := h.check("db", stub)
	wantError(t, err, model.ErrRefused, "remove it with rmdir")
	_, err = h.Quarantine(h.entry("db", stub))
	wantError(t, err, model.ErrRefused, "remove it with rmdir")
	h.must(os.Remove(h.state("db")))

	if _, err := h.check("web", web); err != nil {
		t.Fatal(err)
	}
	e, err := h.Quarantine(h.entry("web", web))
	h.must(err)
	_, err = h.delete(e.ID)
	h.must(err)
	h.wantNames(h.state(""), besideName)
}
