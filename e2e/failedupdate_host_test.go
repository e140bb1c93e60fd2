package e2e

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"microtui/lab"
)

// TestUpdateFails: an update from a flake that is broken, that needs a network
// which is not there, or whose build fails, finds the disk full, is cancelled,
// or loses its executor, says so in nix's own words on one line. What the VM has stays as it
// is, and nothing is left behind; when there is nothing wrong any more, the next
// update works.
func TestUpdateFails(t *testing.T) {
	lab.Require(t)
	b := newBuilt(t)
	stateDir := onOwnDisk(t, b)
	before, roots, ours := manifest(t, b.Dir(b.vm)), gcroots(t), linksIn(t, "/nix/var/nix/gcroots/microtui")
	unchanged := func(when string) {
		t.Helper()
		if is := manifest(t, b.Dir(b.vm)); !maps.Equal(is, before) {
			t.Errorf("%s: of the VM there is\n%v\nand was\n%v", when, is, before)
		}
		if is := linksIn(t, "/nix/var/nix/gcroots/microtui"); !maps.Equal(is, ours) || !maps.Equal(gcroots(t), roots) {
			t.Errorf("%s: the roots are %v and %v", when, is, gcroots(t))
		}
		leavesNothing(t)
	}
	small := `build "mkdir -p $out/bin; cp /bin/true $out/bin/microvm-run"`
	for _, test := range []struct {
		name, inputs, runner string
		during               func() (after func())
		words                string
	}{
		{"broken", "", `throw "no such thing"`, nil, "nix: no such thing"},
		{"no Nix", "", `"`, nil, "nix: syntax error, unexpected end of file"},
		{"network", `inputs.x.url = "git+https://user:hunter22@127.0.0.1:1/x.git";`, `all.x`, nil, "Failed to connect to 127.0.0.1"},
		{"build", "", `build "echo last words >&2; exit 3"`, nil, "failed with exit code 3: last words"},
		{"no runner", "", `build "mkdir $out"`, nil, "has no bin/microvm-run"},
		{"full store", "", `build "mkdir -p $out/bin; head -c 64M /dev/zero > $out/bin/microvm-run"`, func() func() { return fill16MiB(t, "/nix") }, "No space left on device"},
		{"no room for roots", "", small, func() func() { return noMoreFiles(t, newTmpfs(t, "/nix/var/nix/gcroots/microtui")) }, "No space left on device"},
		{"full state directory", "", small, func() func() { return noMoreFiles(t, stateDir) }, "make link in " + b.Dir(b.vm) + ": no space left on device"},
	} {
		writeFlake(t, test.inputs, test.runner)
		after := func() {}
		if test.during != nil {
			after = test.during()
		}
		got := answer(t, program("update", b.vm, "--yes"))
		after()
		_, said, cautioned := strings.Cut(got.err, "for the first time: path:/srv/flakes/fleet\n")
		if !cautioned {
			said = got.err
		}
		if got.status != 1 || !strings.Contains(said, test.words) || strings.Count(said, "\n") != 1 || strings.Contains(got.out+got.err, "hunter22") {
			t.Errorf("%s: %+v", test.name, got)
		}
		unchanged(test.name)
	}

	for name, end := range map[string]func(id string){
		"cancelled": func(id string) { shell(t, lab.ProgramPath, "ops", "cancel", id) },
		"interrupted": func(id string) {
			shell(t, "systemctl", "kill", "--kill-whom=main", "--signal=KILL", "microtui-"+id+".service")
		},
	} {
		c, builder := b.beginSlowBuild(t)
		end(c.id)
		if status := c.end(t); status != 1 || !strings.Contains(c.err.String(), ": "+name) {
			t.Errorf("%s: %d, %s", name, status, c.err.String())
		}
		if err := unix.Kill(builder, 0); !errors.Is(err, unix.ESRCH) {
			t.Errorf("%s: its builder, process %d, goes on: %v", name, builder, err)
		}
		unchanged(name)
	}

	b.revise()
	if got := answer(t, program("update", b.vm, "--yes")); got.status != 0 {
		t.Errorf("with nothing wrong: %+v", got)
	}
	if b.named(t)["old"] == "" {
		t.Error("with nothing wrong, it was not updated")
	}
	leavesNothing(t)
}

