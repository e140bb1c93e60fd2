package process

import (
	"testing"

	"microtui/backend/filesystem"
)

// In a chroot whose root is no mount, a directory is told by the end of its
// path.
func TestMountOfInChroot(t *testing.T) {
	mounts, err := filesystem.ParseMounts(`1 0 8:1 / / rw - ext4 /dev/sda1 rw
41 1 8:1 /srv/jail/vms/mail/data /export rw - ext4 /dev/sda1 rw
42 1 8:2 /jail/vms/web /mnt rw - ext4 /dev/sda2 rw
`)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"/vms/mail": "/export", "/vms/web": "/mnt", "/vms/we": "", "/vms/db": ""} {
		if got := mountedPart(mounts, filesystem.Spot{Path: path, Tail: true}); got != want {
			t.Errorf("%s: %q, not %q", path, got, want)
		}
	}
}
