package statedir

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"microtui/model"
)

// host is a state directory, a store and a folder of roots in a temporary
// tree.
type host struct {
	*Reader
	t    testing.TB
	root string
	dir  string
}

func newHost(t testing.TB) *host {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	h := &host{Reader: New(), t: t, root: root, dir: filepath.Join(root, "microvms")}
	h.store, h.gcroots = h.path("store"), h.path("gcroots")
	t.Cleanup(h.Close)
	h.mkdir("microvms")
	h.mkdir("store")
	return h
}

func (h *host) path(name string) string { return filepath.Join(h.root, name) }

func (h *host) mkdir(name string) {
	h.t.Helper()
	h.must(os.MkdirAll(h.path(name), 0o755))
}

func (h *host) write(name, text string) {
	h.t.Helper()
	h.must(os.MkdirAll(filepath.Dir(h.path(name)), 0o755))
	h.must(os.WriteFile(h.path(name), []byte(text), 0o644))
}

func (h *host) link(name, target string) {
	h.t.Helper()
	h.must(os.MkdirAll(filepath.Dir(h.path(name)), 0o755))
	h.must(os.Symlink(target, h.path(name)))
}

func (h *host) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *host) read(declared ...model.Raw) Reading {
	return h.Read(context.Background(), model.Raw(h.dir), declared)
}

// vm reads the host and returns the directory of that name.
func (h *host) vm(name string) model.Directory {
	h.t.Helper()
	for _, d := range h.read().StateDir.Directories {
		if d.Name == model.Raw(name) {
			return d
		}
	}
	h.t.Fatalf("no directory %q", name)
	return model.Directory{}
}

// runner puts a runner into the store and returns its path.
func (h *host) runner(name string, files map[string]string) model.Raw {
	h.t.Helper()
	path := "store/0123456789abcdfghijklmnpqrsvwxyz-" + name
	h.mkdir(path + "/bin")
	for file, text := range files {
		if filepath.Dir(file) == "bin" { // as NixOS has it: a link to a path of its own
			h.write("store/script-"+filepath.Base(file)+"-"+name, text)
			h.link(path+"/"+file, h.path("store/script-"+filepath.Base(file)+"-"+name))
			continue
		}
		h.write(path+"/"+file, text)
	}
	return model.Raw(h.path(path))
}

// settle reads until what a directory held is taken from an earlier reading.
func (h *host) settle(name string) Reading {
	h.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		before := h.seen[name]
		reading := h.read()
		if before != nil && h.seen[name] == before {
			return reading
		}
	}
	h.t.Fatalf("%s does not settle", name)
	return Reading{}
}
