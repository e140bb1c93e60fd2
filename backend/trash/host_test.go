package trash

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"microtui/lab"
	"microtui/model"
)

// roleVariable makes this program another one, which a test needs beside it.
const roleVariable = "TRASH_TEST_ROLE"

var roles = map[string]func(args []string) error{
	"swap":   swapForever,
	"delete": deleteWithLittle,
	"check":  checkElsewhere,
}

func TestMain(m *testing.M) {
	if role := roles[os.Getenv(roleVariable)]; role != nil {
		if err := role(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	lab.Main(m, lab.Options{})
}

// inRole is this program in a role.
func inRole(role string, args ...string) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe", args...)
	cmd.Env = append(os.Environ(), roleVariable+"="+role)
	cmd.Stderr = os.Stderr
	return cmd
}

// host is a state directory and a trash in a temporary tree.
type host struct {
	Trash
	t    testing.TB
	root string
	next int
}

func newHost(t testing.TB) *host {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root: the trash is root's")
	}
	root, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	h := &host{t: t, root: root}
	h.must(os.MkdirAll(h.state(""), 0o755))
	h.must(os.MkdirAll(h.path("lib"), 0o755))
	h.Trash, err = Open(Paths{Record: h.path("lib/microtui"), StateDir: h.state("")})
	h.must(err)
	return h
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (h *host) must(err error) { h.t.Helper(); must(h.t, err) }

func (h *host) path(parts ...string) string {
	return filepath.Join(append([]string{h.root}, parts...)...)
}

// state is a path in the state directory.
func (h *host) state(name string) string { return h.path("microvms", name) }

// vm makes a VM's directory with a volume, and returns its identity.
func (h *host) vm(name string) model.FileID {
	h.t.Helper()
	h.must(os.Mkdir(h.state(name), 0o755))
	h.must(os.WriteFile(h.state(name)+"/disk.img", []byte("data of "+name), 0o640))
	return h.id(h.state(name))
}

func (h *host) id(path string) model.FileID {
	h.t.Helper()
	st, err := statAt(unix.AT_FDCWD, path)
	h.must(err)
	return st.ID
}

// entry is a new entry for a directory.
func (h *host) entry(name string, id model.FileID) model.TrashEntry {
	h.next++
	bytes := uint64(h.next)
	return model.TrashEntry{
		ID: fmt.Sprintf("20261103-120411-a1b2.%d", h.next), Name: model.Raw(name), Kind: model.KindVM, Directory: id,
		PurgedAt: time.Date(2026, 11, 3, 12, 4, h.next%60, h.next, time.UTC), By: "alice", Bytes: &bytes,
	}
}

// quarantined moves a new VM into the trash.
func (h *host) quarantined(name string) model.TrashEntry {
	h.t.Helper()
	e, err := h.Quarantine(h.entry(name, h.vm(name)))
	h.must(err)
	return e
}

// recordPath is a path in the folder of an entry.
func (h *host) recordPath(id, name string) string {
	return h.path("lib/microtui/trash", id, name)
}

func (h *host) delete(id string) (uint64, error) {
	return h.Delete(context.Background(), id, func(uint64, int) {})
}

func (h *host) list() []model.TrashEntry {
	h.t.Helper()
	entries, err := h.List()
	h.must(err)
	return entries
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// names are what lies in a folder.
func names(path string) []string {
	var all []string
	entries, _ := os.ReadDir(path)
	for _, entry := range entries {
		all = append(all, entry.Name())
	}
	return all
}

func (h *host) wantNames(path string, want ...string) {
	h.t.Helper()
	slices.Sort(want)
	if got := names(path); !slices.Equal(got, want) {
		h.t.Errorf("%s holds %q, not %q", path, got, want)
	}
}

// wantContent checks a file that must have survived.
func (h *host) wantContent(path, want string) {
	h.t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		h.t.Errorf("%s: %q, %v", path, got, err)
	}
}

// wantError checks the kind of an error, a part of its text, and that it is one
// line.
func wantError(t testing.TB, err, kind error, part string) {
	t.Helper()
	if !errors.Is(err, kind) || !strings.Contains(err.Error(), part) || strings.Contains(err.Error(), "\n") {
		t.Errorf("error %v, not %v with %q on a line", err, kind, part)
	}
}

func command(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// mounted mounts something for the time of a test.
func mounted(t testing.TB, where string, args ...string) {
	t.Helper()
	must(t, os.MkdirAll(where, 0o755))
	command(t, "mount", append(args, where)...)
	t.Cleanup(func() { unmount(where) })
}

func unmount(where string) { exec.Command("umount", "-l", where).Run() }
