package fire

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// disk is a file system of its own, on a device that can be dropped.
//
// The image of its device lies on another file system, which is shut down as a
// disk is that is pulled: whatever is asked of the device fails from then on, and
// what was written and flushed before is there when it is back.
type disk struct {
	f       *fleet
	kind    string
	at      string // where it is mounted
	outer   string // the folder of the image
	image   string
	mounted bool
}

// diskKinds are the kinds of file systems, and what makes them.
var diskKinds = []string{"ext4", "btrfs", "btrfs with quota"}

// places are where a disk is mounted: it holds everything, or only one part, so
// that a directory cannot be moved to the other.
var places = []string{"/var/lib", "/var/lib/microvms", "/var/lib/microtui"}

const (
	imageSize = "160M"
	quota     = "96M"
)

// newDisk makes a disk, and mounts it over a folder, with what that holds.
func (f *fleet) newDisk(kind, at string) *disk {
	f.Helper()
	d := &disk{f: f, kind: kind, at: at, outer: "/mnt/outer"}
	d.image = d.outer + "/image"
	f.must(os.MkdirAll(d.outer, 0o700))
	if err := os.Mkdir(at, 0o711); err != nil && !os.IsExist(err) {
		f.must(err)
	}
	f.shell("truncate", "-s", "220M", "/run/outer.img")
	f.shell("mkfs.ext4", "-q", "-F", "-m", "0", "/run/outer.img")
	f.shell("mount", "-o", "loop", "/run/outer.img", d.outer)
	f.shell("truncate", "-s", imageSize, d.image)
	f.t.Cleanup(func() {
		d.unmount()
		_ = exec.Command("umount", "--lazy", d.outer).Run()
		_ = os.Remove("/run/outer.img")
	})
	const aside = "/mnt/disk"
	f.must(os.MkdirAll(aside, 0o755))
	if kind == "ext4" {
		f.shell("mkfs.ext4", "-q", "-F", "-m", "0", d.image)
		f.shell("mount", "-o", "loop", d.image, aside)
		f.must(os.Remove(aside + "/lost+found"))
	} else {
		f.shell("mkfs.btrfs", "-q", "-f", d.image)
		f.shell("mount", "-o", "loop", d.image, aside)
		f.shell("btrfs", "-q", "subvolume", "create", aside+"/lib")
		if kind == "btrfs with quota" {
			f.shell("btrfs", "quota", "enable", aside)
			f.shell("btrfs", "qgroup", "limit", quota, aside+"/lib")
		}
	}
	f.shell("cp", "-a", "--", at+"/.", d.within(aside))
	f.shell("chmod", "--reference="+at, d.within(aside))
	f.shell("chown", "--reference="+at, d.within(aside))
	f.shell("umount", aside)
	d.mount()
	return d
}

// within is the folder of a mounted disk that is used.
func (d *disk) within(mounted string) string {
	if d.kind == "ext4" {
		return mounted
	}
	return mounted + "/lib"
}

func (d *disk) mount() {
	d.f.Helper()
	options := "loop"
	if d.kind != "ext4" {
		options += ",subvol=lib"
	}
	d.f.shell("mount", "-o", options, d.image, d.at)
	d.mounted = true
}

func (d *disk) unmount() {
	if d.mounted {
		_ = exec.Command("umount", "--lazy", d.at).Run()
		d.mounted = false
	}
}

// fill writes until nothing goes in any more, again and again until it is to
// stop; then all is given back.
func (d *disk) fill(stop <-chan struct{}) (filled chan struct{}, freed chan struct{}) {
	filled, freed = make(chan struct{}), make(chan struct{})
	path := d.at + "/.filler"
	go func() {
		defer close(freed)
		full := false
		for n := 0; ; n++ {
			if wrote := append1(path, 1<<20) + append1(path, 64<<10) + append1(path, 4<<10) + manySmall(path, n); !full && wrote == 0 {
				full = true
				close(filled)
			}
			select {
			case <-stop:
				if !full {
					close(filled)
				}
				_ = os.RemoveAll(path + "s")
				_ = os.Remove(path)
				if folder, err := unix.Open(d.at, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0); err == nil {
					_ = unix.Syncfs(folder)
					unix.Close(folder)
				}
				return
			default:
			}
			if full {
				time.Sleep(time.Millisecond)
			}
		}
	}()
	return filled, freed
}

// append1 appends blocks of a size to a file until that fails, and gives how many
// were written.
func append1(path string, size int) (written int) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return 0
	}
	defer file.Close()
	block := make([]byte, size)
	for {
		if n, err := file.Write(block); err != nil || file.Sync() != nil {
			return written + min(n, 1)
		}
		written++
	}
}

// manySmall makes small files until that fails, a hundred at most.
func manySmall(path string, turn int) (made int) {
	folder := path + "s"
	if err := os.Mkdir(folder, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return 0
	}
	for ; made < 100; made++ {
		if os.WriteFile(fmt.Sprintf("%s/%d.%d", folder, turn, made), []byte("small"), 0o600) != nil {
			return made
		}
	}
	return made
}

// readOnly makes the disk read-only, or tries to: somebody may be writing.
func (d *disk) readOnly() (done bool) {
	if d.kind == "ext4" { // as after an error
		return exec.Command("mount", "-o", "remount,ro,abort", d.at).Run() == nil
	}
	for range 50 {
		if exec.Command("mount", "-o", "remount,ro", d.at).Run() == nil {
			return true
		}
		time.Sleep(2 * time.Millisecond)
	}
	return false
}

// drop takes the device away.
func (d *disk) drop() bool {
	folder, err := unix.Open(d.outer, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer unix.Close(folder)
	const (
		shutdown = 0x8004587d // EXT4_IOC_SHUTDOWN
		noLog    = 2          // EXT4_GOING_FLAGS_NOLOGFLUSH
	)
	return unix.IoctlSetPointerInt(folder, shutdown, noLog) == nil
}

// back brings the disk back, as a restart of the machine does: what runs from it
// ends, and starts again.
func (d *disk) back() {
	d.f.Helper()
	if out, err := exec.Command("systemctl", "kill", "--kill-whom=all", "--signal=KILL", "microvm*@*.service").CombinedOutput(); err != nil && !strings.Contains(string(out), "not loaded") {
		d.f.Fatalf("systemctl kill: %v: %s", err, out)
	}
	_ = exec.Command("systemctl", "stop", "microvm*@*.service").Run()
	d.unmount()
	d.f.await1("the device to be free", func() bool {
		out, err := exec.Command("losetup", "--associated", d.image).Output()
		return err != nil || len(out) == 0
	})
	d.f.shell("umount", d.outer)
	d.f.shell("mount", "-o", "loop", "/run/outer.img", d.outer)
	d.mount()
	_ = exec.Command("systemctl", "reset-failed").Run()
}

func (f *fleet) await1(what string, is func() bool) {
	f.Helper()
	for until := time.Now().Add(time.Minute); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(until) {
			f.Fatalf("waited in vain for %s", what)
		}
	}
}

func pick[T any](random *rand.Rand, of []T) T { return of[random.IntN(len(of))] }