// beginSlowBuild begins an update whose build does not end, and gives the
// process that builds.
func (b *built) beginSlowBuild(t *testing.T) (c *client, builder int) {
	t.Helper()
	const mark = "/run/lab/builder"
	_ = os.Remove(mark)
	writeFlake(t, "", fmt.Sprintf(`build "# %d\necho $$ > %[2]s.new; mv %[2]s.new %[2]s; exec sleep inf"`, time.Now().UnixNano(), mark))
	c = begin(t, b.Host, "update", b.vm, "--yes")
	b.Await("the builder", func() bool {
		text, _ := os.ReadFile(mark)
		builder, _ = strconv.Atoi(strings.TrimSpace(string(text)))
		return builder > 0
	})
	return c, builder
}

// writeFlake makes the flake of the VM one whose runner is an expression.
func writeFlake(t *testing.T, inputs, runner string) {
	t.Helper()
	text := fmt.Sprintf(`{
  %s
  outputs = all: let
    build = text: derivation { name = "microvm-qemu-web"; inherit text; system = "x86_64-linux"; builder = "/bin/sh"; args = [ "-c" text ]; PATH = "/usr/bin:/bin"; };
  in { nixosConfigurations.web.config.microvm.declaredRunner = %s; };
}
`, inputs, runner)
	if err := os.WriteFile("/srv/flakes/fleet/flake.nix", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// onOwnDisk moves the state directory to a file system of its own, with its VM
// stopped, and gives its path.
func onOwnDisk(t *testing.T, b *built) (path string) {
	t.Helper()
	b.Stop(b.vm)
	path = b.StateDir()
	shell(t, "cp", "-a", path, "/var/lib/elsewhere")
	shell(t, "mount", "-t", "tmpfs", "-o", "mode=0775", "tmpfs", path)
	t.Cleanup(func() { shell(t, "umount", "--lazy", path) })
	shell(t, "chown", "microvm:kvm", path)
	shell(t, "cp", "-a", "/var/lib/elsewhere/.", path)
	shell(t, "rm", "-r", "/var/lib/elsewhere")
	return path
}

func newTmpfs(t *testing.T, path string) string {
	t.Helper()
	if err := os.MkdirAll(path, 0o755); err != nil {
		t.Fatal(err)
	}
	shell(t, "mount", "-t", "tmpfs", "-o", "mode=0755", "tmpfs", path)
	return path
}

// noMoreFiles makes a tmpfs one on which no file can be made any more, until it
// is given back. One that was made for that goes.
func noMoreFiles(t *testing.T, path string) (after func()) {
	t.Helper()
	var disk unix.Statfs_t
	if err := unix.Statfs(path, &disk); err != nil {
		t.Fatal(err)
	}
	shell(t, "mount", "-o", fmt.Sprintf("remount,nr_inodes=%d", disk.Files-disk.Ffree), path)
	return func() {
		if disk.Files-disk.Ffree == 1 {
			shell(t, "umount", path)
			return
		}
		shell(t, "mount", "-o", "remount,nr_inodes=0", path)
	}
}

// fill16MiB leaves 16 MiB on a tmpfs, until it is given back.
func fill16MiB(t *testing.T, path string) (after func()) {
	t.Helper()
	var disk unix.Statfs_t
	if err := unix.Statfs(path, &disk); err != nil {
		t.Fatal(err)
	}
	size := func(bytes uint64) { shell(t, "mount", "-o", fmt.Sprintf("remount,size=%d", bytes), path) }
	size((disk.Blocks-disk.Bfree)*uint64(disk.Bsize) + 16<<20)
	return func() { size(disk.Blocks * uint64(disk.Bsize)) }
}
