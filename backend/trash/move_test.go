package trash

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"microtui/model"
)

// described is all that can be seen of a file.
type described struct {
	Mode               uint32
	UID, GID           uint32
	Links              uint64
	Ino                uint64
	Device             uint64
	Size               int64
	Modified, Accessed unix.Timespec
	Text, Xattr        string
}

func describe(t *testing.T, root string) map[string]described {
	t.Helper()
	all := make(map[string]described)
	must(t, filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		must(t, err)
		var st unix.Stat_t
		must(t, unix.Lstat(path, &st))
		d := described{
			Mode: st.Mode, UID: st.Uid, GID: st.Gid, Links: uint64(st.Nlink), Ino: st.Ino, Device: st.Rdev,
			Size: st.Size, Modified: st.Mtim,
		}
		switch st.Mode & unix.S_IFMT {
		case unix.S_IFREG:
			text, err := os.ReadFile(path)
			must(t, err)
			d.Text, d.Accessed = string(text), unix.Timespec{}
		case unix.S_IFLNK:
			d.Text, err = os.Readlink(path)
			must(t, err)
		}
		buf := make([]byte, 100)
		if n, err := unix.Lgetxattr(path, "trusted.mark", buf); err == nil {
			d.Xattr = string(buf[:n])
		}
		name, err := filepath.Rel(root, path)
		all[name] = d
		return err
	}))
	return all
}

// furnish puts one of everything into a directory.
func furnish(t *testing.T, dir string) {
	t.Helper()
	at := func(name string) string { return dir + "/" + name }
	must(t, os.MkdirAll(at("share/deep"), 0o700))
	must(t, os.WriteFile(at("share/file"), []byte("bytes\x00\xff"), 0o604))
	must(t, os.Link(at("share/file"), at("share/deep/again")))
	must(t, os.Symlink("/nix/store/x", at("current")))
	must(t, os.Symlink("/etc", at("out")))
	must(t, unix.Mkfifo(at("fifo"), 0o600))
	must(t, unix.Mknod(at("socket"), unix.S_IFSOCK|0o600, 0))
	must(t, unix.Mknod(at("device"), unix.S_IFBLK|0o600, int(unix.Mkdev(7, 3))))
	must(t, unix.Setxattr(at("share/file"), "trusted.mark", []byte("kept"), 0))
	must(t, os.Chown(at("share"), 1234, 4321))
	must(t, os.Lchown(at("current"), 1234, 4321))
	must(t, os.WriteFile(at("odd\n\xff name"), nil, 0o400))
	must(t, os.Mkdir(at("closed"), 0))
	must(t, os.WriteFile(at("closed/in"), []byte("in"), 0))
	must(t, os.Truncate(at("disk.img"), 1<<22))
	long := time.Date(2001, 2, 3, 4, 5, 6, 7, time.UTC)
	for _, name := range []string{"share/file", "share/deep", "share", "."} {
		must(t, os.Chtimes(at(name), long, long))
	}
}

func TestThereAndBack(t *testing.T) {
	h := newHost(t)
	id := h.vm("db")
	furnish(t, h.state("db"))
	before := describe(t, h.state("db"))
	want := h.entry("db", id)
	e, err := h.Quarantine(want)
	h.must(err)
	want.From, want.Place = model.Raw(h.state("db")), model.Raw(h.recordPath(e.ID, "state"))
	if diff := cmp.Diff(want, e); diff != "" {
		t.Error(diff)
	}
	h.wantNames(h.state(""))
	if diff := cmp.Diff([]model.TrashEntry{want}, h.list()); diff != "" {
		t.Error(diff)
	}
	if moved, err := h.Moved(e.ID); !moved || err != nil {
		t.Errorf("moved: %v %v", moved, err)
	}
	again, err := h.Quarantine(h.entryAgain(e))
	if diff := cmp.Diff(want, again); diff != "" || err != nil {
		t.Errorf("again: %v %s", err, diff)
	}
	wantError(t, h.Drop(e.ID), model.ErrRefused, "still exists")

	h.must(h.PutBack(e.ID))
	if diff := cmp.Diff(before, describe(t, h.state("db"))); diff != "" {
		t.Error(diff)
	}
	h.wantNames(h.path("lib/microtui/trash"))
	h.must(h.PutBack(e.ID))
	h.must(h.Drop(e.ID))
	if moved, err := h.Moved(e.ID); moved || err != nil {
		t.Errorf("moved after it is back: %v %v", moved, err)
	}
}

