package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"microtui/lab"
	"microtui/lab/fixture"
	"microtui/tui/screentest"
)

// cluttered puts on a host what is kept, what looks like a leftover and what
// is one. It gives the latter as [listing.orphans] has them.
func cluttered(h *fixture.Host) (orphans []string) {
	h.Declare("db", fixture.Tap("vm-db"))
	h.Declare("removed", fixture.Tap("vm-removed"))
	h.Declare("retired", fixture.NoAutostart())
	h.NetworkdTap("vm-networkd")
	h.ScriptedTap("vm-scripted")
	h.Create("api", fixture.Tap("vm-api"))
	h.Create("stopped", fixture.Tap("vm-stopped"))
	h.Create("evicted", fixture.Tap("vm-evicted"))
	h.Manual("handmade")
	h.Switch()
	h.Undeclare("removed")
	h.Undeclare("retired")
	h.Switch()
	h.Start("api", "evicted")
	h.Evict("evicted")
	h.LeakTap("vm-gone")
	h.LeakMacvtap("mv-gone")
	h.DanglingRoots("gone")
	h.ForeignTap("vnet0")
	h.VPN("tun0")
	h.StartUnit("vm-scripted-netdev.service")
	h.HeldTap("vm-held")
	h.TransientTap("vm-transient")
	return []string{
		"gcroot booted-evicted", "gcroot booted-gone", "gcroot evicted", "gcroot gone",
		"macvtap mv-gone", "tap vm-evicted", "tap vm-gone",
		"unit microvm-set-booted@evicted.service", "unit microvm-tap-interfaces@evicted.service", "unit microvm@evicted.service",
		"vm removed", "vm retired",
	}
}

// TestAbsenceThatIsNoEvidence takes from a host what a verdict rests on, one
// thing at a time. Nothing is an orphan then; and all that was one before is
// one again as soon as it is back.
func TestAbsenceThatIsNoEvidence(t *testing.T) {
	lab.Require(t)
	h := fixture.NewHost(t, fixture.Options{Mounted: true})
	orphans := cluttered(h)
	mount := "var-lib-microvms.mount"
	expect := func(when string, want []string) {
		t.Helper()
		if diff := cmp.Diff(want, list(t, "--all").orphans()); diff != "" {
			t.Errorf("orphans %s (- true, + told):\n%s", when, diff)
		}
	}
	expect("at first", orphans)
	for _, c := range []struct {
		what     string
		take     func()
		giveBack func()
	}{
		{"unmounted by hand, under VMs that run", h.UnmountStateDir, h.MountStateDir},
		{"hidden by an empty file system", func() { shell(t, "mount", "-t", "tmpfs", "none", h.StateDir()) },
			func() { shell(t, "umount", h.StateDir()) }},
		{"the system switches", func() { lockSwitch(t) }, func() { unlockSwitch(t) }},
		{"systemd cannot be asked", func() { stopBus(t); hideSystemd(t) }, func() { showSystemd(t); startBus(t) }},
		{"the system's profiles are unreadable", func() {
			shell(t, "mv", "/nix/var/nix/profiles", "/nix/var/nix/elsewhere")
			shell(t, "ln", "-s", "profiles", "/nix/var/nix/profiles") // a loop
		}, func() {
			shell(t, "rm", "/nix/var/nix/profiles")
			shell(t, "mv", "/nix/var/nix/elsewhere", "/nix/var/nix/profiles")
		}},
		{"the keep list is unreadable", func() { shell(t, "mkdir", "-p", "/var/lib/microtui/keep.json") },
			func() { shell(t, "rmdir", "/var/lib/microtui/keep.json") }},
		{"all VMs are stopped and the mount unit is too", func() {
			h.Stop("api", "db", "removed")
			shell(t, "systemctl", "stop", mount)
		}, func() {
			h.MountStateDir()
			h.Start("removed")
		}},
	} {
		c.take()
		expect("when "+c.what, nil)
		c.giveBack()
		expect("after: "+c.what, orphans)
	}
}

