package e2e

import (
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"microtui/lab"
	"microtui/lab/fixture"
	"microtui/lab/seeds"
	"microtui/model"
)

// mounted mounts a file system of a kind of its own, and returns where.
func mounted(t *testing.T, kind, size string) string {
	t.Helper()
	image, disk := t.TempDir()+"/image", "/srv/"+kind
	shell(t, "truncate", "-s", size, image)
	shell(t, "mkfs."+kind, "-q", image)
	shell(t, "mkdir", "-p", disk)
	shell(t, "mount", "-o", "loop", image, disk)
	t.Cleanup(func() { shell(t, "umount", "-l", disk) })
	return disk
}

// withVolumes is a host with the VM web, at rest, whose volumes hold data.
func withVolumes(t *testing.T, stateDir string) *fixture.Host {
	t.Helper()
	host := fixture.NewHost(t, fixture.Options{StateDir: stateDir})
	host.Create("web", fixture.Volume("a.img", 64), fixture.Volume("b.img", 64), fixture.OpensVolumes())
	host.Start("web")
	shell(t, lab.ProgramPath, "stop", "web")
	write(t, host, "a.img", 1)
	write(t, host, "b.img", 2)
	return host
}

// write writes 16 MiB into a volume, and leaves the rest a hole.
func write(t *testing.T, host *fixture.Host, volume string, seed byte) {
	t.Helper()
	path := host.Dir("web") + "/" + volume
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	data := make([]byte, 16<<20)
	rand.NewChaCha8([32]byte{seed}).Read(data)
	if _, err := file.WriteAt(data, 8<<20); err != nil {
		t.Fatal(err)
	}
	if err := file.Truncate(64 << 20); err != nil {
		t.Fatal(err)
	}
	if err := file.Sync(); err != nil {
		t.Fatal(err)
	}
}

// volumes are the VM's, without what a copy has of its own.
func volumes(t *testing.T, host *fixture.Host) map[string]string {
	t.Helper()
	all := make(map[string]string)
	for name, is := range manifest(t, host.Dir("web")) {
		if strings.HasSuffix(name, ".img") {
			before, after, _ := strings.Cut(is, " inode ")
			_, after, _ = strings.Cut(after, " ")
			all[name] = before + " " + after
		}
	}
	return all
}

// freeOn is how much is free on a disk.
func freeOn(t *testing.T, disk string) uint64 {
	t.Helper()
	shell(t, "sync", "-f", disk)
	var is unix.Statfs_t
	if err := unix.Statfs(disk, &is); err != nil {
		t.Fatal(err)
	}
	return is.Bfree * uint64(is.Bsize)
}

// TestSnapshots: the volumes of a VM are copied, come back, and go, on file
// systems that share blocks and on one that does not.
func TestSnapshots(t *testing.T) {
	lab.Require(t)
	for kind, shares := range map[string]bool{"ext4": false, "btrfs": true, "xfs": true} {
		t.Run(kind, func(t *testing.T) {
			disk := mounted(t, kind, "512M")
			host := withVolumes(t, disk+"/vms")
			was := volumes(t, host)

			before := freeOn(t, disk)
			said := shell(t, lab.ProgramPath, "snapshot", "web", "--note", "before the upgrade")
			if !strings.Contains(said, "web: volumes copied (snapshot ") {
				t.Errorf("it says\n%s", said)
			}
			takes := before - min(before, freeOn(t, disk))
			if shares && takes > 8<<20 || !shares && (takes < 30<<20 || takes > 48<<20) {
				t.Errorf("a copy of 2 × 16 MiB in 2 × 64 MiB takes %d bytes", takes)
			}
			write(t, host, "a.img", 3)
			if err := os.Remove(host.Dir("web") + "/b.img"); err != nil {
				t.Fatal(err)
			}
			changed := volumes(t, host)
			shell(t, lab.ProgramPath, "snapshots", "restore", "web", "--yes")
			if is := volumes(t, host); !maps.Equal(is, was) {
				t.Errorf("restored are\n%v, and there were\n%v", is, was)
			}
			host.Start("web")
			if status, said := tried(t, "snapshots", "restore", "web", "--yes"); status != 3 || !strings.Contains(said, "web is running: stop it first") {
				t.Errorf("restored while it runs: %d\n%s", status, said)
			}
			shell(t, lab.ProgramPath, "stop", "web")
			shell(t, lab.ProgramPath, "snapshots", "restore", "web", "--yes")
			if is := volumes(t, host); is["a.img"] != changed["a.img"] {
				t.Errorf("brought back is\n%v, and it was\n%v", is, changed)
			}
			leavesNothing(t)

			if l := list(t); len(l.Leftovers) > 0 {
				t.Errorf("leftovers: %v", l.lines())
			}
			said = shell(t, lab.ProgramPath, "purge", "web", "--confirm", "web")
			if !strings.Contains(said, "3 snapshots of its volumes: see microtui snapshots web") {
				t.Errorf("its purge says\n%s", said)
			}
			if status, said := tried(t, "snapshots", "restore", "web", "--yes"); status != 3 || !strings.Contains(said, "no directory") {
				t.Errorf("restored without a directory: %d\n%s", status, said)
			}
			if said := shell(t, lab.ProgramPath, "snapshots", "web"); strings.Count(said, " web ") != 3 || !strings.Contains(said, "before the upgrade") {
				t.Errorf("listed are\n%s", said)
			}
			if status, said := tried(t, "snapshots", "delete", "web", "--yes"); status != 3 {
				t.Errorf("deleted without its name: %d\n%s", status, said)
			}
			shell(t, lab.ProgramPath, "snapshots", "delete", "web", "--confirm", "3")
			if left, _ := filepath.Glob(disk + "/vms/.microtui-snapshots/*"); len(left) > 0 {
				t.Errorf("left: %v", left)
			}
		})
	}
}