// entryAgain is an entry as its caller knows it before it is moved.
func (h *host) entryAgain(e model.TrashEntry) model.TrashEntry {
	e.From, e.Place = "", ""
	return e
}

func TestNameTaken(t *testing.T) {
	h := newHost(t)
	e := h.quarantined("db")
	other := h.vm("db")
	wantError(t, h.PutBack(e.ID), model.ErrRefused, "exists again")
	if h.id(h.state("db")) != other || len(h.list()) != 1 {
		t.Error("it was put over another one")
	}
	h.must(os.Rename(h.state("db"), h.state("other")))
	h.must(h.PutBack(e.ID))
	if h.id(h.state("db")) != e.Directory || h.id(h.state("other")) != other {
		t.Error("they were mixed up")
	}
}

func TestQuarantineOfAnother(t *testing.T) {
	h := newHost(t)
	id, kept := h.vm("db"), h.vm("kept")
	h.must(os.Symlink("kept", h.state("link")))
	h.must(os.WriteFile(h.state("file"), nil, 0o600))
	for _, test := range []struct {
		name string
		id   model.FileID
		kind error
	}{
		{"db", kept, model.ErrStale}, {"gone", id, model.ErrStale}, {"link", kept, model.ErrStale},
		{"file", id, model.ErrStale}, {"db", model.FileID{}, model.ErrRefused},
		{"../microvms/db", id, model.ErrRefused}, {"..", id, model.ErrRefused}, {".", id, model.ErrRefused},
		{"", id, model.ErrRefused}, {besideName, id, model.ErrRefused}, {strings.Repeat("a", 256), id, model.ErrRefused},
		{"db\x00", id, model.ErrRefused},
	} {
		_, err := h.Quarantine(h.entry(test.name, test.id))
		wantError(t, err, test.kind, "")
	}
	h.wantNames(h.state(""), "db", "file", "kept", "link")
	if exists(h.path("lib/microtui/trash")) {
		h.wantNames(h.path("lib/microtui/trash"))
	}
	for _, id := range []string{"", ".", "..", "x", "20261103-120411-a1b2", "20261103-120411-a1b2.", "20261103-120411-a1b2./..", "20261103-120411-a1b2.-1"} {
		e := h.entry("db", h.id(h.state("db")))
		e.ID = id
		_, err := h.Quarantine(e)
		wantError(t, err, model.ErrUnknown, "")
		wantError(t, h.PutBack(id), model.ErrUnknown, "")
	}
}

