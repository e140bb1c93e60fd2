package e2e

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"microtui/lab"
	"microtui/lab/fixture"
	"microtui/lab/seeds"
	"microtui/model"
)

// newDraft is a host with a flake in which there is a VM that it does not have.
func newDraft(t *testing.T) *built {
	t.Helper()
	b := &built{Host: fixture.NewHost(t, fixture.Options{}), vm: "web", since: time.Now()}
	b.revise()
	return b
}

// passing is of a file what no two have in common.
var passing = regexp.MustCompile(`inode \d+ | at [\d.]+`)

// made is the manifest of a VM's directory, without that.
func (b *built) made(t *testing.T) map[string]string {
	t.Helper()
	all := manifest(t, b.Dir(b.vm))
	for path, is := range all {
		all[path] = passing.ReplaceAllString(is, "")
	}
	return all
}

// upstreams is what microvm -c makes of the VM, which is gone again afterwards.
func (b *built) upstreams(t *testing.T) (files, roots map[string]string) {
	t.Helper()
	b.UpstreamCreate(b.vm, b.flake, nil)
	files, roots = b.made(t), gcroots(t)
	shell(t, "rm", "-r", b.Dir(b.vm))
	for link := range roots {
		shell(t, "rm", "/nix/var/nix/gcroots/microvm/"+link)
	}
	return files, roots
}

// TestCreate: a VM that is created is the one that microvm -c makes: the same
// files, owners, modes and links, and it is imperative and kept. It starts, is
// updated without a question about its flake, and goes to the trash, from where
// its name is taken.
func TestCreate(t *testing.T) {
	lab.Require(t)
	b := newDraft(t)
	refused := func(words string, args ...string) {
		t.Helper()
		if got := answer(t, program(append([]string{"create"}, args...)...)); got.status != 3 || !strings.Contains(got.out+got.err, words) {
			t.Errorf("create %q: %+v", args, got)
		}
	}
	isNot := func(when string) {
		t.Helper()
		if _, err := os.Lstat(b.Dir(b.vm)); err == nil || len(gcroots(t)) > 0 {
			t.Errorf("%s: it is there, with the roots %v: %v", when, gcroots(t), err)
		}
		leavesNothing(t)
	}

	refused("has no nixosConfigurations.wbe; it has web", "wbe", b.flake, "--yes")
	refused("not confirmed; use --yes", b.vm, b.flake)
	if got := answer(t, program("create", b.vm, b.flake, "--dry-run")); got.status != 0 || !strings.Contains(got.out, "would be built") ||
		!strings.Contains(got.out, "build web ("+b.flake+")") {
		t.Errorf("dry run: %+v", got)
	}
	isNot("so far")
	files, roots := b.upstreams(t)

	if got := answer(t, program("create", b.vm, b.flake, "--yes")); got.status != 0 || !strings.Contains(got.out, "web: created") {
		t.Fatalf("create: %+v", got)
	}
	if is := b.made(t); !maps.Equal(is, files) {
		t.Errorf("there is\n%v\nand microvm -c makes\n%v", is, files)
	}
	if is := gcroots(t); !maps.Equal(is, roots) {
		t.Errorf("the roots are %v, those of microvm -c %v", is, roots)
	}
	b.isHeld(t, "created")
	leavesNothing(t)
	if lines := list(t).lines(); !slices.Equal(lines, []string{"web stopped imperative current kept"}) {
		t.Errorf("it is listed as %q", lines)
	}
	refused("the name is taken", b.vm, b.flake, "--yes")

	shell(t, lab.ProgramPath, "start", b.vm)
	b.revise()
	if got := answer(t, program("update", b.vm, "--yes")); got.status != 0 || strings.Contains(got.err, "for the first time") {
		t.Errorf("update: %+v", got)
	}
	shell(t, lab.ProgramPath, "purge", b.vm, "--confirm", b.vm)
	refused("microtui restore web", b.vm, b.flake, "--yes")
	isNot("in the trash")
	shell(t, lab.ProgramPath, "restore", b.vm)
	if is := b.made(t); is["flake"] != files["flake"] {
		t.Errorf("restored: %v", is)
	}
}

