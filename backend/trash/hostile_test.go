package trash

import (
	"context"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"microtui/model"
)

// Every folder of the trash is refused where others could have made it, or can
// look into it; nothing is moved then.
func TestHostileFolders(t *testing.T) {
	spoils := map[string]func(path string) error{
		"link": func(path string) error {
			if err := os.Rename(path, path+".real"); err != nil {
				return err
			}
			return os.Symlink(path+".real", path)
		},
		"owner": func(path string) error { return os.Chown(path, 1234, 0) },
		"mode":  func(path string) error { return os.Chmod(path, 0o755) },
		"group": func(path string) error { return os.Chmod(path, 0o710) },
		"file": func(path string) error {
			if err := os.Rename(path, path+".real"); err != nil {
				return err
			}
			return os.WriteFile(path, nil, 0o600)
		},
	}
	for what, spoil := range spoils {
		for _, where := range []string{"", "trash", "trash/ID"} {
			if what == "group" && where == "" {
				continue // others may pass through there
			}
			h := newHost(t)
			e := h.quarantined("db")
			h.must(spoil(strings.Replace(h.path("lib/microtui", where), "ID", e.ID, 1)))
			wantRefusal := func(err error) {
				t.Helper()
				wantError(t, err, model.ErrRefused, "")
			}
			wantRefusal(h.PutBack(e.ID))
			_, err := h.delete(e.ID)
			wantRefusal(err)
			_, err = h.Moved(e.ID)
			wantRefusal(err)
			_, err = h.List()
			wantRefusal(err)
			wantRefusal(h.Drop(e.ID))
			if where == "trash/ID" {
				continue
			}
			web := h.vm("web")
			_, err = h.Check(context.Background(), "web", web)
			wantRefusal(err)
			_, err = h.Quarantine(h.entry("web", web))
			wantRefusal(err)
			if h.id(h.state("web")) != web {
				t.Errorf("%s of %q: it was moved", what, where)
			}
		}
	}
}

func TestHostileRecords(t *testing.T) {
	good := func(h *host, e model.TrashEntry) string {
		text, err := os.ReadFile(h.recordPath(e.ID, "entry.json"))
		h.must(err)
		return string(text)
	}
	write := func(h *host, e model.TrashEntry, text string) {
		h.must(os.WriteFile(h.recordPath(e.ID, "entry.json"), []byte(text), 0o600))
	}
	remove := func(h *host, e model.TrashEntry) string {
		h.must(os.Remove(h.recordPath(e.ID, "entry.json")))
		return h.recordPath(e.ID, "entry.json")
	}
	for what, spoil := range map[string]func(h *host, e model.TrashEntry){
		"garbage": func(h *host, e model.TrashEntry) { write(h, e, "\x00\xff{") },
		"empty":   func(h *host, e model.TrashEntry) { write(h, e, "") },
		"none":    func(h *host, e model.TrashEntry) { remove(h, e) },
		"huge":    func(h *host, e model.TrashEntry) { h.must(os.Truncate(h.recordPath(e.ID, "entry.json"), 10<<30)) },
		"fifo":    func(h *host, e model.TrashEntry) { h.must(unix.Mkfifo(remove(h, e), 0o600)) },
		"link":    func(h *host, e model.TrashEntry) { h.must(os.Symlink("/etc/passwd", remove(h, e))) },
		"folder":  func(h *host, e model.TrashEntry) { h.must(os.Mkdir(remove(h, e), 0o700)) },
		"writable": func(h *host, e model.TrashEntry) {
			h.must(os.Chmod(h.recordPath(e.ID, "entry.json"), 0o666))
		},
		"other id": func(h *host, e model.TrashEntry) {
			write(h, e, strings.Replace(good(h, e), e.ID, "20261103-120411-a1b2.99", 1))
		},
		"other place": func(h *host, e model.TrashEntry) {
			write(h, e, strings.Replace(good(h, e), `"place":"`, `"place":"/etc/`, 1))
		},
		"path for a name": func(h *host, e model.TrashEntry) {
			write(h, e, strings.Replace(good(h, e), `"name":"db"`, `"name":"../db"`, 1))
		},
		"other name": func(h *host, e model.TrashEntry) {
			write(h, e, strings.Replace(good(h, e), `"name":"db"`, `"name":"web"`, 1))
		},
		"no identity": func(h *host, e model.TrashEntry) {
			write(h, e, strings.Replace(good(h, e), `"directory":`, `"x":`, 1))
		},
	} {
		t.Run(what, func(t *testing.T) {
			h := newHost(t)
			e := h.quarantined("db")
			sound := h.quarantined("web")
			spoil(h, e)
			for _, op := range []func() error{
				func() error { return h.PutBack(e.ID) },
				func() error { _, err := h.delete(e.ID); return err },
				func() error { return h.Drop(e.ID) },
			} {
				if err := op(); err == nil || strings.Contains(err.Error(), "\n") {
					t.Errorf("%v", err)
				}
			}
			all, err := h.List()
			if err == nil || len(all) != 1 || all[0].ID != sound.ID {
				t.Errorf("listed %+v, %v", all, err)
			}
			h.wantContent(h.recordPath(e.ID, "state/disk.img"), "data of db")
		})
	}
}

// What is no entry is left alone.
func TestStrangeThingsInTheTrash(t *testing.T) {
	h := newHost(t)
	if all := h.list(); len(all) != 0 || exists(h.path("lib/microtui")) {
		t.Error("looking made a trash")
	}
	first, second := h.quarantined("db"), h.quarantined("web")
	h.must(os.MkdirAll(h.path("lib/microtui/trash/mine/state"), 0o700))
	h.must(os.WriteFile(h.path("lib/microtui/trash/20261103-120411-a1b2.8"), nil, 0o600))
	h.must(os.MkdirAll(h.recordPath("20261103-120411-a1b2.9", ""), 0o700))
	all, err := h.List()
	if len(all) != 2 || all[0].ID != first.ID || all[1].ID != second.ID || *all[1].Bytes != 2 || err == nil {
		t.Errorf("%+v %v", all, err)
	}
	h.must(os.WriteFile(h.recordPath(first.ID, "note"), nil, 0o600))
	if err := h.PutBack(first.ID); err == nil || !exists(h.state("db")) || !exists(h.recordPath(first.ID, "note")) {
		t.Errorf("%v", err)
	}
}

func TestPathsOfTheTrash(t *testing.T) {
	for _, paths := range []Paths{{"", "/var/lib/microvms"}, {"/var/lib/microtui", ""}, {"/", "/a"}, {"/a", "b"}, {"/a/", "/b"}, {"/a/../b", "/b"}} {
		if _, err := Open(paths); err == nil {
			t.Errorf("%q is taken", paths)
		}
	}
	h := newHost(t)
	id := h.vm("db")
	h.must(os.Rename(h.path("microvms"), h.path("real")))
	h.must(os.Symlink("real", h.path("microvms")))
	_, err := h.Quarantine(h.entry("db", id))
	wantError(t, err, model.ErrRefused, "symbolic link")
	_, err = h.Check(context.Background(), "db", id)
	wantError(t, err, model.ErrRefused, "symbolic link")
}