// TestNoSnapshot: what cannot be copied whole is refused with the reason, and
// nothing of it stays.
func TestNoSnapshot(t *testing.T) {
	lab.Require(t)
	disk := mounted(t, "ext4", "256M")
	host := withVolumes(t, disk+"/vms")
	refused := func(when, why string) {
		t.Helper()
		status, said := tried(t, "snapshot", "web")
		if status != 3 || !strings.Contains(said, why) {
			t.Errorf("%s: status %d\n%s", when, status, said)
		}
		if left, _ := filepath.Glob(disk + "/vms/.microtui-snapshots/*"); len(left) > 0 {
			t.Errorf("%s: left: %v", when, left)
		}
	}
	host.Start("web")
	refused("it runs", "web is running: stop it first")
	shell(t, lab.ProgramPath, "stop", "web")

	volume, err := os.Open(host.Dir("web") + "/b.img")
	if err != nil {
		t.Fatal(err)
	}
	reader, err := os.StartProcess("/bin/sleep", []string{"sleep", "600"}, &os.ProcAttr{Files: []*os.File{volume}})
	if err != nil {
		t.Fatal(err)
	}
	volume.Close()
	refused("somebody has it open", "b.img open; end it first")
	_ = reader.Kill()
	_, _ = reader.Wait()

	loop := shell(t, "losetup", "-f", "--show", host.Dir("web")+"/a.img")
	refused("a loop device shows it", loop)
	shell(t, "losetup", "-d", loop)

	shell(t, "fallocate", "-l", "150M", disk+"/filler")
	refused("the disk is full", "not enough room")
	shell(t, "rm", disk+"/filler")

	shell(t, "sh", "-ec", `cd "$0"; mv b.img real; ln -s real b.img`, host.Dir("web"))
	refused("it is a link", "symbolic link")
	shell(t, "sh", "-ec", `cd "$0"; rm b.img; mknod b.img b 7 200`, host.Dir("web"))
	refused("it is a device", "b.img is a device")
	shell(t, "sh", "-ec", `cd "$0"; rm b.img; mv real b.img`, host.Dir("web"))
	shell(t, lab.ProgramPath, "snapshot", "web")
}

// TestSnapshotKilledAtEverySystemCall: an executor is killed right before each
// system call that changes something, of a snapshot and of a restore of two
// volumes: whoever takes it up leaves all or nothing of it. (In the short run
// of some of them only.)
func TestSnapshotKilledAtEverySystemCall(t *testing.T) {
	lab.Require(t)
	host := withVolumes(t, mounted(t, "ext4", "512M")+"/vms")
	seed := seeds.For(t)
	random := rand.New(rand.NewPCG(seed, 0))
	snapshot := func(i model.Inventory) model.Plan { return model.PlanSnapshot(i, []model.Raw{"web"}, "") }
	was := volumes(t, host)
	ends := make(map[string]int)

	copying := len(runWatched(t, undisturbed, lab.ProgramPath, "operation", "run", recordOnly(t, snapshot)))
	first := snapshots(t)[0]
	for _, n := range someOf(random, copying, 6) {
		id := recordOnly(t, snapshot)
		when := killAt(t, n, id)
		state := operationOf(t, id).State
		ends["snapshot "+state]++
		if kept, want := len(snapshots(t)), map[string]int{"done": 2, "undone": 1}[state]; kept != want {
			t.Errorf("%s: it is %s, and %d are kept", when, state, kept)
		}
		if is := volumes(t, host); !maps.Equal(is, was) {
			t.Errorf("%s: its volumes are %v, and were %v", when, is, was)
		}
		keepOnly(t, first)
	}

	write(t, host, "a.img", 3)
	write(t, host, "b.img", 4)
	changed := volumes(t, host)
	revert := func(i model.Inventory) model.Plan { return model.PlanRevert(i, []model.Raw{model.Raw(first)}) }
	reverting := len(runWatched(t, undisturbed, lab.ProgramPath, "operation", "run", recordOnly(t, revert)))
	if copying < 20 || reverting < 20 {
		t.Fatalf("a snapshot has %d system calls that change something, a restore %d", copying, reverting)
	}
	back := func() {
		shell(t, lab.ProgramPath, "snapshots", "restore", "web", "--yes")
		keepOnly(t, first)
	}
	back()
	for _, n := range someOf(random, reverting, 8) {
		id := recordOnly(t, revert)
		when := killAt(t, n, id)
		state := operationOf(t, id).State
		ends["restore "+state]++
		is := volumes(t, host)
		switch {
		case state == "done" && maps.Equal(is, was) && len(snapshots(t)) == 2:
			back()
		case state == "undone" && maps.Equal(is, changed) && len(snapshots(t)) == 1:
		default:
			t.Fatalf("%s: it is %s, %d are kept, and the volumes are\n%v\nthere were\n%v\nto be restored were\n%v", when, state, len(snapshots(t)), is, changed, was)
		}
		leavesNothing(t)
	}
	t.Logf("seed %d: %d and %d system calls; %v", seed, copying, reverting, ends)
}

// snapshots are the ids of all, and of what is left of some.
func snapshots(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir("/srv/ext4/vms/.microtui-snapshots")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, entry := range entries {
		ids = append(ids, entry.Name())
	}
	return ids
}

func keepOnly(t *testing.T, id string) {
	t.Helper()
	for _, other := range snapshots(t) {
		if other != id {
			shell(t, lab.ProgramPath, "snapshots", "delete", other, "--confirm", "web")
		}
	}
}
