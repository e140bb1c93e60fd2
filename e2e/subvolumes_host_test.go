package e2e

import (
	"os"
	"strings"
	"testing"

	"microtui/lab"
	"microtui/lab/fixture"
)

// onBtrfs mounts a btrfs of its own, and returns where.
func onBtrfs(t *testing.T) string {
	t.Helper()
	image := t.TempDir() + "/image"
	const disk = "/srv/disk"
	shell(t, "truncate", "-s", "256M", image)
	shell(t, "mkfs.btrfs", "-q", image)
	shell(t, "mkdir", "-p", disk)
	shell(t, "mount", "-o", "loop", image, disk)
	t.Cleanup(func() { shell(t, "umount", "-l", disk) })
	return disk
}

// TestVMsAreSubvolumes: a VM's directory that is a subvolume is purged and comes
// back like any other; of a state directory that came back from a snapshot, what
// stands for a subvolume is told before anything is begun.
func TestVMsAreSubvolumes(t *testing.T) {
	lab.Require(t)
	disk := onBtrfs(t)
	shell(t, "btrfs", "-q", "subvolume", "create", disk+"/vms")
	host := fixture.NewHost(t, fixture.Options{StateDir: disk + "/vms"})
	for _, vm := range []string{"db", "web"} {
		host.Create(vm, fixture.Tap("vm-"+vm))
		shell(t, "sh", "-ec", `mv "$0" "$0.was"; btrfs -q subvolume create "$0"; cp -a "$0.was/." "$0"; rm -r "$0.was"`, host.Dir(vm))
		if err := os.WriteFile(host.Dir(vm)+"/data.img", []byte("data"), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	host.Create("plain")
	shell(t, "btrfs", "-q", "subvolume", "create", host.Dir("plain")+"/snapshots")
	host.Start("db")
	shell(t, lab.ProgramPath, "purge", "db", "--confirm", "db")
	if said := shell(t, lab.ProgramPath, "trash"); !strings.Contains(said, "db") {
		t.Errorf("in the trash is\n%s", said)
	}
	shell(t, lab.ProgramPath, "restore", "db")
	if text, err := os.ReadFile(host.Dir("db") + "/data.img"); err != nil || string(text) != "data" {
		t.Errorf("%q, %v", text, err)
	}
	shell(t, lab.ProgramPath, "purge", "db", "--confirm", "db")
	shell(t, lab.ProgramPath, "trash", "empty", "db", "--confirm", "db")

	shell(t, "sh", "-ec", `cd "$0"; btrfs -q subvolume snapshot vms back; mv vms before; mv back vms`, disk)
	stub := host.Dir("web")
	if _, said := tried(t, "doctor"); !strings.Contains(said, "subvolume-stub") || !strings.Contains(said, "rmdir "+stub) {
		t.Errorf("the doctor says\n%s", said)
	}
	if status, said := tried(t, "purge", "web", "--confirm", "web"); status != 3 || !strings.Contains(said, "rmdir "+stub) {
		t.Errorf("status %d\n%s", status, said)
	}
	shell(t, lab.ProgramPath, "purge", "plain", "--confirm", "plain")
	shell(t, lab.ProgramPath, "trash", "empty", "plain", "--confirm", "plain")
	shell(t, "rmdir", stub)
}

// TestVMIsAMount: of a VM whose directory is a file system of its own everything
// but the data goes, and the command for that is said.
func TestVMIsAMount(t *testing.T) {
	lab.Require(t)
	host := fixture.NewHost(t, fixture.Options{})
	host.Create("other")
	host.Create("vault", fixture.Tap("vm-vault"))
	shell(t, "sh", "-ec", `cp -a "$0" "$0.was"; mount -t tmpfs -o mode=0775 tmpfs "$0"; cp -a "$0.was/." "$0"; rm -r "$0.was"`, host.Dir("vault"))
	t.Cleanup(func() { shell(t, "umount", "-l", host.Dir("vault")) })
	if err := os.WriteFile(host.Dir("vault")+"/data.img", []byte("data"), 0o640); err != nil {
		t.Fatal(err)
	}
	host.Start("vault")
	status, said := tried(t, "purge", "vault", "--confirm", "vault")
	if status != 0 || !strings.Contains(said, "umount "+host.Dir("vault")) {
		t.Errorf("status %d\n%s", status, said)
	}
	if text, err := os.ReadFile(host.Dir("vault") + "/data.img"); err != nil || string(text) != "data" {
		t.Errorf("its data: %q, %v", text, err)
	}
	if _, err := os.Lstat("/nix/var/nix/gcroots/microvm/vault"); err == nil {
		t.Error("its gcroot link is left")
	}
	if got := host.Property("microvm@vault.service", "ActiveState"); got == "active" {
		t.Error("it runs")
	}
}
