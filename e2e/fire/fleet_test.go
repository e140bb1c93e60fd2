package fire

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"microtui/lab/fixture"
)

// The VMs of a fleet, all of which run and hold data.
const (
	web  = "web"  // imperative: purged by its name
	shop = "shop" // built from a flake: updated
	gone = "gone" // declared no longer: cleaned up
	base = "base" // declared: nobody's to touch
)

var everyVM = []string{web, shop, gone, base}

// fleet is a host with these VMs, and what they hold.
type fleet struct {
	*fixture.Host
	t        *testing.T
	random   *rand.Rand
	files    map[string]map[string]string // by VM and path
	roots    map[string]string            // gcroots/microvm
	revision int
	since    int64
}

// newFleet makes the host.
func newFleet(t *testing.T, random *rand.Rand) *fleet {
	t.Helper()
	return newFleetOn(t, random, func(*fleet) {})
}

// newFleetOn makes a host on which something is mounted before there is anything
// in its state directory.
func newFleetOn(t *testing.T, random *rand.Rand, mount func(*fleet)) *fleet {
	t.Helper()
	f := &fleet{Host: fixture.NewHost(t, fixture.Options{}), t: t, random: random, since: time.Now().UnixNano(), files: make(map[string]map[string]string)}
	mount(f)
	f.often()
	f.Create(web, fixture.Tap("vm-web"))
	f.UpstreamCreate(shop, f.revise(), nil)
	f.Declare(base, fixture.Tap("vm-base"))
	f.Declare(gone, fixture.Tap("vm-gone"))
	f.Switch()
	f.Undeclare(gone)
	f.Switch()
	f.Register()
	f.Start(everyVM...)
	for _, vm := range everyVM {
		f.furnish(vm)
		f.files[vm] = f.manifest(f.Dir(vm))
	}
	f.shell("sync", "-f", f.StateDir()) // what a guest has not written down yet is nobody's to keep
	f.roots = f.links("/nix/var/nix/gcroots/microvm")
	return f
}

// revise makes the flake of shop stand for another runner.
func (f *fleet) revise() string {
	f.Helper()
	f.revision++
	ref := f.Flake("fleet", fixture.NewVM(shop, fixture.Tap("vm-shop"), fixture.Revision(fmt.Sprintf("%x.%d", f.since, f.revision))))
	f.Register() // before somebody collects garbage
	return ref
}

// often lets everything start more often than systemd likes.
func (f *fleet) often() {
	f.Helper()
	units := []string{"dbus.service", "systemd-journald.service"}
	for _, vm := range everyVM {
		for _, unit := range []string{"microvm", "microvm-set-booted", "microvm-tap-interfaces", "microvm-virtiofsd", "microvm-macvtap-interfaces", "microvm-pci-devices"} {
			units = append(units, unit+"@"+vm+".service")
		}
	}
	for _, unit := range units {
		dir := "/run/systemd/system/" + unit + ".d"
		f.must(os.MkdirAll(dir, 0o755))
		f.must(os.WriteFile(dir+"/often.conf", []byte("[Unit]\nStartLimitIntervalSec=0\n"), 0o644))
	}
	f.shell("systemctl", "daemon-reload")
}

// furnish gives a VM data that exists nowhere else.
func (f *fleet) furnish(vm string) {
	f.Helper()
	dir := f.Dir(vm)
	f.must(os.MkdirAll(dir+"/data/deep", 0o750))
	for n, size := range []int{0, 100, 70_000} {
		text := make([]byte, size)
		for at := range text {
			text[at] = byte(f.random.Uint32())
		}
		f.must(os.WriteFile(fmt.Sprintf("%s/data/deep/file-%d", dir, n), text, 0o640))
	}
	f.must(os.Link(dir+"/data/deep/file-1", dir+"/data/again"))
	f.must(os.Symlink("../elsewhere", dir+"/data/dangling"))
	f.must(os.Truncate(dir+"/data/deep/file-2", 300_000))
	f.shell("chown", "-R", "microvm:kvm", dir+"/data")
}

// made are the names in a VM's directory that starts, updates and switches make.
var made = map[string]bool{"booted": true, "current": true, "old": true, "toplevel": true}

// manifest is what is to be known of a VM's directory, by path: the owner, the
// mode and the content of all that nothing makes anew.
func (f *fleet) manifest(root string) map[string]string {
	f.Helper()
	all := make(map[string]string)
	f.must(filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		name, _ := filepath.Rel(root, path)
		if err != nil || name == "." || made[name] || strings.HasSuffix(name, ".sock") {
			return err
		}
		all[name], err = describe(path)
		return err
	}))
	return all
}

func describe(path string) (string, error) {
	var st unix.Stat_t
	if err := unix.Lstat(path, &st); err != nil {
		return "", err
	}
	content := ""
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFLNK:
		target, err := os.Readlink(path)
		if err != nil {
			return "", err
		}
		content = target
	case unix.S_IFREG:
		text, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		content = fmt.Sprintf("%d bytes %x", len(text), sha256.Sum256(text))
	}
	return fmt.Sprintf("%o %d:%d links %d %s", st.Mode, st.Uid, st.Gid, st.Nlink, content), nil
}

// links are the links in a folder, with what they say.
func (f *fleet) links(folder string) map[string]string {
	f.Helper()
	all := make(map[string]string)
	entries, err := os.ReadDir(folder)
	if err != nil && !os.IsNotExist(err) {
		f.must(err)
	}
	for _, entry := range entries {
		if target, err := os.Readlink(filepath.Join(folder, entry.Name())); err == nil {
			all[entry.Name()] = target
		}
	}
	return all
}

// target is what a link of a VM says; empty: there is none.
func (f *fleet) target(vm, link string) string {
	target, _ := os.Readlink(filepath.Join(f.Dir(vm), link))
	return target
}

func (f *fleet) isActive(vm string) bool {
	f.Helper()
	return f.Property("microvm@"+vm+".service", "ActiveState") == "active"
}

// shell runs a command of the host that must work.
func (f *fleet) shell(name string, args ...string) string {
	f.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		f.Fatalf("%s %s: %v: %s", name, strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (f *fleet) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatalf("%v", err)
	}
}