// Half-done states, made by hand, as an executor that was killed leaves them.
func TestInterrupted(t *testing.T) {
	t.Run("before the record", func(t *testing.T) {
		h := newHost(t)
		e := h.entry("db", h.vm("db"))
		h.must(os.MkdirAll(h.recordPath(e.ID, ""), 0o700))
		h.must(os.WriteFile(h.recordPath(e.ID, "entry.json.new"), []byte("{"), 0o600))
		if len(h.list()) != 0 {
			t.Error("listed")
		}
		h.must(h.PutBack(e.ID))
		h.wantNames(h.path("lib/microtui/trash"))
		h.must(os.MkdirAll(h.recordPath(e.ID, ""), 0o700))
		_, err := h.Quarantine(e)
		h.must(err)
	})
	t.Run("before the rename", func(t *testing.T) {
		h := newHost(t)
		e := h.recorded(h.entry("db", h.vm("db")))
		if moved, err := h.Moved(e.ID); moved || err != nil || len(h.list()) != 0 {
			t.Errorf("moved %v, %v, listed %v", moved, err, h.list())
		}
		_, err := h.delete(e.ID)
		wantError(t, err, model.ErrRefused, "was not moved")
		done, err := h.Quarantine(h.entryAgain(e))
		h.must(err)
		if string(done.Place) != h.recordPath(e.ID, "state") || !exists(string(done.Place)) {
			t.Errorf("%+v", done)
		}
	})
	t.Run("before the rename, undone", func(t *testing.T) {
		h := newHost(t)
		e := h.recorded(h.entry("db", h.vm("db")))
		h.must(h.PutBack(e.ID))
		h.wantNames(h.path("lib/microtui/trash"))
		h.wantNames(h.state(""), "db")
	})
	t.Run("after the rename", func(t *testing.T) {
		h := newHost(t)
		e := h.recorded(h.entry("db", h.vm("db")))
		h.must(os.Rename(h.state("db"), h.recordPath(e.ID, "state")))
		if moved, err := h.Moved(e.ID); !moved || err != nil {
			t.Errorf("moved %v %v", moved, err)
		}
		if all := h.list(); len(all) != 1 || string(all[0].Place) != h.recordPath(e.ID, "state") {
			t.Errorf("%+v", all)
		}
		done, err := h.Quarantine(h.entryAgain(e))
		h.must(err)
		if diff := cmp.Diff([]model.TrashEntry{done}, h.list()); diff != "" {
			t.Error(diff)
		}
		h.must(h.PutBack(e.ID))
	})
	t.Run("after the rename, undone where that is not mounted", func(t *testing.T) {
		h := newHost(t)
		e := h.recorded(h.entry("db", h.vm("db")))
		beside := filepath.Join(h.state(".microtui-trash"), e.ID)
		h.must(os.MkdirAll(beside, 0o700))
		h.must(os.Rename(h.state("db"), filepath.Join(beside, "state")))
		h.must(os.Rename(h.state(""), h.path("unmounted")))
		h.must(os.Mkdir(h.state(""), 0o755))
		wantError(t, h.PutBack(e.ID), model.ErrUnknown, "is its file system mounted?")
		h.must(os.Remove(h.state("")))
		h.must(os.Rename(h.path("unmounted"), h.state("")))
		if all := h.list(); len(all) != 1 || all[0].Missing {
			t.Errorf("%+v", all)
		}
		h.must(h.PutBack(e.ID))
		h.wantNames(h.state(""), ".microtui-trash", "db")
	})
	t.Run("after the rename of another", func(t *testing.T) {
		h := newHost(t)
		id := h.vm("db")
		kept := h.vm("kept")
		e := h.recorded(h.entry("db", id))
		h.must(os.Rename(h.state("db"), h.state("away")))
		h.must(os.Rename(h.state("kept"), h.recordPath(e.ID, "state")))
		if moved, err := h.Moved(e.ID); moved || err != nil {
			t.Errorf("moved %v %v", moved, err)
		}
		if all := h.list(); len(all) != 1 || !all[0].Data || len(all[0].Evidence) != 1 {
			t.Errorf("%+v", all)
		}
		_, err := h.delete(e.ID)
		wantError(t, err, model.ErrStale, "not the directory that was moved there")
		_, err = h.Quarantine(h.entryAgain(e))
		wantError(t, err, model.ErrStale, "moved back")
		if h.id(h.state("db")) != kept {
			t.Error("it is not back")
		}
		h.wantNames(h.path("lib/microtui/trash"))
	})
	t.Run("after the rename of another, undone", func(t *testing.T) {
		h := newHost(t)
		e := h.recorded(h.entry("db", model.FileID{Dev: 1, Ino: 1}))
		kept := h.vm("db")
		h.must(os.Rename(h.state("db"), h.recordPath(e.ID, "state")))
		h.vm("db")
		wantError(t, h.PutBack(e.ID), model.ErrRefused, "exists again")
		h.must(os.Rename(h.state("db"), h.state("new")))
		h.must(h.PutBack(e.ID))
		if h.id(h.state("db")) != kept {
			t.Error("it is not back")
		}
	})
	t.Run("after the rename back", func(t *testing.T) {
		h := newHost(t)
		e := h.quarantined("db")
		h.must(os.Rename(string(e.Place), string(e.From)))
		if moved, err := h.Moved(e.ID); moved || err != nil {
			t.Errorf("moved %v %v", moved, err)
		}
		h.must(h.PutBack(e.ID))
		h.wantNames(h.path("lib/microtui/trash"))
		h.wantNames(h.state(""), "db")
	})
	t.Run("after the record is gone", func(t *testing.T) {
		h := newHost(t)
		e := h.quarantined("db")
		h.must(os.Rename(string(e.Place), string(e.From)))
		h.must(os.Remove(h.recordPath(e.ID, "entry.json")))
		h.must(h.PutBack(e.ID))
		h.wantNames(h.path("lib/microtui/trash"))
	})
	t.Run("in the deletion", func(t *testing.T) {
		h := newHost(t)
		e := h.quarantined("db")
		h.must(os.Rename(string(e.Place), h.recordPath(e.ID, "deleting")))
		wantError(t, h.PutBack(e.ID), model.ErrRefused, "has begun")
		if all := h.list(); len(all) != 1 || !all[0].Deleting || all[0].Missing || string(all[0].Place) != h.recordPath(e.ID, "deleting") {
			t.Errorf("%+v", all)
		}
		_, err := h.Quarantine(h.entryAgain(e))
		wantError(t, err, model.ErrRefused, "has begun")
		_, err = h.delete(e.ID)
		h.must(err)
		h.wantNames(h.path("lib/microtui/trash"))
	})
	t.Run("after the deletion", func(t *testing.T) {
		h := newHost(t)
		e := h.quarantined("db")
		h.must(os.RemoveAll(string(e.Place)))
		if all := h.list(); len(all) != 1 || !all[0].Missing {
			t.Errorf("%+v", all)
		}
		wantError(t, h.PutBack(e.ID), model.ErrUnknown, "is gone")
		_, err := h.delete(e.ID)
		h.must(err)
		_, err = h.delete(e.ID)
		h.must(err)
		h.wantNames(h.path("lib/microtui/trash"))
	})
}