// TestCreateIsAllOrNothing: an executor that creates a VM is killed right before
// each system call that changes something. Whoever takes the operation up leaves
// a whole VM, or nothing of it.
func TestCreateIsAllOrNothing(t *testing.T) {
	lab.Require(t)
	b := newDraft(t)
	files, roots := b.upstreams(t)
	seed := seeds.For(t)
	random := rand.New(rand.NewPCG(seed, 0))
	runner := b.runner(t)
	plan := func(i model.Inventory) model.Plan {
		return model.PlanCreate(i, []model.Built{{VM: model.Raw(b.vm), Runner: model.Raw(runner)}}, model.Raw(b.flake))
	}
	// ended looks at how one has ended, and takes the VM away.
	ended := func(when, id string) (state string) {
		t.Helper()
		o := operationOf(t, id)
		_, err := os.Lstat(b.Dir(b.vm))
		switch {
		case o.State == "done":
			if is := b.made(t); !maps.Equal(is, files) || !maps.Equal(gcroots(t), roots) {
				t.Errorf("%s: there is\n%v, %v\nand not\n%v, %v", when, is, gcroots(t), files, roots)
			}
			b.isHeld(t, when)
		case o.State != "undone" || err == nil || len(gcroots(t)) > 0:
			t.Errorf("%s: %s, and the roots are %v: %v", when, o, gcroots(t), err)
		}
		leavesNothing(t)
		if o.State == "done" {
			shell(t, lab.ProgramPath, "purge", b.vm, "--now", "--confirm", b.vm)
		}
		if text, _ := os.ReadFile("/var/lib/microtui/built-from.json"); strings.Contains(string(text), b.flake) {
			t.Errorf("%s: what it was built from is remembered: %s", when, text)
		}
		return o.State
	}

	id := recordOnly(t, plan)
	calls := len(runWatched(t, undisturbed, lab.ProgramPath, "operation", "run", id))
	ended("undisturbed", id)
	if calls < 25 {
		t.Fatalf("only %d system calls of a creation change something", calls)
	}
	ends := make(map[string]int)
	for _, n := range someOf(random, calls, 8) {
		id := recordOnly(t, plan)
		ends[ended(killAt(t, n, id), id)]++
	}
	for n := range 2 { // around the rename that makes it
		id := recordOnly(t, plan)
		when := killAtNth(t, []string{"renameat2", "symlinkat"}[n], 1+n, id)
		settle(t, id)
		ends[ended(when, id)]++
	}
	t.Logf("seed %d: %d system calls; %v", seed, calls, ends)

	// Somebody else's directory that came into its place stays as it is.
	id = recordOnly(t, plan)
	when := killAtNth(t, "renameat2", 1, id)
	b.Create(b.vm)
	others, theirRoots := manifest(t, b.Dir(b.vm)), gcroots(t)
	settle(t, id)
	if o := operationOf(t, id); o.State != "undone" {
		t.Errorf("%s, with another's directory in its place: %s", when, o)
	}
	if is := manifest(t, b.Dir(b.vm)); !maps.Equal(is, others) || !maps.Equal(gcroots(t), theirRoots) {
		t.Errorf("%s: of another's directory there is\n%v\nand was\n%v", when, is, others)
	}
	leavesNothing(t)
}

// TestCreateFails: where there is no room for its directory, or for one of its
// gcroot links only, nothing of the VM is left, and what is said says why. Once
// there is room, it is created.
func TestCreateFails(t *testing.T) {
	lab.Require(t)
	b := newDraft(t)
	stateDir, roots := newTmpfs(t, b.StateDir()), newTmpfs(t, "/nix/var/nix/gcroots/microvm")
	t.Cleanup(func() { shell(t, "umount", "--lazy", stateDir, roots) })
	for name, test := range map[string]struct {
		folder string
		files  int // that can still be made
		words  string
	}{
		"no room for its folder":  {stateDir, 0, "no space left on device"},
		"no room for its flake":   {stateDir, 2, "no space left on device"},
		"no room for its current": {stateDir, 3, "no space left on device"},
		"no room for a link":      {roots, 0, "no space left on device"},
		"room for one link":       {roots, 1, "no space left on device"},
	} {
		var disk unix.Statfs_t
		if err := unix.Statfs(test.folder, &disk); err != nil {
			t.Fatal(err)
		}
		shell(t, "mount", "-o", fmt.Sprintf("remount,nr_inodes=%d", int(disk.Files-disk.Ffree)+test.files), test.folder)
		got := answer(t, program("create", b.vm, b.flake, "--yes"))
		shell(t, "mount", "-o", "remount,nr_inodes=1000", test.folder)
		if got.status != 1 || !strings.Contains(got.err, test.words) {
			t.Errorf("%s: %+v", name, got)
		}
		if _, err := os.Lstat(b.Dir(b.vm)); err == nil || len(gcroots(t)) > 0 {
			t.Errorf("%s: it is there, and the roots are %v: %v", name, gcroots(t), err)
		}
		leavesNothing(t)
	}
	if got := answer(t, program("create", b.vm, b.flake, "--yes")); got.status != 0 {
		t.Errorf("with room: %+v", got)
	}
	leavesNothing(t)
}
