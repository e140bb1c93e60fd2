package trash

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"microtui/lab"
	"microtui/model"
)

// onFilesystem is a host whose folders lie on a file system of its own kind.
func onFilesystem(t *testing.T, kind string) *host {
	t.Helper()
	h := newHost(t)
	disk := h.path("disk")
	switch kind {
	case "btrfs":
		image := h.path("image")
		h.must(os.WriteFile(image, nil, 0o600))
		h.must(os.Truncate(image, 128<<20))
		command(t, "mkfs.btrfs", "-q", image)
		mounted(t, disk, "-o", "loop", image)
	default:
		mounted(t, disk, "-t", kind, kind)
	}
	h.root = disk
	h.must(os.MkdirAll(h.state(""), 0o755))
	h.must(os.MkdirAll(h.path("lib"), 0o755))
	var err error
	h.Trash, err = Open(Paths{Record: h.path("lib/microtui"), StateDir: h.state("")})
	h.must(err)
	return h
}

// barriers put a canary behind a border in a directory, and return where it can
// be seen to live.
var barriers = []struct {
	what, filesystem string
	put              func(h *host, dir string) (canary string)
	why              string
}{
	{"bind mount of a folder", "tmpfs", func(h *host, dir string) string {
		canary := h.path("canary")
		h.must(os.Mkdir(canary, 0o700))
		mounted(h.t, dir+"/in/mount", "--bind", canary)
		return canary
	}, "something is mounted"},
	{"bind mount of a file", "tmpfs", func(h *host, dir string) string {
		h.must(os.MkdirAll(h.path("canary"), 0o700))
		h.must(os.WriteFile(h.path("canary/file"), nil, 0o600))
		h.must(os.MkdirAll(dir+"/in", 0o700))
		h.must(os.WriteFile(dir+"/in/mount", nil, 0o600))
		command(h.t, "mount", "--bind", h.path("canary/file"), dir+"/in/mount")
		return h.path("canary")
	}, "something is mounted"},
	{"tmpfs", "tmpfs", func(h *host, dir string) string {
		mounted(h.t, dir+"/in/mount", "-t", "tmpfs", "tmpfs")
		return dir + "/in/mount"
	}, "something is mounted"},
	{"overlay", "tmpfs", func(h *host, dir string) string {
		for _, name := range []string{"canary", "upper", "work"} {
			h.must(os.Mkdir(h.path(name), 0o700))
		}
		mounted(h.t, dir+"/in/mount", "-t", "overlay", "overlay",
			"-o", "lowerdir="+h.path("canary")+",upperdir="+h.path("upper")+",workdir="+h.path("work"))
		return dir + "/in/mount"
	}, "something is mounted"},
	{"subvolume", "btrfs", func(h *host, dir string) string {
		h.must(os.Mkdir(dir+"/in", 0o700))
		command(h.t, "btrfs", "subvolume", "create", dir+"/in/sub")
		return dir + "/in/sub"
	}, "btrfs subvolume"},
	{"read-only snapshot", "btrfs", func(h *host, dir string) string {
		h.must(os.Mkdir(dir+"/in", 0o700))
		command(h.t, "btrfs", "subvolume", "create", h.path("origin"))
		h.must(os.WriteFile(h.path("origin/file"), []byte("alive"), 0o600))
		command(h.t, "btrfs", "subvolume", "snapshot", "-r", h.path("origin"), dir+"/in/sub")
		return dir + "/in/sub"
	}, "btrfs subvolume"},
}