// recorded writes the record of an entry, and moves nothing.
func (h *host) recorded(e model.TrashEntry) model.TrashEntry {
	h.t.Helper()
	e.From = model.Raw(h.state(string(e.Name)))
	text, err := json.Marshal(e)
	h.must(err)
	h.must(os.MkdirAll(h.recordPath(e.ID, ""), 0o700))
	h.must(os.WriteFile(h.recordPath(e.ID, "entry.json"), text, 0o600))
	return e
}

func TestEntryOfAnotherDirectory(t *testing.T) {
	h := newHost(t)
	e := h.quarantined("db")
	other := h.entry("web", h.vm("web"))
	other.ID = e.ID
	_, err := h.Quarantine(other)
	wantError(t, err, model.ErrRefused, "belongs to")
	h.must(os.Rename(string(e.Place), h.path("away")))
	_, err = h.Quarantine(h.entryAgain(e))
	wantError(t, err, model.ErrRefused, "is not there")
	h.must(os.Mkdir(string(e.Place), 0o700))
	wantError(t, h.PutBack(e.ID), model.ErrStale, "not the directory that was moved there")
	_, err = h.delete(e.ID)
	wantError(t, err, model.ErrStale, "not the directory that was moved there")
	if !exists(string(e.Place)) {
		t.Error("it is gone")
	}
}

// TestSweep: what was only prepared goes once its operation is over, with or
// without a record; what holds a directory stays.
func TestSweep(t *testing.T) {
	h := newHost(t)
	moved := h.quarantined("mail")
	prepared := h.entry("db", h.vm("db"))
	made, err := h.Prepare(prepared)
	h.must(err)
	if !made {
		t.Fatal("not prepared")
	}
	torn := h.entry("db", prepared.Directory)
	h.must(os.MkdirAll(h.recordPath(torn.ID, ""), 0o700))
	h.must(os.WriteFile(h.recordPath(torn.ID, "entry.json.new"), []byte("{"), 0o600))
	beside := filepath.Join(h.state(".microtui-trash"), torn.ID)
	h.must(os.MkdirAll(beside, 0o700))
	h.must(os.WriteFile(filepath.Join(beside, "entry.json.new"), nil, 0o600))

	h.must(os.WriteFile(h.recordPath(moved.ID, "entry.json.new"), nil, 0o600))
	h.must(h.Sweep(func(string) bool { return false }))
	h.wantNames(h.path("lib/microtui/trash"), moved.ID, prepared.ID, torn.ID)
	h.wantNames(h.recordPath(moved.ID, ""), "entry.json", "entry.json.new", "state")
	h.must(h.Sweep(func(operation string) bool { return operation+".1" == moved.ID }))
	h.wantNames(h.path("lib/microtui/trash"), moved.ID)
	h.wantNames(h.recordPath(moved.ID, ""), "entry.json", "state")
	h.wantNames(h.state(".microtui-trash"))
	if all := h.list(); len(all) != 1 || all[0].ID != moved.ID {
		t.Errorf("%+v", all)
	}
	h.wantNames(h.state("db"), "disk.img")
}
