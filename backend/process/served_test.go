package process

import (
	"net"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"microtui/lab"
	"microtui/model"
)

// secrets makes a folder of secrets' generations, in memory, with a link to
// the first, as sops-nix does. The secrets of one VM are in a folder of their
// own: qemu's virtiofsd takes no source that is itself a link.
func secrets(t *testing.T) (folder, link string) {
	t.Helper()
	place, err := os.MkdirTemp("/run", "secrets")
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(place) })
	folder = place + "/secrets.d"
	must(t, os.Mkdir(folder, 0o751))
	must(t, unix.Mount("ramfs", folder, "ramfs", 0, ""))
	t.Cleanup(func() { unix.Unmount(folder, unix.MNT_DETACH) })
	must(t, os.MkdirAll(folder+"/1/web", 0o751))
	link = place + "/secrets"
	must(t, os.Symlink(folder+"/1", link))
	return folder, link
}

// serve starts a real virtiofsd in a VM's unit, which has a /tmp of its own as
// microvm.nix's has. It enters its sandbox when a guest connects.
func serve(t *testing.T, vm, source, sandbox string) (socket string) {
	t.Helper()
	dir, unit := vmDir(t, vm), "microvm-virtiofsd@"+vm+".service"
	command(t, "systemd-run", "--collect", "--unit="+unit, "-p", "WorkingDirectory="+dir, "-p", "PrivateTmp=yes",
		"/usr/lib/qemu/virtiofsd", "-f", "--socket-path=virtiofs.sock", "-o", "cache=auto,sandbox="+sandbox+",source="+source)
	t.Cleanup(func() { exec.Command("systemctl", "stop", unit).Run() })
	return dir + "/virtiofs.sock"
}

func connect(t *testing.T, socket string) {
	t.Helper()
	wait(t, "the socket of virtiofsd", func() error {
		client, err := net.Dial("unix", socket)
		if err == nil {
			t.Cleanup(func() { client.Close() })
		}
		return err
	})
}

// awaitServed reads until one process serves something.
func awaitServed(t *testing.T) *model.Served {
	t.Helper()
	var all []model.Process
	lab.Await(t, "a virtiofsd that serves", func() bool {
		all = serving(reading(t, New(), question()))
		return len(all) > 0
	})
	if len(all) > 1 {
		t.Fatalf("%d processes serve one directory", len(all))
	}
	return all[0].Serves
}

func serving(r Reading) []model.Process {
	var all []model.Process
	for _, p := range r.Processes {
		if p.Serves != nil {
			all = append(all, p)
		}
	}
	return all
}

func idOf(t *testing.T, path string) model.FileID {
	t.Helper()
	var st unix.Statx_t
	must(t, unix.Statx(unix.AT_FDCWD, path, 0, unix.STATX_INO, &st))
	return fileID(st)
}

// What a virtiofsd serves stays what it was, wherever the link leads meanwhile;
// once the directory is removed, the kernel says so.
func TestServedGeneration(t *testing.T) {
	lab.Require(t)
	folder, link := secrets(t)
	first := idOf(t, folder+"/1/web")
	socket := serve(t, "web", link+"/web", "namespace")
	connect(t, socket)
	want := &model.Served{Source: model.Raw(link + "/web"), Socket: "virtiofs.sock", ID: first, Path: "/1/web"}
	if diff := cmp.Diff(want, awaitServed(t)); diff != "" {
		t.Error("fresh:", diff)
	}

	must(t, os.MkdirAll(folder+"/2/web", 0o751))
	must(t, os.Remove(link))
	must(t, os.Symlink(folder+"/2", link))
	if diff := cmp.Diff(want, awaitServed(t)); diff != "" {
		t.Error("the link moved:", diff)
	}
	if idOf(t, link+"/web") == first {
		t.Error("the link leads to the same directory")
	}

	must(t, os.RemoveAll(folder+"/1"))
	want.Deleted = true
	if diff := cmp.Diff(want, awaitServed(t)); diff != "" {
		t.Error("removed:", diff)
	}
}

// Without root, what others serve is not known.
func TestServedUnprivileged(t *testing.T) {
	if os.Geteuid() != 0 && os.Getenv(nobodyVariable) == "" {
		t.Skip("needs root, to run as nobody")
	}
	if os.Geteuid() != 0 {
		r := New().Read(t.Context(), question())
		if got := serving(r); len(got) != 0 || len(r.Processes) == 0 {
			t.Errorf("%+v of %d processes", got, len(r.Processes))
		}
		return
	}
	lab.Require(t)
	_, link := secrets(t)
	connect(t, serve(t, "web", link+"/web", "namespace"))
	awaitServed(t)
	asNobody(t)
}

// A settled virtiofsd is looked at again now and then.
func TestServedIsLookedAtAgain(t *testing.T) {
	lab.Require(t)
	folder, link := secrets(t)
	connect(t, serve(t, "web", link+"/web", "namespace"))
	awaitServed(t)
	r := New()
	later(r, question(), time.Minute)
	must(t, os.RemoveAll(folder+"/1"))
	if got := serving(later(r, question(), 3*time.Minute)); len(got) != 1 || !got[0].Serves.Deleted {
		t.Errorf("%+v", got)
	}
}

