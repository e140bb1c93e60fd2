package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// leavesNothing checks that operations left nothing behind that is not meant
// to be there: no service, process, lock, operation in doubt, temporary file or
// link, and no root of what nothing names.
func leavesNothing(t *testing.T) {
	t.Helper()
	leavesNoService(t)
	for _, o := range operations(t) {
		if o.State == "running" || o.State == "interrupted" {
			t.Errorf("operation %s is left %s", o.ID, o.State)
		}
	}
	leavesNoProcess(t)
	leavesNoLock(t)
	leavesNoFile(t)
	leavesNoRoot(t)
}

// leavesNoService waits for the services of operations to go: one ends right
// after its operation has, and who waited for that goes on at once.
func leavesNoService(t *testing.T) {
	t.Helper()
	for until := time.Now().Add(time.Minute); ; {
		units := shell(t, "systemctl", "list-units", "--all", "--plain", "--no-legend", "microtui-*")
		if units == "" {
			return
		}
		if time.Now().After(until) {
			t.Fatalf("services are left: %s", units)
		}
	}
}

func leavesNoProcess(t *testing.T) {
	t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range lines {
		text, _ := os.ReadFile(path)
		words := strings.Split(string(text), "\x00")
		if len(words) > 2 && words[1] == "operation" || filepath.Base(words[0]) == "nix" {
			t.Errorf("a process is left: %q", words)
		}
	}
}

func leavesNoLock(t *testing.T) {
	t.Helper()
	locks, err := filepath.Glob("/run/microtui/*.lock")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range locks {
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
			t.Errorf("%s is left locked", path)
		}
		file.Close()
	}
}

func leavesNoFile(t *testing.T) {
	t.Helper()
	for _, pattern := range []string{
		"/var/lib/microtui/.*", "/var/lib/microtui/bin/.*", "/var/lib/microtui/*.new", "/var/lib/microtui/*/*/*.new", "/var/lib/microvms/.microtui-new-*", "/var/lib/microvms/*/.*microtui*",
		"/nix/var/nix/gcroots/*/.*", "/nix/var/nix/gcroots/*/*.tmp-*",
	} {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			t.Errorf("left: %q", found)
		}
	}
	for id, place := range inTrash() {
		if _, err := os.Lstat(place); err != nil {
			t.Errorf("the trash entry %s is empty: %v", id, err)
		}
	}
}

// inTrash are the places of what is in the trash, by id.
func inTrash() map[string]string {
	places := make(map[string]string)
	for _, folder := range []string{"/var/lib/microtui/trash", "/var/lib/microvms/.microtui-trash"} {
		ids, _ := os.ReadDir(folder)
		for _, id := range ids {
			if !id.IsDir() {
				continue // a list of ours beside them
			}
			places[id.Name()] = filepath.Join(folder, id.Name(), "state")
		}
	}
	return places
}

// leavesNoRoot checks the roots of garbage collection: ours keep what the links
// of a VM, or of an entry in the trash, name, and those of microvm.nix lead to
// a VM.
func leavesNoRoot(t *testing.T) {
	t.Helper()
	trashed := inTrash()
	for name, target := range linksIn(t, "/nix/var/nix/gcroots/microtui") {
		kind, rest, _ := strings.Cut(name, ".")
		of := rest[:max(strings.LastIndexByte(rest, '.'), 0)]
		directory := map[string]string{"vm": "/var/lib/microvms/" + of, "trash": trashed[of]}[kind]
		if !slices.Contains(namedIn(directory), target) {
			t.Errorf("a root is left of what nothing names: %s, which keeps %s", name, target)
		}
	}
	for name, target := range gcroots(t) {
		if _, err := os.Lstat(filepath.Dir(target)); err != nil {
			t.Errorf("a root of microvm.nix is left: %s to %s", name, target)
		}
	}
	for name, target := range linksIn(t, "/nix/var/nix/gcroots/auto") {
		if _, err := os.Lstat(target); err != nil && strings.Contains(target, "/microtui/") {
			t.Errorf("nix's link is left to a link of ours: %s to %s", name, target)
		}
	}
}

// linksIn are the links in a folder, with what they say.
func linksIn(t *testing.T, folder string) map[string]string {
	t.Helper()
	all := make(map[string]string)
	entries, err := os.ReadDir(folder)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, entry := range entries {
		target, err := os.Readlink(filepath.Join(folder, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[entry.Name()] = target
	}
	return all
}

// gcroots are the links of microvm.nix.
func gcroots(t *testing.T) map[string]string {
	t.Helper()
	return linksIn(t, "/nix/var/nix/gcroots/microvm")
}

// namedIn are the runners that the links in a VM's directory name.
func namedIn(directory string) (runners []string) {
	for _, link := range []string{"current", "booted", "old"} {
		if target, err := os.Readlink(filepath.Join(directory, link)); err == nil {
			runners = append(runners, target)
		}
	}
	slices.Sort(runners)
	return slices.Compact(runners)
}