func TestCanariesBehindBarriers(t *testing.T) {
	lab.Require(t)
	for _, b := range barriers {
		t.Run(b.what, func(t *testing.T) {
			h := onFilesystem(t, b.filesystem)
			id := h.vm("db")
			canary := b.put(h, h.state("db"))
			if !exists(canary + "/file") {
				h.must(os.WriteFile(canary+"/file", nil, 0o600))
			}
			if b.what != "read-only snapshot" {
				h.must(os.WriteFile(canary+"/file", []byte("alive"), 0o600))
			}
			_, err := h.check("db", id)
			wantError(t, err, model.ErrRefused, b.why)

			// It came about after the check.
			e, err := h.Quarantine(h.entry("db", id))
			h.must(err)
			canary = strings.Replace(canary, h.state("db"), string(e.Place), 1)
			h.wantContent(canary+"/file", "alive")
			_, err = h.delete(e.ID)
			place := string(e.Place)
			if strings.Contains(b.why, "mounted") {
				// Nothing at all is deleted where a mount is to be seen.
				wantError(t, err, model.ErrRefused, b.why)
				h.wantNames(place, "disk.img", "in")
				// It came about after that, too.
				err = remove(place)
			} else {
				place = h.recordPath(e.ID, "deleting")
				canary = strings.Replace(canary, string(e.Place), place, 1)
			}
			var remains *Remains
			if !errors.As(err, &remains) || len(remains.Left) != 1 || !strings.HasPrefix(string(remains.Left[0].Path), "in/") {
				t.Errorf("%v", err)
			}
			h.wantNames(place, "in")
			h.wantContent(canary+"/file", "alive")
		})
	}
}

// remove empties a directory, without what [Trash.Delete] looks for before.
func remove(path string) error {
	root, err := openPath(path)
	if err != nil {
		return err
	}
	r, err := newRemoval(root, func(uint64, int) {})
	if err != nil {
		return err
	}
	return r.run(context.Background())
}

// A directory that is a mount of its own stays where it is, whatever is mounted:
// a subvolume moves with its folder, but not where it is mounted.
func TestDirectoryOfItsOwn(t *testing.T) {
	lab.Require(t)
	h := onFilesystem(t, "btrfs")
	command(t, "btrfs", "-q", "subvolume", "create", h.path("origin"))
	mounted(t, h.state("mount"), "-t", "tmpfs", "tmpfs")
	mounted(t, h.state("sub"), "--bind", h.path("origin"))
	for _, name := range []string{"mount", "sub"} {
		id := h.id(h.state(name))
		_, err := h.check(name, id)
		wantError(t, err, model.ErrRefused, "is a mount point")
		if _, err = h.Quarantine(h.entry(name, id)); err == nil {
			t.Errorf("%s was moved", name)
		}
		if h.id(h.state(name)) != id {
			t.Errorf("%s is not where it was", name)
		}
	}
	h.wantNames(h.path("lib/microtui/trash"))
}

// Where the program's folder is on another file system, or another mount of the
// same one, the directory stays beside the others.
func TestTrashBeside(t *testing.T) {
	lab.Require(t)
	for what, other := range map[string]func(h *host){
		"file system": func(h *host) { mounted(t, h.path("lib"), "-t", "tmpfs", "tmpfs") },
		"bind mount":  func(h *host) { mounted(t, h.path("lib"), "--bind", h.path("lib")) },
		"bind mount of the VMs": func(h *host) {
			mounted(t, h.path("microvms"), "--bind", h.path("microvms"))
		},
	} {
		t.Run(what, func(t *testing.T) {
			h := onFilesystem(t, "tmpfs")
			other(h)
			h.must(os.Chmod(h.state(""), 0o2775))
			h.must(os.Chown(h.state(""), 1234, 4321))
			e := h.quarantined("db")
			beside := h.state(besideName)
			if string(e.Place) != beside+"/"+e.ID+"/state" {
				t.Errorf("%+v", e)
			}
			h.wantContent(string(e.Place)+"/disk.img", "data of db")
			if all := h.list(); len(all) != 1 || all[0].Place != e.Place {
				t.Errorf("%+v", all)
			}
			if moved, err := h.Moved(e.ID); !moved || err != nil {
				t.Error(moved, err)
			}
			// An executor was killed before it noted the place.
			unfinished := h.entryAgain(e)
			h.recorded(unfinished)
			again, err := h.Quarantine(unfinished)
			if err != nil || again.Place != e.Place {
				t.Errorf("%+v %v", again, err)
			}
			h.must(h.PutBack(e.ID))
			h.wantNames(beside)
			h.wantNames(h.path("lib/microtui/trash"))

			e, err = h.Quarantine(h.entry("db", e.Directory))
			h.must(err)
			_, err = h.delete(e.ID)
			h.must(err)
			h.wantNames(beside)
			h.wantNames(h.path("lib/microtui/trash"))

			id := h.vm("db")
			h.must(os.Chmod(beside, 0o750))
			_, err = h.Quarantine(h.entry("db", id))
			wantError(t, err, model.ErrRefused, ", expected user")
			h.must(os.Remove(beside))
			h.must(os.Symlink("/etc", beside))
			_, err = h.Quarantine(h.entry("db", id))
			wantError(t, err, model.ErrRefused, "symbolic link")
			h.must(os.Remove(beside))
			h.must(os.Mkdir(beside, 0o700))
			h.must(os.Chown(beside, 1234, 0))
			_, err = h.Quarantine(h.entry("db", id))
			wantError(t, err, model.ErrRefused, ", expected user")
			if h.id(h.state("db")) != id {
				t.Error("it was moved")
			}
			h.wantNames(h.path("lib/microtui/trash"))
		})
	}
}