// Before a guest connects, the host's root is that of the virtiofsd: it tells
// nothing.
func TestNotServedYet(t *testing.T) {
	lab.Require(t)
	_, link := secrets(t)
	socket := serve(t, "web", link+"/web", "namespace")
	wait(t, "the socket of virtiofsd", func() error { _, err := os.Stat(socket); return err })
	r := reading(t, New(), question())
	if got := serving(r); len(got) != 0 {
		t.Errorf("%+v", got[0].Serves)
	}
	if len(r.Processes) == 0 {
		t.Error("the virtiofsd was not seen at all")
	}
}

func TestServedByChroot(t *testing.T) {
	lab.Require(t)
	folder, link := secrets(t)
	connect(t, serve(t, "web", link+"/web", "chroot"))
	want := &model.Served{Source: model.Raw(link + "/web"), Socket: "virtiofs.sock", ID: idOf(t, folder+"/1/web")}
	if diff := cmp.Diff(want, awaitServed(t)); diff != "" {
		t.Error(diff)
	}
	must(t, os.RemoveAll(folder+"/1"))
	want.Deleted = true
	if diff := cmp.Diff(want, awaitServed(t)); diff != "" {
		t.Error("removed:", diff)
	}
}

func TestParseVirtiofsd(t *testing.T) {
	for line, want := range map[string]*model.Served{
		"/nix/store/x-virtiofsd-1.13.2/bin/virtiofsd\x00--socket-path=web-virtiofs-s.sock\x00--socket-group=kvm\x00--shared-dir=/run/secrets\x00--rlimit-nofile\x001048576\x00--cache=auto\x00": {Source: "/run/secrets", Socket: "web-virtiofs-s.sock"},
		"virtiofsd\x00--shared-dir\x00a b\x00--socket-path\x00s\x00": {Source: "a b", Socket: "s"},
		"virtiofsd\x00-o\x00cache=none,source=/srv/x\x00--fd=3\x00":  {Source: "/srv/x"},
		"virtiofsd\x00-osource=/srv/x\x00":                           {Source: "/srv/x"},
		"virtiofsd\x00--socket-path=s\x00":                           nil,
		"virtiofsd\x00--shared-dir\x00":                              nil,
		"virtiofsd":                                                  nil,
		"":                                                           nil,
		"python3\x00/bin/virtiofsd\x00--shared-dir=/x\x00":           nil,
		"my-virtiofsd\x00--shared-dir=/x\x00":                        nil,
		"virtiofsd\x00--shared-dir=/a\x00--tag=--shared-dir=/b\x00-o\x00xattr": {Source: "/a"},
	} {
		if diff := cmp.Diff(want, parseVirtiofsd([]byte(line))); diff != "" {
			t.Errorf("%q: %s", line, diff)
		}
	}
}

func TestParseRoot(t *testing.T) {
	for text, want := range map[string]struct {
		path    model.Raw
		deleted bool
	}{
		"600 599 0:45 /7 / rw - ramfs none rw\n":                                                   {"/7", false},
		"600 599 0:45 /7//deleted / rw - ramfs none rw\n":                                          {"/7", true},
		"600 599 0:45 /a\\040b / rw - ramfs none rw\n601 600 0:9 / /proc rw - proc proc rw\n":      {"/a b", false},
		"600 599 0:45 / / rw - ext4 none rw\n601 600 0:9 /srv/x / rw - ext4 /dev/vda rw\nbroken\n": {"/srv/x", false},
		"": {"", false},
	} {
		if path, deleted := parseRoot(text); path != want.path || deleted != want.deleted {
			t.Errorf("%q: %q %t", text, path, deleted)
		}
	}
}

// The memory controller is in the cgroup2 tree of few labs, so its file is
// written here.
func TestOOMKills(t *testing.T) {
	root := t.TempDir()
	folder := root + "/vm.service"
	must(t, os.Mkdir(folder, 0o755))
	must(t, os.WriteFile(folder+"/cpu.stat", []byte("usage_usec 5\n"), 0o644))
	c, now, buf := cgroups{root: root}, time.Now(), make([]byte, 4096)
	unit := model.Unit{Name: "microvm@vm.service", Properties: &model.UnitProperties{ControlGroup: "/vm.service", Invocation: "a"}}
	kills := func(after time.Duration) *uint64 {
		t.Helper()
		usage, err := c.read(t.Context(), []model.Unit{unit}, buf, now.Add(after))
		if err != nil || len(usage) != 1 {
			t.Fatalf("%+v, %v", usage, err)
		}
		return usage[0].OOMKills
	}
	write := func(text string) { must(t, os.WriteFile(folder+"/memory.events", []byte(text), 0o644)) }
	if got := kills(0); got != nil {
		t.Errorf("without the controller: %d", *got)
	}
	write("low 0\noom 1\noom_kill 0\n")
	if got := kills(time.Minute); got == nil || *got != 0 {
		t.Errorf("none: %v", got)
	}
	write("low 0\noom 3\noom_kill 2\n")
	if got := kills(2 * time.Minute); got == nil || *got != 2 {
		t.Errorf("two: %v", got)
	}
	write("low 0\noom 0\noom_kill 0\n")
	unit.Properties = &model.UnitProperties{ControlGroup: "/vm.service", Invocation: "b"}
	if got := kills(2*time.Minute + time.Second); got == nil || *got != 0 {
		t.Errorf("the next invocation: %v", got)
	}
}