// TestVMOnAnUnmountedFileSystem: the directory of one VM is a file system of
// its own, which is unmounted, while it runs and while it does not. Neither it
// nor what it may claim is an orphan.
func TestVMOnAnUnmountedFileSystem(t *testing.T) {
	lab.Require(t)
	h := fixture.NewHost(t, fixture.Options{})
	h.Create("other")
	unit := "/run/systemd/system/var-lib-microvms-vault.mount"
	text := "[Mount]\nWhat=/srv/vault\nWhere=/var/lib/microvms/vault\nType=none\nOptions=bind\n"
	h.Create("vault", fixture.Tap("vm-vault"))
	shell(t, "mv", h.Dir("vault"), "/srv/vault")
	t.Cleanup(func() { os.RemoveAll("/srv/vault") })
	shell(t, "mkdir", h.Dir("vault"))
	if err := os.WriteFile(unit, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	shell(t, "systemctl", "daemon-reload")
	shell(t, "systemctl", "start", filepath.Base(unit))
	t.Cleanup(func() { _ = exec.Command("umount", "--lazy", h.Dir("vault")).Run() })
	h.Start("vault")
	h.LeakTap("vm-gone")
	expect := func(when string, want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, list(t).orphans()); diff != "" {
			t.Errorf("orphans %s (- true, + told):\n%s", when, diff)
		}
	}
	expect("while it is mounted", "tap vm-gone")
	shell(t, "umount", "--lazy", h.Dir("vault"))
	h.Await("systemd to see it unmounted", func() bool { return h.Property(filepath.Base(unit), "ActiveState") == "inactive" })
	expect("while it runs and is not mounted")
	h.Stop("vault")
	expect("when it was stopped then")
	shell(t, "systemctl", "start", filepath.Base(unit))
	expect("when it is mounted again", "tap vm-gone")
}

// TestStateDirectoryElsewhere: the state directory is named by the units, and
// a mount of its own.
func TestStateDirectoryElsewhere(t *testing.T) {
	lab.Require(t)
	h := fixture.NewHost(t, fixture.Options{StateDir: "/srv/vms", Mounted: true})
	h.Create("api", fixture.Tap("vm-api"))
	h.Start("api")
	h.DanglingRoots("gone")
	want := []string{"gcroot booted-gone", "gcroot gone"}
	if got := list(t).orphans(); !slices.Equal(got, want) {
		t.Errorf("orphans: %q", got)
	}
	h.UnmountStateDir()
	if got := list(t).orphans(); len(got) > 0 {
		t.Errorf("orphans while it is not mounted: %q", got)
	}
	h.MountStateDir()
	if got := list(t, "--state-dir", "/var/lib/microvms").orphans(); len(got) > 0 {
		t.Errorf("orphans of a directory that the units do not use: %q", got)
	}
	if got := list(t).orphans(); !slices.Equal(got, want) {
		t.Errorf("orphans when it is mounted again: %q", got)
	}
}

const switchLock = "/run/nixos/switch-to-configuration.lock"

// heldSwitchLock is what lockSwitch holds.
var heldSwitchLock *os.File

// lockSwitch takes the lock that switch-to-configuration holds while it works.
func lockSwitch(t testing.TB) {
	t.Helper()
	heldSwitchLock = openSwitchLock(t)
	if err := unix.Flock(int(heldSwitchLock.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		t.Fatal(err)
	}
}

func unlockSwitch(t testing.TB) {
	t.Helper()
	if err := heldSwitchLock.Close(); err != nil {
		t.Fatal(err)
	}
}

func openSwitchLock(t testing.TB) *os.File {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(switchLock), 0o755); err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(switchLock)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func stopBus(t testing.TB) {
	t.Helper()
	shell(t, "systemctl", "stop", "dbus.socket", "dbus.service")
	t.Cleanup(func() { _ = exec.Command("systemctl", "start", "dbus.socket").Run() })
}

// hideSystemd takes the way to systemd away that root has beside the bus. No
// systemctl works until it is back.
func hideSystemd(t testing.TB) {
	t.Helper()
	shell(t, "mv", systemdSocket, systemdSocket+".away")
	t.Cleanup(func() { _ = exec.Command("mv", systemdSocket+".away", systemdSocket).Run() })
}

func showSystemd(t testing.TB) { t.Helper(); shell(t, "mv", systemdSocket+".away", systemdSocket) }

const systemdSocket = "/run/systemd/private"

func startBus(t testing.TB) { t.Helper(); shell(t, "systemctl", "start", "dbus.socket") }

// TestSwitchIsNeverInTheWay: switch-to-configuration gives up where it does
// not get its lock at once. It always gets it, however much is looked at the
// host meanwhile.
func TestSwitchIsNeverInTheWay(t *testing.T) {
	lab.Require(t)
	h := fixture.NewHost(t, fixture.Options{})
	h.Create("api")
	screen := screentest.Start(t, 80, 24, program())
	screen.WaitFor("api")

	file := openSwitchLock(t)
	defer file.Close()
	done, ended := make(chan struct{}), make(chan struct{})
	var taken, refused int
	go func() {
		defer close(ended)
		for {
			select {
			case <-done:
				return
			default:
			}
			if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
				refused++
				continue
			}
			taken++
			_ = unix.Flock(int(file.Fd()), unix.LOCK_UN)
			runtime.Gosched()
		}
	}()
	for began := time.Now(); time.Since(began) < time.Second; {
		list(t)
		screen.Type("R")
		answer(t, program("show", "api"))
	}
	close(done)
	<-ended
	if refused > 0 || taken < 1000 {
		t.Errorf("a switch got its lock %d times, and not %d times", taken, refused)
	}
	screen.Type("q")
	screen.Exit(time.Minute)
}