// What is a mount to PID 1 alone is seen, and what is one to another process
// alone survives, since it is not in the tree.
func TestMountsOfOthers(t *testing.T) {
	lab.Require(t)
	h := newHost(t)
	h.vm("db")
	h.must(os.MkdirAll(h.state("db/mount"), 0o700))

	// It is mounted here, where PID 1 is; the check runs where it is not.
	check := inRole("check", h.path("lib/microtui"), h.state(""), "db")
	mount := []string{"-m", "--propagation", "private", "sh", "-c", `umount "$1" && shift && exec "$@"`, "sh", h.state("db/mount")}
	mounted(t, h.state("db/mount"), "-t", "tmpfs", "tmpfs")
	cmd := exec.Command("unshare", append(append(mount, "/proc/self/exe"), check.Args[1:]...)...)
	self, err := os.Executable()
	h.must(err)
	cmd.Args[len(mount)+1], cmd.Env, cmd.Stderr = self, check.Env, os.Stderr
	out, err := cmd.Output()
	h.must(err)
	if !strings.Contains(string(out), "something is mounted at "+h.state("db/mount")) {
		t.Errorf("%s", out)
	}
	command(t, "umount", h.state("db/mount"))

	canary := h.path("canary")
	h.must(os.Mkdir(canary, 0o700))
	h.must(os.WriteFile(canary+"/file", []byte("alive"), 0o600))
	other := exec.Command("unshare", "-m", "--propagation", "private", "sh", "-c",
		`mount --bind "$1" "$2" && echo ready && exec sleep inf`, "sh", canary, h.state("db/mount"))
	stdout, err := other.StdoutPipe()
	h.must(err)
	other.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: unix.SIGKILL}
	h.must(other.Start())
	defer func() { other.Process.Kill(); other.Wait() }()
	if _, err := bufio.NewReader(stdout).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	e, err := h.Quarantine(h.entry("db", h.id(h.state("db"))))
	h.must(err)
	_, err = h.delete(e.ID)
	h.must(err)
	h.wantContent(canary+"/file", "alive")
}

func TestFullDisk(t *testing.T) {
	lab.Require(t)
	h := newHost(t)
	mounted(t, h.path("lib"), "-t", "tmpfs", "-o", "size=512k", "tmpfs")
	id := h.vm("db")
	_, err := h.check("db", id)
	wantError(t, err, model.ErrRefused, "is full")
	h.must(os.WriteFile(h.path("lib/fill"), nil, 0o600))
	exec.Command("dd", "if=/dev/zero", "of="+h.path("lib/fill"), "bs=4k").Run()
	if _, err = h.Quarantine(h.entry("db", id)); !errors.Is(err, unix.ENOSPC) || h.id(h.state("db")) != id {
		t.Errorf("%v", err)
	}
	if len(h.list()) != 0 {
		t.Error("an entry stayed")
	}
}
